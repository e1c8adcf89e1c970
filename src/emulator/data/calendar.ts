/** Months and days of UTC as numbers. Pure. */

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** @returns months since the year 0 */
export function monthOf(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** @returns the month's first moment, in milliseconds since 1970 */
export function monthStart(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, 1);
}

/** @returns the time's day, written as `YYYY-MM-DD` */
export function dateText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** @returns the time in ISO 8601, UTC */
export function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** @returns the first moment of the time's day */
export function dayStart(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}
