/** Human-readable relative times. Pure. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Formats how long ago a time was: `just now`, `2 min ago`, `3 h ago`, `yesterday`, `4 days ago`, else the date.
 *
 * @param iso ISO 8601; anything else is returned unchanged
 * @param now milliseconds since the epoch
 */
export function formatAge(iso: string, now: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const age = now - time;
  if (age < -MINUTE || age >= 14 * DAY) return iso.slice(0, 10);
  if (age < MINUTE) return "just now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  return age < 2 * DAY ? "yesterday" : `${Math.floor(age / DAY)} days ago`;
}
