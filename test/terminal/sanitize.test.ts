import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonText, printable } from "../../src/terminal/sanitize.ts";

/** Everything that must never reach a terminal from a foreign text. */
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|\p{Surrogate}/u;
const BAD = [
  ..."\u0000\u0007\b\t\n\r\u001b\u007f\u0085\u009b\u009d\u009c\u061c\u200b\u200d\u200e\u200f\u2028\u2029\u202e\u2066\u2069\ufeff[]mK;8\\",
  "\ud800",
  "\udc00",
  "\u{e0041}",
];
/** Texts that hold the harmful far more often than chance would. */
const text = fc
  .array(fc.oneof(fc.constantFrom(...BAD), fc.string({ unit: "binary", maxLength: 4 })))
  .map((parts) => parts.join(""));

describe("printable", () => {
  test.each([
    ["plain text, ümläut, 日本, 😀", "plain text, ümläut, 日本, 😀"],
    ["\u001b[31mred\u001b[0m", "red"],
    ["\u009b31mred", "red"],
    ["\u001b]0;title\u0007after", "after"],
    ["\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001b]52;c;aGVsbG8=\u0007clip", "clip"],
    ["\u001bP1$r\u001b\\dcs", "dcs"],
    ["\u001b]no end of it", "no end of it"],
    ["\u001b[", ""],
    ["\u001bcreset", "reset"],
    ["\u001b(0line", "line"],
    ["a\tb\r\nc\u2028d\u0085e", "a b c d e"],
    ["\u0000a\bb\u007f", "ab"],
    ["user\u202egnp.exe", "usergnp.exe"],
    ["zero\u200bwidth\ufeff", "zerowidth"],
    ["half \ud83d and \ude00", "half \ufffd and \ufffd"],
    ["\ud83d\u200b\ude00", "\ufffd\ufffd"],
    ["tag\u{e0041}\u{e0042}", "tag"],
    ["", ""],
  ])("%j becomes %j", (given, wanted) => {
    expect(printable(given)).toBe(wanted);
  });

  test("cuts by code points, never inside one", () => {
    expect(printable("abcdef", 4)).toBe("abc…");
    expect(printable("abcd", 4)).toBe("abcd");
    expect(printable("😀😀😀😀", 4)).toBe("😀😀😀😀");
    expect(printable("😀😀😀😀😀", 4)).toBe("😀😀😀…");
    expect([...printable("x".repeat(1000))]).toHaveLength(500);
    expect(printable("x".repeat(1000), Number.POSITIVE_INFINITY)).toHaveLength(1000);
  });

  test("no text leaves a harmful character, breaks the limit, or changes when cleaned again", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (given, max) => {
        const clean = printable(given, max);
        expect(clean).not.toMatch(HARMFUL);
        expect([...clean].length).toBeLessThanOrEqual(max);
        expect(printable(clean, max)).toBe(clean);
      }),
      { numRuns: 2000 },
    );
  });

  test("harmless text stays as it is", () => {
    // Controls, what shapes other characters, line and paragraph ends: all that is not harmless is of these kinds.
    const harmless = fc
      .string({ unit: "grapheme", maxLength: 40 })
      .map((one) => one.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ""));
    fc.assert(fc.property(harmless, (given) => printable(given) === given));
  });

  test("a long hostile text takes no long time", () => {
    const begin = performance.now();
    for (const part of ["\u001b]", "\u001b[", "\u009d", "\u001b[0;", "\u001bP"]) {
      printable(part.repeat(200_000));
    }
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

describe("jsonText", () => {
  test("escapes what a terminal would obey", () => {
    expect(jsonText({ a: "x\u009b31m\u202e\u2028\u007f\u{e0041}" })).toBe(
      '{"a":"x\\u009b31m\\u202e\\u2028\\u007f\\udb40\\udc41"}',
    );
    expect(jsonText([1], 2)).toBe("[\n  1\n]");
    expect(jsonText(undefined)).toBe("null");
  });

  test("is harmless and means the same", () => {
    const value = fc.jsonValue({ stringUnit: "binary" });
    const hostile = fc.dictionary(text, text).map((found) => ({ ...found }));
    fc.assert(
      fc.property(fc.oneof(value, hostile), fc.constantFrom(undefined, 2), (given, indent) => {
        const written = jsonText(given, indent);
        expect(written.replaceAll("\n", "")).not.toMatch(HARMFUL);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(given)));
      }),
      { numRuns: 1000 },
    );
  });
});
