import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMove } from "../../src/emulator/clock.ts";
import {
  formatDuration,
  HUNDRED_YEARS_MS,
  parseDuration,
  readDuration,
} from "../../src/words/duration.ts";

const UNITS = [
  ["ms", 1],
  ["s", 1000],
  ["", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
] as const;

describe("a duration", () => {
  it("is so many of its unit, in milliseconds, up to the longest and no further", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.constantFrom(...UNITS), (count, unit) => {
        const [name, length] = unit;
        const ms = count * length;
        expect(readDuration(`${count}${name}`, ms)).toBe(ms);
        expect(readDuration(`${count}${name}`, ms - 1)).toBeNull();
      }),
    );
  });

  it("is read by the emulator as by the command line", () => {
    const unit = fc.constantFrom(...UNITS.map(([name]) => name), "y");
    const count = fc.oneof(fc.nat().map(String), fc.double({ min: 0 }).map(String), fc.string());
    fc.assert(
      fc.property(count, unit, (number, name) => {
        const text = `${number}${name}`;
        expect(parseMove(text)).toBe(readDuration(text, HUNDRED_YEARS_MS));
      }),
    );
  });

  it.each([
    "",
    "0",
    "0w",
    "-1d",
    "1 d",
    "1D",
    "d",
    "1e3",
    ".5s",
    "5.s",
    "1y",
    "٥s",
    "9".repeat(16),
  ])("is not %j", (text) => {
    expect(readDuration(text, Number.MAX_SAFE_INTEGER)).toBeNull();
  });

  it.each([
    ["25d", null],
    ["24d", 2_073_600_000],
  ])("%s is as much as a timer can wait, or more", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [250, "250 ms"],
    [5_000, "5 s"],
    [120_000, "2 min"],
    [3_600_000, "60 min"],
    [7_500_000, "2 h 5 min"],
  ])("%d ms is shown as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
