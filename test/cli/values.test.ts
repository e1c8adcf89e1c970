import { describe, expect, it } from "vitest";
import type { Schema } from "../../src/cli/define.ts";
import { oneOf, wholeNumber } from "../../src/cli/values.ts";

async function taken<Value>(schema: Schema<Value>, text: string): Promise<Value | undefined> {
  const result = await schema["~standard"].validate(text);
  return result.issues === undefined ? result.value : undefined;
}

describe("a whole number", () => {
  it.each([
    ["1", 1],
    ["007", 7],
    ["999", 999],
  ])("reads %s", async (text, value) => {
    expect(await taken(wholeNumber(1, 999), text)).toBe(value);
  });

  it.each(["", "0", "1000", "-1", "+1", "1.0", "1e2", "0x1", " 1", "٣", "9".repeat(10)])(
    "refuses %j",
    async (text) => {
      expect(await taken(wholeNumber(1, 999), text)).toBeUndefined();
    },
  );
});

describe("one of some words", () => {
  it("is one of them to the letter", async () => {
    const schema = oneOf(["guide", "both"]);
    expect(await taken(schema, "both")).toBe("both");
    for (const text of ["", "Both", "bot", "toString"]) {
      expect(await taken(schema, text)).toBeUndefined();
    }
  });
});
