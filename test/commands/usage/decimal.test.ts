import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/api/resources/wire.ts";
import {
  addDecimals,
  decimalText,
  grouped,
  negated,
  readDecimal,
  rounded,
  ZERO,
} from "../../../src/commands/usage/decimal.ts";

const sum = (...texts: string[]) =>
  decimalText(texts.map((text) => readDecimal(text) ?? ZERO).reduce(addDecimals, ZERO));

describe("exact decimals", () => {
  it("have no drift of floats", () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(sum("0.1", "0.2")).toBe("0.3");
    expect(sum(...Array.from({ length: 1000 }, () => "0.10"))).toBe("100.00");
    expect(sum("12345678901234567890.01", "0.99")).toBe("12345678901234567891.00");
    expect(sum("-0.05", "0.5", ".5", "1.", "+2")).toBe("3.95");
    expect(decimalText(negated(readDecimal("-0.05") ?? ZERO))).toBe("0.05");
  });

  it("are the sums of whole cents, whatever the order", () => {
    const cents = fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), { minLength: 1 });
    fc.assert(
      fc.property(cents, (all) => {
        const total = all.reduce((one, other) => one + other, 0n);
        const texts = all.map((digits) => decimalText({ digits, scale: 2 }));
        expect(sum(...texts)).toBe(decimalText({ digits: total, scale: 2 }));
        expect(sum(...texts.reverse())).toBe(decimalText({ digits: total, scale: 2 }));
      }),
    );
  });

  it("are read back as they are written", () => {
    const any = fc.record({ digits: fc.bigInt(), scale: fc.nat(30) });
    fc.assert(
      fc.property(any, (one) => {
        expect(readDecimal(decimalText(one))).toEqual(one);
      }),
    );
  });

  it.each(["", " ", ".", "-", "1e5", "1,5", "0x10", "NaN", "1.2.3", "9".repeat(200)])(
    "are not %j",
    (text) => {
      expect(readDecimal(text)).toBeNull();
      expect(readDecimal(null)).toBeNull();
    },
  );

  it.each([
    ["1.005", 2, "1.01"],
    ["-1.005", 2, "-1.01"],
    ["1.004", 2, "1.00"],
    ["0.5", 0, "1"],
    ["-0.4", 0, "0"],
    ["12", 2, "12"],
  ])("round %s to %i decimals as %s", (text, decimals, to) => {
    expect(decimalText(rounded(readDecimal(text) ?? ZERO, decimals))).toBe(to);
  });

  it.each([
    ["1234567.8900", "1 234 567.8900"],
    ["-1234", "-1 234"],
    ["123", "123"],
    ["n/a", "n/a"],
    ["", ""],
  ])("group %j as %j", (text, to) => expect(grouped(text)).toBe(to));
});

describe("a decimal of the API", () => {
  it.each([
    ["12.50", "12.50"],
    [" 1 ", "1"],
    ["", null],
    [null, null],
    [undefined, null],
    [150.75, "150.75"],
    [45, "45"],
    [1e21, "1000000000000000000000"],
    [1.5e-7, "0.00000015"],
    [-2.5e22, "-25000000000000000000000"],
  ])("%j is %j", (wire, text) => expect(decimal.parse(wire)).toBe(text));
});
