/** Days and months as numbers: a day is its first moment in UTC, in milliseconds since 1970. Pure. */

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** @returns months since the year 0 */
export function monthOf(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** @returns a day of a month; the last day if the month is shorter than that */
export function dayOfMonth(month: number, day: number): number {
  const year = Math.floor(month / 12);
  return Math.min(Date.UTC(year, month % 12, day), Date.UTC(year, (month % 12) + 1, 0));
}

/** @returns the start of the day, in UTC */
export function dayStart(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

/** @returns the date in UTC, as `YYYY-MM-DD` */
export function dateText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
