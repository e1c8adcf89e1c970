import { describe, expect, test } from "vitest";
import { colorLevel, palette } from "../../src/terminal/palette.ts";

describe("colorLevel: the first that applies decides", () => {
  const on = { TERM: "xterm" };
  test.each<
    [flag: boolean | undefined, env: Record<string, string>, isTTY: boolean, level: number]
  >([
    [undefined, on, true, 1],
    [undefined, on, false, 0],
    [undefined, {}, true, 1],
    [undefined, { TERM: "xterm-256color" }, true, 2],
    [undefined, { TERM: "screen-256color" }, false, 0],
    [undefined, { TERM: "xterm", COLORTERM: "truecolor" }, true, 3],
    [undefined, { TERM: "xterm", COLORTERM: "24bit" }, true, 3],
    [undefined, { TERM: "dumb" }, true, 0],
    [undefined, { TERM: "dumb", COLORTERM: "truecolor" }, true, 0],
    [undefined, { ...on, FORCE_COLOR: "0" }, true, 0],
    [undefined, { ...on, FORCE_COLOR: "false" }, true, 0],
    [undefined, { ...on, FORCE_COLOR: "" }, true, 1],
    [undefined, { ...on, FORCE_COLOR: "" }, false, 0],
    [undefined, { TERM: "dumb", FORCE_COLOR: "1" }, false, 1],
    [undefined, { FORCE_COLOR: "2" }, false, 2],
    [undefined, { FORCE_COLOR: "3" }, false, 3],
    [undefined, { FORCE_COLOR: "true" }, false, 1],
    [undefined, { ...on, NO_COLOR: "1" }, true, 0],
    [undefined, { ...on, NO_COLOR: "0" }, true, 0],
    [undefined, { ...on, NO_COLOR: "" }, true, 1],
    [undefined, { NO_COLOR: "1", FORCE_COLOR: "3" }, true, 0],
    [true, { NO_COLOR: "1", FORCE_COLOR: "0", TERM: "dumb" }, false, 1],
    [true, { COLORTERM: "truecolor" }, false, 3],
    [false, { FORCE_COLOR: "3", COLORTERM: "truecolor" }, true, 0],
  ])("flag %s, %j, terminal %s → %i", (flag, env, isTTY, level) => {
    expect(colorLevel({ flag, env, isTTY })).toBe(level);
  });

  test.each([
    [1, 0],
    [4, 1],
    [8, 2],
    [24, 3],
  ])("a terminal of %i bits that names itself not → %i", (depth, level) => {
    expect(colorLevel({ flag: undefined, env: {}, isTTY: true, depth })).toBe(level);
  });
});

test("level 0 gives every text back as it is", () => {
  const { level, ...paints } = palette(0);
  expect(level).toBe(0);
  for (const paint of Object.values(paints)) expect(paint("text")).toBe("text");
});

test("level 1 paints, and two palettes do not touch each other", () => {
  expect(palette(1).red("text")).toBe("\u001b[31mtext\u001b[39m");
  expect(palette(0).red("text")).toBe("text");
});

test("a paint takes one text, also as the function of a map", () => {
  expect(["a", "b"].map(palette(0).cyan)).toEqual(["a", "b"]);
});
