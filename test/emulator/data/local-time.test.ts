/** Local days as hours: those of a change of the clock have 23 or 25. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../../../src/emulator/data/calendar.ts";
import { countryOf } from "../../../src/emulator/data/countries.ts";
import { localHours } from "../../../src/emulator/data/local-time.ts";

const LISTED = ["US", "CA", "GB", "DE", "AU", "NZ", "IN", "JP", "BR", "MX", "ZA", "XX"];
const ZONES = LISTED.map((code) => countryOf(code).zone);

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);

describe("local hours", () => {
  it.each([
    ["America/New_York", "2025-03-09", 23],
    ["America/New_York", "2025-11-02", 25],
    ["America/New_York", "2026-11-01", 25],
    ["America/Phoenix", "2025-03-09", 24],
    ["Europe/Berlin", "2025-03-30", 23],
    ["Europe/Berlin", "2025-10-26", 25],
    ["Australia/Sydney", "2025-04-06", 25],
    ["Australia/Sydney", "2025-10-05", 23],
    ["Asia/Kolkata", "2025-03-30", 24],
    // The clock skips midnight, and a day later in the year has it twice.
    ["America/Sao_Paulo", "2018-11-04", 23],
    ["America/Sao_Paulo", "2018-02-17", 25],
  ])("of %s on %s are %i", (zone, date, count) => {
    expect(localHours(zone, day(date), day(date)).count).toBe(count);
  });

  it("show what the clock shows", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 2016 * 12, max: 2030 * 12 }),
        fc.nat(743),
        (zone, month, index) => {
          const [first, last] = [Date.UTC(0, month, 1), Date.UTC(0, month + 1, 0)];
          const { start, count, clockAt } = localHours(zone, first, last);
          const at = Math.min(index, count - 1);
          const shown = new Intl.DateTimeFormat("sv-SE", {
            ...{ timeZone: zone, dateStyle: "short", timeStyle: "medium" },
          }).format(start + at * HOUR_MS);
          expect(new Date(clockAt(at)).toISOString().slice(0, 19).replace("T", " ")).toBe(shown);
          expect(clockAt(0)).toBe(first);
        },
      ),
    );
  });

  it("of one month end where those of the next begin", () => {
    for (const zone of ZONES) {
      for (let month = 2024 * 12; month < 2026 * 12; month += 1) {
        const of = (one: number) => localHours(zone, Date.UTC(0, one, 1), Date.UTC(0, one + 1, 0));
        const { start, count } = of(month);
        expect(start + count * HOUR_MS).toBe(of(month + 1).start);
      }
    }
  });
});
