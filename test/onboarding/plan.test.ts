import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import {
  companyKey,
  connectionKey,
  makePlan,
  type OnboardingPlan,
  readCountry,
  siteKey,
  slugOf,
} from "../../src/onboarding/plan.ts";

const connection = { url: "https://nectarclimate.com", username: "u", country: "US" };
const site = (name: string, externalId: string | null = null) => ({
  name,
  address: null,
  externalId,
});
const plan = (parts: Partial<OnboardingPlan> = {}): OnboardingPlan => ({
  company: { name: "Acme", externalId: "acme", isDerived: true },
  sites: [site("One")],
  connection,
  ...parts,
});

describe("a plan", () => {
  it("refuses two sites that could not be told apart", () => {
    expect(() => makePlan(plan({ sites: [site("One"), site("One")] }))).toThrow(UsageError);
    expect(() => makePlan(plan({ sites: [site("A", "x"), site("B", "x")] }))).toThrow(/same/);
    const id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    expect(() => makePlan(plan({ sites: [{ id }, { id: id.toUpperCase() }] }))).toThrow(
      expect.objectContaining({ hint: "Give each site once." }),
    );
  });

  it("takes two sites of one name when their external IDs differ", () => {
    expect(makePlan(plan({ sites: [site("A", "x"), site("A", "y")] })).sites).toHaveLength(2);
  });

  it("refuses two sites whose names differ in letter case and spaces alone", () => {
    expect(() => makePlan(plan({ sites: [site("Cold Store"), site(" cold  store")] }))).toThrow(
      /same/,
    );
  });
});

describe("a key", () => {
  it("is the external ID, else the name as it is compared", () => {
    expect(companyKey({ name: "Acme", externalId: "a-1" })).toBe("external:a-1");
    expect(companyKey({ name: " ACME  Foods", externalId: null })).toBe("name:acme foods");
    expect(siteKey(site("Plant", "p"))).toBe("external:p");
    expect(siteKey(site("Caf\u00e9"))).toBe(siteKey(site("cafe\u0301 ")));
  });

  it("of a connection does not depend on the order of its sites", () => {
    const login = { url: "https://u.example", username: "u" };
    expect(connectionKey(login, ["b", "a"])).toBe(connectionKey(login, ["a", "b"]));
    expect(connectionKey(login, ["a"])).not.toBe(connectionKey(login, ["a", "b"]));
  });
});

describe("the slug of a name", () => {
  it.each([
    ["Sandbox Test Company", "sandbox-test-company"],
    ["  Acme & Söhne GmbH ", "acme-sohne-gmbh"],
    ["東京電力", "東京電力"],
    ["!!!", null],
  ])("of %j is %j", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it("is stable, and never has a hyphen at an end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const slug = slugOf(name);
        expect(slugOf(name)).toBe(slug);
        if (slug !== null && slug.length < 200) expect(slug).toMatch(/^[^-].*[^-]$|^[^-]$/u);
      }),
    );
  });
});

describe("a country", () => {
  it.each(["US", "us", " de ", "GB", "TW"])("is %j", (text) => {
    expect(readCountry(text)).toBe(text.trim().toUpperCase());
  });

  it.each([
    ["UK", /United Kingdom is GB/],
    ["uk", /United Kingdom is GB/],
    ["DD", /Germany is DE/],
    ["zz", /"ZZ" is not an ISO 3166 country/],
    ["EU", /not an ISO 3166 country/],
    ["QQ", /not an ISO 3166 country/],
    ["USA", /two letters/],
    ["", /two letters/],
    ["U1", /two letters/],
  ])("is not %j", (text, why) => {
    expect(() => readCountry(text)).toThrow(why);
  });
});
