import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/cli/duration.ts";

describe("a duration", () => {
  it.each([
    ["500ms", 500],
    ["5s", 5_000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["90", 90_000],
    ["1.5s", 1_500],
    ["2d", 172_800_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "0", "0s", "-5s", "5 s", "5y", "25d", "s", "1e3", "NaN", "999999h", "٥s"])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

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
