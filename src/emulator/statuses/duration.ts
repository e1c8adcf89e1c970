/** How far the emulator's time moves, as people write it. Longer than what a timer can wait: nothing waits for it. Pure. */

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** A hundred years: the data of a connection grows with its time, and is computed. */
export const LONGEST_MOVE_MS = 36_525 * 86_400_000;

export const MOVE_ALLOWED =
  "a duration above zero such as 7d, 2w, 12h, 30m or 90s; a bare number is seconds";

/**
 * Reads a duration: `7d`, `2w`, `12h`, `30m`, `90s`, `500ms`; a bare number is seconds.
 *
 * @returns milliseconds, or null when the text is no duration, is zero, or is longer than a hundred years
 */
export function parseMove(text: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d|w)?$/.exec(text);
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000));
  return ms > 0 && ms <= LONGEST_MOVE_MS ? ms : null;
}
