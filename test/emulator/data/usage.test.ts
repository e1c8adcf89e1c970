/** How much is used: what an energy manager would expect of it, and that hours and bills say the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bill } from "../../../src/emulator/data/documents.ts";
import { localHours } from "../../../src/emulator/data/local-time.ts";
import { zoneOfSite } from "../../../src/emulator/data/source.ts";
import { unitOf } from "../../../src/emulator/data/supplies.ts";
import { hourlyReadings, quantityOf } from "../../../src/emulator/data/usage.ts";
import { accountOf, billIn, month, source } from "./connected.ts";

const JANUARY = month(2025, 1);
const JULY = month(2025, 7);

function total(id: string, country: string, type: string, when: number): number {
  return quantityOf(billIn(accountOf(source({ id, country }), type), when)).total;
}

const sum = (readings: readonly { readonly usage: number }[]) =>
  readings.reduce((all, { usage }) => all + usage, 0);

/** What was read in each hour, and when that hour starts. */
function read(bill: Bill) {
  const { start } = localHours(zoneOfSite(bill.account), bill.start, bill.end);
  return hourlyReadings(bill).map((usage, hour) => ({ usage, start: start + hour * 3_600_000 }));
}

/** The weekday and the hour that a clock in a zone shows. */
function clock(zone: string, { start }: { readonly start: number }) {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: zone, weekday: "short", hour: "numeric", hourCycle: "h23" },
  }).formatToParts(start);
  const part = (type: string) => parts.find((one) => one.type === type)?.value;
  return { weekday: part("weekday") ?? "", hour: Number(part("hour")) };
}

describe("the hours of a bill", () => {
  it.each(["ELECTRICITY", "SOLAR"])("add up to it: %s", (type) => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.integer({ min: month(2024, 1), max: month(2025, 10) }),
        fc.constantFrom("US", "DE", "AU", "IN", "XX"),
        (id, when, country) => {
          const fields = { id, country, dataCollectionStartDate: "2024-01-17" };
          const bill = billIn(accountOf(source(fields), type, 2), when);
          const readings = read(bill);
          const usage = readings.map((one) => one.usage);
          expect(usage.every((one) => Number.isInteger(one) && one >= 0)).toBe(true);
          expect(sum(readings)).toBe(quantityOf(bill).total);
        },
      ),
    );
  });

  it("are one more or one less in the months in which the clock is changed", () => {
    const hours = (country: string) =>
      [2, 3, 4, 10, 11].map((number) => {
        const electricity = accountOf(source({ country }, Date.UTC(2026, 0, 20)), "ELECTRICITY");
        return hourlyReadings(billIn(electricity, month(2025, number))).length - 24 * 28;
      });
    expect(hours("US")).toEqual([0, 71, 48, 72, 49]);
    expect(hours("DE")).toEqual([0, 71, 48, 73, 48]);
    expect(hours("AU")).toEqual([0, 72, 49, 71, 48]);
    expect(hours("JP")).toEqual([0, 72, 48, 72, 48]);
  });

  it("hold the times of use and the demand of the bill", () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const account = accountOf(source({ id }), "ELECTRICITY");
        const bill = billIn(account, month(2025, 3));
        const readings = read(bill);
        const atPeak = readings.filter((one) => {
          const { weekday, hour } = clock("America/New_York", one);
          return !weekday.startsWith("S") && hour >= 8 && hour < 20;
        });
        const { parts, total: all, demand } = quantityOf(bill);
        expect(parts?.peak).toBe(sum(atPeak));
        expect((parts?.peak ?? 0) + (parts?.offPeak ?? 0)).toBe(all);
        expect(demand).toBe(Math.max(...readings.map(({ usage }) => usage)));
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ["US", "America/New_York"],
    ["DE", "Europe/Berlin"],
    ["AU", "Australia/Sydney"],
  ])("are busiest around noon of a working day in %s", (country, zone) => {
    const bill = billIn(accountOf(source({ country }), "ELECTRICITY"), month(2025, 10));
    const readings = read(bill);
    const most = Math.max(...readings.map(({ usage }) => usage));
    for (const reading of readings.filter(({ usage }) => usage === most)) {
      const { weekday, hour } = clock(zone, reading);
      expect([11, 12, 13]).toContain(hour);
      expect(weekday).not.toMatch(/^S/);
    }
  });

  it("are dark at night, and longer in summer", () => {
    const account = accountOf(source(), "SOLAR");
    const lit = (when: number) => {
      const readings = read(billIn(account, when));
      const bright = readings.filter(({ usage }) => usage > 0);
      for (const one of bright) {
        const { hour } = clock("America/New_York", one);
        expect(hour).toBeGreaterThanOrEqual(4);
        expect(hour).toBeLessThan(20);
      }
      return bright.length / readings.length;
    };
    expect(lit(JULY)).toBeGreaterThan(lit(JANUARY) + 0.1);
  });

  it("are none where nothing is read by the hour", () => {
    expect(hourlyReadings(billIn(accountOf(source(), "GAS"), JULY))).toEqual([]);
  });
});

describe("the bills of a year", () => {
  it.each([
    ["SOLAR", 2],
    ["WATER", 1.1],
    ["ELECTRICITY", 1.1],
  ])("of %s are highest in summer, on either half of the globe", (type, factor) => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        // Water is billed for two months, of which the second counts.
        const [winter, summer] =
          type === "WATER" ? [month(2025, 2), month(2025, 8)] : [JANUARY, JULY];
        const at = (country: string, when: number) => total(id, country, type, when);
        expect(at("US", summer)).toBeGreaterThan(at("US", winter) * factor);
        expect(at("AU", winter)).toBeGreaterThan(at("AU", summer) * factor);
      }),
    );
  });

  it.each(["GAS", "FUEL"])("of %s are highest in winter, on either half of the globe", (type) => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const at = (country: string, when: number) => total(id, country, type, when);
        expect(at("US", JANUARY)).toBeGreaterThan(at("US", JULY) * 2);
        expect(at("NZ", JULY)).toBeGreaterThan(at("NZ", JANUARY) * 2);
      }),
    );
  });

  it("have no seasons where none are known", () => {
    const ratio = total("one", "XX", "GAS", JANUARY) / total("one", "XX", "GAS", JULY);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });

  it("differ from site to site and from connection to connection", () => {
    const one = source();
    const used = [0, 1, 2].map(
      (site) => quantityOf(billIn(accountOf(one, "GAS", site), JULY)).total,
    );
    expect(new Set(used).size).toBe(3);
    expect(total("one", "US", "GAS", JULY)).not.toBe(total("other", "US", "GAS", JULY));
  });
});

describe("units", () => {
  it.each([
    ["US", ["kWh", "kWh", "gal (US)", "thm (US)", "gal (US)"]],
    ["DE", ["kWh", "kWh", "cubic m", "cubic m", "L"]],
  ])("of %s", (code, units) => {
    const { accounts, country } = source({ country: code, siteIds: ["site-0"] });
    expect(accounts.map(({ supply }) => unitOf(supply, country).name)).toEqual(units);
  });

  it("change the number, not what is used", () => {
    const august = month(2025, 8);
    expect(total("one", "GB", "WATER", august) / total("one", "US", "WATER", august)).toBeCloseTo(
      1 / 264.172,
      4,
    );
  });
});

it("an estimate is off, and its parts add up", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const bill = billIn(accountOf(source({ id }), "ELECTRICITY"), JULY);
      const read = quantityOf(bill);
      const guess = quantityOf({ ...bill, isEstimated: true });
      expect(guess.total / read.total).toBeCloseTo(1.05, 3);
      expect((guess.parts?.peak ?? 0) + (guess.parts?.offPeak ?? 0)).toBe(guess.total);
    }),
    { numRuns: 20 },
  );
});
