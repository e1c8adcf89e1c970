/** What bills charge: to the smallest unit of the currency, by the use, and one bill after the other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  balanceBefore,
  chargeLines,
  decimal,
  money,
  sumOf,
} from "../../../src/emulator/data/charges.ts";
import { billOf } from "../../../src/emulator/data/documents.ts";
import { accountOf, billIn, month, source } from "./connected.ts";

const TYPES = ["ELECTRICITY", "SOLAR", "WATER", "GAS", "FUEL"] as const;

describe("a bill", () => {
  it("charges each line's quantity times its rate, in whole units of its currency", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.constantFrom(...TYPES),
        fc.constantFrom("US", "GB", "ZA", "JP", "XX"),
        (id, type, country) => {
          const account = accountOf(source({ id, country }), type);
          const lines = chargeLines(billIn(account, month(2025, 4)));
          const smallest = country === "JP" ? 1 : 100;
          for (const { rate, quantity, amount } of lines) {
            if (rate === null || quantity === null) continue;
            const exact = Number(rate) * Number(quantity) * smallest;
            expect(Math.abs(exact - amount)).toBeLessThanOrEqual(0.51);
          }
          expect(lines.every(({ amount }) => Number.isInteger(amount))).toBe(true);
        },
      ),
    );
  });

  it("charges more for more, and pays for what was exported", () => {
    const charged = (type: string, when: number) =>
      sumOf(chargeLines(billIn(accountOf(source(), type), when)));
    expect(charged("GAS", month(2025, 1))).toBeGreaterThan(charged("GAS", month(2025, 7)) * 2);
    expect(charged("SOLAR", month(2025, 7))).toBeLessThan(charged("SOLAR", month(2025, 1)));
    expect(charged("SOLAR", month(2025, 7))).toBeLessThan(0);
  });

  it("is taxed at its country's rate, and not at all where none is known", () => {
    const share = (country: string) => {
      const lines = chargeLines(billIn(accountOf(source({ country }), "GAS"), month(2025, 4)));
      const tax = sumOf(lines.filter(({ kind }) => kind === "tax"));
      return (tax / (sumOf(lines) - tax)) * 100;
    };
    expect(share("GB")).toBeCloseTo(20, 1);
    expect(share("NZ")).toBeCloseTo(15, 1);
    expect(share("XX")).toBe(0);
  });

  it("starts from what the one before charged", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom(...TYPES), (id, type) => {
        const account = accountOf(source({ id }), type);
        let charged = 0;
        for (let when = month(2024, 1); when <= month(2025, 10); when += 1) {
          if (billOf(account, when) === null) continue;
          const bill = billIn(account, when);
          expect(balanceBefore(bill)).toBe(charged);
          charged = sumOf(chargeLines(bill));
        }
      }),
    );
  });
});

it("writes decimals as text, and money with the decimals of its currency", () => {
  expect([0, 1, 150_750, 42_000_000, -10].map(decimal)).toEqual([
    ...["0", "0.001", "150.75", "42000", "-0.01"],
  ]);
  expect([0, -0, 5, 431_029, -10_266].map((cents) => money(cents, 2))).toEqual([
    ...["0.00", "0.00", "0.05", "4310.29", "-102.66"],
  ]);
  expect([0, -0, 18_250].map((yen) => money(yen, 0))).toEqual(["0", "0", "18250"]);
});
