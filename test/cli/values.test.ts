import { describe, expect, it } from "vitest";
import { constantCase, oneOf, wholeNumber } from "../../src/cli/values.ts";

describe("a whole number", () => {
  it.each([
    ["1", 1],
    ["007", 7],
    ["999", 999],
  ])("reads %s", (text, value) => {
    expect(wholeNumber(1, 999)(text)).toBe(value);
  });

  it.each(["", "0", "1000", "-1", "+1", "1.0", "1e2", "0x1", " 1", "٣", "9".repeat(10)])(
    "refuses %j",
    (text) => {
      expect(wholeNumber(1, 999)(text)).toBeNull();
    },
  );
});

describe("one of some words", () => {
  it("is one of them to the letter", () => {
    const { read } = oneOf(["guide", "both"]);
    expect(read("both")).toBe("both");
    for (const text of ["", "Both", "bot", "toString"]) expect(read(text)).toBeNull();
  });

  it("may be spelled in another way, and is suggested as it is", () => {
    const { read, suggests } = oneOf(["BILL_DATE", "GAS"], constantCase);
    for (const text of ["bill-date", "BILL_DATE", "Bill-Date"])
      expect(read(text)).toBe("BILL_DATE");
    for (const text of ["", "bill date", "billdate"]) expect(read(text)).toBeNull();
    expect(suggests).toEqual(["BILL_DATE", "GAS"]);
  });
});
