/** Bar charts made of block characters. Knows nothing about the data; the caller's labels explain the numbers. Pure. */
import type { Screen } from "./streams.ts";

/** One bar. Its texts are plain: every character is one cell wide. */
export interface Bar {
  readonly label: string;
  /** Null draws nothing: no value, as opposed to zero. */
  readonly value: number | null;
  /** The formatted value. */
  readonly text: string;
}

/** Eighths of a cell, from the left and from the bottom (Unicode block elements, U+2580 to U+259F). */
const FROM_LEFT = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
const FROM_BELOW = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const PARTS = 8;
const GAP = 2;
const VERTICAL_ROWS = 4;
const MAX_BAR = 60;
const DEFAULT_COLUMNS = 80;

/**
 * Draws bars: vertical, side by side, if there is room for all of them, else horizontal, one per line. Each bar shows its
 * number, so that nothing is conveyed by length or colour alone. A negative value has a number but no bar.
 *
 * @param screen a width of null means 80 cells
 * @param unicode false draws horizontal bars with `#`: vertical ones of whole cells would be too coarse
 * @returns lines without line ends, no wider than the screen as long as labels and numbers fit
 */
export function renderBars(
  bars: readonly Bar[],
  screen: Screen,
  unicode: boolean,
): readonly string[] {
  if (bars.length === 0) return [];
  const columns = screen.columns ?? DEFAULT_COLUMNS;
  const widest = Math.max(...bars.map(({ label, text }) => Math.max(label.length, text.length)));
  const verticalWidth = bars.length * (widest + GAP) - GAP;
  return unicode && bars.length > 1 && verticalWidth <= columns
    ? verticalBars(bars, widest, screen)
    : horizontalBars(bars, columns, screen, unicode);
}

function verticalBars(bars: readonly Bar[], width: number, { palette }: Screen): readonly string[] {
  const heights = lengths(bars, VERTICAL_ROWS * PARTS);
  const line = (cells: readonly string[]): string => cells.join(" ".repeat(GAP)).trimEnd();
  const rows = Array.from({ length: VERTICAL_ROWS }, (_, index) => {
    const below = (VERTICAL_ROWS - 1 - index) * PARTS;
    const cells = heights.map((height) => {
      const filled = Math.min(PARTS, Math.max(0, height - below));
      return (FROM_BELOW[filled] ?? " ").repeat(width);
    });
    return palette.cyan(line(cells));
  });
  return [
    ...rows.filter((row) => row.trim() !== ""),
    line(bars.map(({ text }) => text.padStart(width))),
    palette.dim(line(bars.map(({ label }) => label.padStart(width)))),
  ];
}

function horizontalBars(
  bars: readonly Bar[],
  columns: number,
  { palette }: Screen,
  unicode: boolean,
): readonly string[] {
  const label = Math.max(...bars.map((bar) => bar.label.length));
  const text = Math.max(...bars.map((bar) => bar.text.length));
  const room = Math.min(MAX_BAR, Math.max(0, columns - label - text - 2 * GAP));
  const parts = unicode ? PARTS : 1;
  const drawn = lengths(bars, room * parts);
  return bars.map((bar, index) => {
    const filled = drawn[index] ?? 0;
    const whole = Math.floor(filled / parts);
    const mark = unicode
      ? `${"█".repeat(whole)}${FROM_LEFT[filled % parts] ?? ""}`
      : "#".repeat(whole);
    const space = " ".repeat(GAP);
    const painted = `${palette.cyan(mark)}${" ".repeat(Math.max(0, room - mark.length))}`;
    const middle = room === 0 ? "" : `${space}${painted}`;
    return `${bar.label.padEnd(label)}${middle}${space}${bar.text.padStart(text)}`;
  });
}

/** Scales each bar to the longest; positive values are always visible. */
function lengths(bars: readonly Bar[], longest: number): readonly number[] {
  const greatest = Math.max(...bars.map(({ value }) => value ?? 0));
  return bars.map(({ value }) => {
    if (value === null || !(value > 0) || longest === 0) return 0;
    return Math.max(1, Math.round((value / greatest) * longest));
  });
}
