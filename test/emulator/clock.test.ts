import { describe, expect, it } from "vitest";
import { parseMove } from "../../src/emulator/clock.ts";
import { HUNDRED_YEARS_MS } from "../../src/words/duration.ts";

const DAY = 86_400_000;

describe("how far the time moves", () => {
  it.each([
    ["7d", 7 * DAY],
    ["2w", 14 * DAY],
    ["12h", DAY / 2],
    ["30m", 1_800_000],
    ["90s", 90_000],
    ["500ms", 500],
    ["90", 90_000],
    ["1.5d", 1.5 * DAY],
    ["36525d", HUNDRED_YEARS_MS],
  ])("%s is %d ms", (text, ms) => {
    expect(parseMove(text)).toBe(ms);
  });

  it.each(["", "0", "0d", "-7d", "7 d", "7D", "d", "1e3", "Infinityms", "1e21ms", "36526d", "1y"])(
    "refuses %j",
    (text) => {
      expect(parseMove(text)).toBeNull();
    },
  );
});
