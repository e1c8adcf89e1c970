/** How much is used: what an energy manager would expect of it, and that hours and months say the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitOf } from "../../../src/emulator/data/supplies.ts";
import { hourlyReadings, quantityOf } from "../../../src/emulator/data/usage.ts";
import { accountOf, month, source } from "./connected.ts";

const JANUARY = month(2025, 1);
const JULY = month(2025, 7);

function total(id: string, country: string, type: string, when: number): number {
  const account = accountOf(source({ id, country }), type);
  return quantityOf({ account, month: when, isEstimated: false }).total;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

describe("the hours of a month", () => {
  it.each(["ELECTRICITY", "SOLAR"])("add up to the month: %s", (type) => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.integer({ min: month(2024, 1), max: month(2025, 10) }),
        (id, when) => {
          const account = accountOf(source({ id, dataCollectionStartDate: "2024-01-17" }), type, 2);
          const readings = hourlyReadings(account, when);
          const days =
            when === month(2024, 1) ? 15 : new Date(Date.UTC(0, when + 1, 0)).getUTCDate();
          expect(readings).toHaveLength(24 * days);
          expect(readings.every((one) => Number.isInteger(one) && one >= 0)).toBe(true);
          expect(sum(readings)).toBe(
            quantityOf({ account, month: when, isEstimated: false }).total,
          );
        },
      ),
    );
  });

  it("hold the times of use and the demand of the month", () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const account = accountOf(source({ id }), "ELECTRICITY");
        const readings = hourlyReadings(account, JULY);
        const isPeak = (hour: number) => {
          const date = new Date(Date.UTC(2025, 6, 1, hour));
          const [weekday, clock] = [date.getUTCDay(), date.getUTCHours()];
          return weekday > 0 && weekday < 6 && clock >= 8 && clock < 20;
        };
        const {
          parts,
          total: all,
          demandKw,
        } = quantityOf({ account, month: JULY, isEstimated: false });
        expect(parts?.peak).toBe(sum(readings.filter((_, hour) => isPeak(hour))));
        expect((parts?.peak ?? 0) + (parts?.offPeak ?? 0)).toBe(all);
        expect(demandKw).toBeGreaterThanOrEqual(Math.floor(Math.max(...readings) / 100) / 10);
        expect(demandKw).toBeLessThan((Math.max(...readings) / 1000) * 1.2);
      }),
    );
  });

  it("are dark at night, and longer in summer", () => {
    const account = accountOf(source(), "SOLAR");
    const lit = (when: number) => {
      const readings = hourlyReadings(account, when);
      expect(readings.filter((one, hour) => one > 0 && (hour % 24 < 4 || hour % 24 > 19))).toEqual(
        [],
      );
      return readings.filter((one) => one > 0).length / readings.length;
    };
    expect(lit(JULY)).toBeGreaterThan(lit(JANUARY) + 0.1);
  });

  it("are busier on working days than on Sundays", () => {
    const readings = hourlyReadings(accountOf(source(), "ELECTRICITY"), JULY);
    const day = (number: number) => sum(readings.slice((number - 1) * 24, number * 24));
    // 6 July 2025 was a Sunday.
    expect(day(7)).toBeGreaterThan(day(6) * 1.2);
    expect(day(8)).toBeGreaterThan(day(13) * 1.2);
  });

  it("are none where nothing is read by the hour", () => {
    expect(hourlyReadings(accountOf(source(), "GAS"), JULY)).toEqual([]);
  });
});

describe("the months of a year", () => {
  it.each([
    ["SOLAR", 2],
    ["WATER", 1.2],
    ["ELECTRICITY", 1.1],
  ])("%s peaks in summer, on either half of the globe", (type, factor) => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const at = (country: string, when: number) => total(id, country, type, when);
        expect(at("US", JULY)).toBeGreaterThan(at("US", JANUARY) * factor);
        expect(at("AU", JANUARY)).toBeGreaterThan(at("AU", JULY) * factor);
      }),
    );
  });

  it.each(["GAS", "FUEL"])("%s peaks in winter, on either half of the globe", (type) => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const at = (country: string, when: number) => total(id, country, type, when);
        expect(at("US", JANUARY)).toBeGreaterThan(at("US", JULY) * 2);
        expect(at("NZ", JULY)).toBeGreaterThan(at("NZ", JANUARY) * 2);
      }),
    );
  });

  it("differ from site to site and from connection to connection", () => {
    const one = source();
    const used = [0, 1, 2].map(
      (site) =>
        quantityOf({ account: accountOf(one, "GAS", site), month: JULY, isEstimated: false }).total,
    );
    expect(new Set(used).size).toBe(3);
    expect(total("one", "US", "GAS", JULY)).not.toBe(total("other", "US", "GAS", JULY));
  });
});

describe("units", () => {
  it.each([
    ["US", ["kWh", "kWh", "gal (US)", "thm (US)", "gal (US)"]],
    ["DE", ["kWh", "kWh", "cubic m", "cubic m", "L"]],
  ])("of %s", (country, units) => {
    const { accounts, place } = source({ country, siteIds: ["site-0"] });
    expect(accounts.map(({ supply }) => unitOf(supply, place))).toEqual(units);
  });

  it("change the number, not what is used", () => {
    expect(total("one", "GB", "WATER", JULY) / total("one", "US", "WATER", JULY)).toBeCloseTo(
      1 / 264.172,
      4,
    );
  });
});

describe("an estimate", () => {
  it("is some per cent off, never right", () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const bill = { account: accountOf(source({ id }), "ELECTRICITY"), month: JULY };
        const read = quantityOf({ ...bill, isEstimated: false });
        const guess = quantityOf({ ...bill, isEstimated: true });
        const off = Math.abs(guess.total / read.total - 1);
        expect(off).toBeGreaterThan(0.015);
        expect(off).toBeLessThan(0.11);
        expect((guess.parts?.peak ?? 0) + (guess.parts?.offPeak ?? 0)).toBe(guess.total);
      }),
    );
  });
});
