/** Durations as people write them. Knows no limit of its own: whoever waits, or moves time, has one. Pure. */

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * Reads a duration: `500ms`, `90s`, `30m`, `12h`, `7d`, `2w`; a bare number is seconds.
 *
 * @param longest in milliseconds
 * @returns whole milliseconds, or null when the text is no duration, is zero, or is longer than that
 */
export function readDuration(text: string, longest: number): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d|w)?$/.exec(text);
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000));
  return ms > 0 && ms <= longest ? ms : null;
}
