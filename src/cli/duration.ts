/** Durations as people write them. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** The longest that a timer of Node can wait. */
const LONGEST_MS = 2_147_483_647;

export const DURATION_ALLOWED =
  "a duration above zero such as 500ms, 5s, 2m or 1h; a bare number is seconds";

/**
 * Reads a duration: `500ms`, `5s`, `2m`, `1h`; a bare number is seconds.
 *
 * @returns milliseconds, or null when the text is no duration, is zero, or is longer than a timer can wait (24 days)
 */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000));
  return ms > 0 && ms <= LONGEST_MS ? ms : null;
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
