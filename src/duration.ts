/** Durations as people write and read them. Pure. */

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** The longest that a timer of Node can wait, in milliseconds: 24 days. */
export const LONGEST_WAIT_MS = 2_147_483_647;

export const DURATION_ALLOWED =
  "a duration above zero such as 500ms, 5s, 2m or 1h; a bare number is seconds";

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

/** @returns milliseconds, or null when the text is no duration, is zero, or is longer than a timer can wait */
export function parseDuration(text: string): number | null {
  return readDuration(text, LONGEST_WAIT_MS);
}

/** A duration in words for a message: `45 s`, `2 min`, `1 h 5 min`, `7 days`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) {
    const days = Math.floor(hours / 24);
    return hours % 24 === 0 ? `${days} days` : `${days} days ${hours % 24} h`;
  }
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
