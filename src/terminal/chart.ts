/** Bars of block characters. Knows no unit and no noun; what the numbers mean stands in the caller's labels. Pure. */
import type { Screen } from "./streams.ts";

/** One bar. Its texts are plain: each character takes one cell. */
export interface Bar {
  readonly label: string;
  /** Null draws nothing: there is no value, which is not the same as zero. */
  readonly value: number | null;
  /** The value as it is to be read. */
  readonly text: string;
}

/** Eighths of a cell, from the left and from below (Unicode block elements, U+2580 to U+259F). */
const FROM_LEFT = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
const FROM_BELOW = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const PARTS = 8;
const GAP = 2;
const UPRIGHT_ROWS = 4;
const LONGEST_BAR = 60;
const USUAL_COLUMNS = 80;

/**
 * Draws bars: upright, side by side, where there is room for all of them, else lying, one a line. The number stands at each bar, so that
 * nothing is told by length or colour alone. A value below zero has a number and no bar.
 *
 * @param screen a width of null is taken for 80 cells
 * @param unicode false draws lying bars with `#`: upright ones of whole cells would be too coarse
 * @returns lines without line ends; none is wider than the screen while labels and numbers fit into it
 */
export function renderBars(
  bars: readonly Bar[],
  screen: Screen,
  unicode: boolean,
): readonly string[] {
  if (bars.length === 0) return [];
  const columns = screen.columns ?? USUAL_COLUMNS;
  const widest = Math.max(...bars.map(({ label, text }) => Math.max(label.length, text.length)));
  const upright = bars.length * (widest + GAP) - GAP;
  return unicode && bars.length > 1 && upright <= columns
    ? uprightBars(bars, widest, screen)
    : lyingBars(bars, columns, screen, unicode);
}

function uprightBars(bars: readonly Bar[], width: number, { palette }: Screen): readonly string[] {
  const heights = lengths(bars, UPRIGHT_ROWS * PARTS);
  const line = (cells: readonly string[]): string => cells.join(" ".repeat(GAP)).trimEnd();
  const rows = Array.from({ length: UPRIGHT_ROWS }, (_, index) => {
    const below = (UPRIGHT_ROWS - 1 - index) * PARTS;
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

function lyingBars(
  bars: readonly Bar[],
  columns: number,
  { palette }: Screen,
  unicode: boolean,
): readonly string[] {
  const label = Math.max(...bars.map((bar) => bar.label.length));
  const text = Math.max(...bars.map((bar) => bar.text.length));
  const room = Math.min(LONGEST_BAR, Math.max(0, columns - label - text - 2 * GAP));
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

/** Each bar's share of a length; what is above zero is never quite invisible. */
function lengths(bars: readonly Bar[], longest: number): readonly number[] {
  const greatest = Math.max(...bars.map(({ value }) => value ?? 0));
  return bars.map(({ value }) => {
    if (value === null || !(value > 0) || longest === 0) return 0;
    return Math.max(1, Math.round((value / greatest) * longest));
  });
}
