import * as fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { type Bar, renderBars } from "../../src/terminal/chart.ts";
import { palette } from "../../src/terminal/palette.ts";
import { showsUnicode } from "../../src/terminal/unicode.ts";

const screen = (columns: number | null) => ({ columns, palette: palette(0) });
const bar = (label: string, value: number | null): Bar => ({
  label,
  value,
  text: value === null ? "-" : String(value),
});
const THREE = [bar("Jan", 80), bar("Feb", 5), bar("Mar", null)];

describe("bars", () => {
  it("lie below one another where there is no room for them side by side", () => {
    expect(renderBars(THREE, screen(12), true)).toEqual([
      "Jan  ███  80",
      "Feb  ▎     5",
      "Mar        -",
    ]);
    expect(renderBars(THREE, screen(12), false)).toEqual([
      "Jan  ###  80",
      "Feb  #     5",
      "Mar        -",
    ]);
  });

  it("stand side by side where there is", () => {
    expect(renderBars(THREE, screen(13), true)).toEqual([
      "███",
      "███",
      "███",
      "███  ▂▂▂",
      " 80    5    -",
      "Jan  Feb  Mar",
    ]);
    expect(renderBars(THREE, screen(13), false)).toEqual([
      "Jan  ####  80",
      "Feb  #      5",
      "Mar         -",
    ]);
  });

  it("are left out where nothing is above zero, and the numbers stay", () => {
    const none = [bar("a", 0), bar("b", -3), bar("c", null)];
    expect(renderBars(none, screen(80), true)).toEqual([" 0  -3   -", " a   b   c"]);
    expect(renderBars(none, screen(7), true).map((line) => line.trim())).toEqual([
      "a   0",
      "b  -3",
      "c   -",
    ]);
    expect(renderBars([], screen(80), true)).toEqual([]);
  });

  it("are never wider than the screen, never lose a number, and show what is above zero", () => {
    const bars = fc.array(
      fc.record({
        label: fc.constantFrom("2026-01", "2026-02"),
        value: fc.option(fc.double({ min: -10, max: 1e9, noNaN: true })),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(
        bars,
        fc.integer({ min: 30, max: 200 }),
        fc.boolean(),
        (all, columns, unicode) => {
          const drawn = all.map(({ label, value }) => ({
            label,
            value,
            text: value === null ? "-" : value.toFixed(1),
          }));
          const lines = renderBars(drawn, screen(columns), unicode);
          const widest = Math.max(...drawn.map(({ text }) => text.length));
          for (const line of lines)
            expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(columns, 9 + widest));
          const text = lines.join("\n");
          for (const one of drawn) expect(text).toContain(one.text);
          if (!unicode) expect(text).toMatch(/^[\n\x20-\x7e]*$/);
          if (drawn.some(({ value }) => (value ?? 0) > 0))
            expect(text).toMatch(/[▁▂▃▄▅▆▇█▏▎▍▌▋▊▉#]/);
        },
      ),
    );
  });
});

describe("symbols", () => {
  it.each([
    [{}, "linux", true],
    [{ LANG: "C.UTF-8" }, "linux", true],
    [{ LANG: "C" }, "linux", false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "POSIX" }, "linux", false],
    [{ LC_CTYPE: "de_DE.utf8", LANG: "C" }, "darwin", true],
    [{ TERM: "dumb", LANG: "C.UTF-8" }, "linux", false],
    [{}, "win32", false],
    [{ WT_SESSION: "1" }, "win32", true],
    [{ WT_SESSION: "1", TERM: "dumb" }, "win32", false],
  ] as const)("of %j on %s: %s", (env, platform, shown) => {
    expect(showsUnicode(env, platform)).toBe(shown);
  });
});
