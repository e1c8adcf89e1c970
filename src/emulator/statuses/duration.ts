/** How far the emulator's time moves. Longer than what a timer can wait: nothing waits for it. Pure. */

/** A hundred years, in milliseconds: the data of a connection grows with its time, and is computed. */
export const LONGEST_MOVE_MS = 36_525 * 86_400_000;

export const MOVE_ALLOWED =
  "a duration above zero such as 7d, 2w, 12h, 30m or 90s, up to 36525d; a bare number is seconds";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
]);

/**
 * Reads a duration as the command line does; the emulator also takes one over HTTP and by function call.
 *
 * @returns milliseconds, or null when the text is no duration, is zero, or is longer than a hundred years
 */
export function parseMove(text: string): number | null {
  const [, count, unit = "s"] = /^(\d{1,15}(?:\.\d{1,9})?)(ms|[smhdw])?$/.exec(text) ?? [];
  const ms = Math.round(Number(count) * (UNITS.get(unit) ?? Number.NaN));
  return ms > 0 && ms <= LONGEST_MOVE_MS ? ms : null;
}
