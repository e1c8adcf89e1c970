/** Durations as people write them: read and formatted. Pure. */

/** The longest delay of a Node timer, in milliseconds: 24 days. */
export const LONGEST_WAIT_MS = 2_147_483_647;

/** In milliseconds: our choice where something needs a limit and none is documented. */
export const HUNDRED_YEARS_MS = 36_525 * 86_400_000;

export const DURATION_ALLOWED =
  "a duration above zero such as 500ms, 5s, 2m or 1h, up to 24d; a bare number is seconds";

/** @returns milliseconds, or null when the text is not a duration, is zero, or exceeds the longest timer delay */
export function parseDuration(text: string): number | null {
  return readDuration(text, LONGEST_WAIT_MS);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * Parses a duration: `500ms`, `90s`, `30m`, `12h`, `7d`, `2w`; a bare number is seconds.
 *
 * @param maxMs the limit in milliseconds
 * @returns whole milliseconds, or null when the text is not a duration, is zero, or is longer than `maxMs`
 */
export function readDuration(text: string, maxMs: number): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d|w)?$/.exec(text);
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000));
  return ms > 0 && ms <= maxMs ? ms : null;
}

/** Formats a duration for a message: `45 s`, `2 min`, `1 h 5 min`, `7 days`. */
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
