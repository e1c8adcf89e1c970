/** What bills charge: to the cent, by the use, and one bill after the other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  balanceOf,
  centsOf,
  chargeLines,
  decimal,
  money,
} from "../../../src/emulator/data/charges.ts";
import { accountOf, month, source } from "./connected.ts";

const TYPES = ["ELECTRICITY", "SOLAR", "WATER", "GAS", "FUEL"] as const;

describe("a bill", () => {
  it("charges each line's quantity times its rate", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.constantFrom(...TYPES),
        fc.constantFrom("US", "GB", "ZA"),
        (id, type, country) => {
          const account = accountOf(source({ id, country }), type);
          const lines = chargeLines({ account, month: month(2025, 3), isEstimated: false });
          for (const { rate, quantity, cents } of lines) {
            if (rate === null || quantity === null) continue;
            expect(Math.abs(Number(rate) * Number(quantity) * 100 - cents)).toBeLessThanOrEqual(
              0.51,
            );
          }
          expect(lines.every(({ cents }) => Number.isInteger(cents))).toBe(true);
          expect(new Set(lines.map(({ kind }) => kind))).toContain("fixed");
        },
      ),
    );
  });

  it("charges more for more, and pays for what was exported", () => {
    const charged = (type: string, when: number) =>
      centsOf(chargeLines({ account: accountOf(source(), type), month: when, isEstimated: false }));
    expect(charged("GAS", month(2025, 1))).toBeGreaterThan(charged("GAS", month(2025, 7)) * 2);
    expect(charged("SOLAR", month(2025, 7))).toBeLessThan(charged("SOLAR", month(2025, 1)));
    expect(charged("SOLAR", month(2025, 7))).toBeLessThan(0);
  });

  it("starts from what the one before left open", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom(...TYPES), (id, type) => {
        const account = accountOf(source({ id }), type);
        let owed = 0;
        let unpaid = 0;
        for (let when = month(2024, 1); when <= month(2025, 10); when += 1) {
          const bill = { account, month: when, isEstimated: false };
          const { before, paid, open } = balanceOf(bill);
          expect(before).toBe(owed);
          expect(open).toBe(before - paid);
          expect([0, before]).toContain(paid);
          unpaid = open === 0 ? 0 : unpaid + 1;
          expect(unpaid).toBeLessThanOrEqual(1);
          owed = open + centsOf(chargeLines(bill));
        }
      }),
    );
  });

  it("is left open now and then", () => {
    const opens = Array.from({ length: 22 }, (_, index) =>
      ["a", "b", "c", "d"].map((id) => {
        const account = accountOf(source({ id }), "WATER");
        return balanceOf({ account, month: month(2024, 1) + index, isEstimated: false }).open;
      }),
    ).flat();
    expect(opens.filter((open) => open > 0).length).toBeGreaterThan(1);
    expect(opens.filter((open) => open > 0).length).toBeLessThan(22);
  });
});

it("writes decimals as text", () => {
  expect([0, 1, 150_750, 42_000_000, -10].map(decimal)).toEqual([
    "0",
    "0.001",
    "150.75",
    "42000",
    "-0.01",
  ]);
  expect([0, -0, 5, 431_029, -10_266].map(money)).toEqual([
    "0.00",
    "0.00",
    "0.05",
    "4310.29",
    "-102.66",
  ]);
});
