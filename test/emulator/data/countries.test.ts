/** What is known of countries, held against what Node knows of them. */
import { describe, expect, it } from "vitest";
import { countryOf, zoneOf } from "../../../src/emulator/data/countries.ts";

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const CODES = letters.flatMap((one) => letters.map((other) => one + other));

describe("a country", () => {
  it("has the decimals of its currency, and a zone that there is", () => {
    for (const code of CODES) {
      const { currency, decimals, zone } = countryOf(code);
      const format = new Intl.NumberFormat("en", { style: "currency", currency });
      const known = format.resolvedOptions().maximumFractionDigits;
      expect([code, decimals]).toEqual([code, known]);
      expect(() => new Intl.DateTimeFormat("en", { timeZone: zone })).not.toThrow();
    }
    expect(countryOf("JP")).toMatchObject({ currency: "JPY", decimals: 0 });
  });

  it("that is not listed is plain", () => {
    expect(countryOf("XX")).toEqual({
      ...{ currency: "USD", decimals: 2, perDollar: 1, tax: 0, zone: "UTC" },
      ...{ summer: 0, isMetric: true },
    });
  });
});

it.each([
  ["US", "123 Main St, San Francisco, CA 94105", "America/Los_Angeles"],
  ["US", "1 Main St, Austin, TX", "America/Chicago"],
  ["US", "500 E Van Buren St, Phoenix, AZ 85004, US", "America/Phoenix"],
  ["US", "1 Peachtree St, Atlanta, GA 30303", "America/New_York"],
  ["US", "", "America/New_York"],
  ["US", "1437 Bannock St, Denver CO 80202", "America/Denver"],
  ["US", "1437 Bannock St, Denver, Colorado 80202", "America/Denver"],
  ["US", "1437 Bannock St, Denver, co 80202", "America/Denver"],
  ["US", "1437 Bannock St, Denver, co", "America/Denver"],
  ["US", "1437 Bannock St, Denver co 80202-1234", "America/Denver"],
  ["US", "1437 Bannock St, Denver, CO, 80202, USA", "America/Denver"],
  ["US", "123 Main St, San Francisco, california, United States", "America/Los_Angeles"],
  ["US", "1 Main St, Fargo North Dakota 58102", "America/Chicago"],
  ["US", "1 Main St, Charleston, West Virginia", "America/New_York"],
  ["US", "1 Oregon Ave, Washington, DC 20001", "America/New_York"],
  ["US", "1 Texas Ave, New York", "America/New_York"],
  ["US", "San Juan, PR 00901", "America/Puerto_Rico"],
  ["US", "San Juan, Puerto Rico", "America/Puerto_Rico"],
  ["US", "Hagåtña, Guam 96910", "Pacific/Guam"],
  ["US", "1 Main St, Denver, CO 80202 (rear entrance)", "America/Denver"],
  ["US", "1 Main St, Denver, CO 80202, US.", "America/Denver"],
  ["US", "Me and you or", "America/New_York"],
  ["US", "Hi street 5", "America/New_York"],
  ["US", "IN THE MIDDLE OF NOWHERE", "America/New_York"],
  ["DE", "1 Main St, Springfield, CA 94105", "Europe/Berlin"],
  ["XX", "", "UTC"],
])("the zone in %s of %j is %s", (country, address, zone) => {
  expect(zoneOf(country, address)).toBe(zone);
});
