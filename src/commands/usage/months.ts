/** Calendar months as `YYYY-MM`. Pure; days have no time zone. */

const DAY_MS = 86_400_000;
/** In months. No bill covers more; only the first months of a longer period count. */
const MAX_PERIOD = 24;

/** @param day `YYYY-MM-DD`, or anything that starts with it */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The month of a time in milliseconds since the epoch, in UTC. */
export function monthAt(ms: number): string {
  return monthOf(new Date(ms).toISOString());
}

function monthNumber(month: string): number {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return year * 12 + number;
}

/** The month `count` months later, or earlier for a negative count. */
export function monthsLater(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return monthAt(Date.UTC(year, number - 1 + count, 1));
}

/** The months from the first to the last, inclusive. */
export function monthsBetween(first: string, last: string): readonly string[] {
  const [from, to] = [monthNumber(first), monthNumber(last)];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) =>
    monthsLater(first, index),
  );
}

export function isWholeMonth(from: string, to: string): boolean {
  const month = monthOf(from);
  return from === `${month}-01` && to === lastDay(month);
}

/**
 * The months that a period is counted in, each with the number of days covered: those of which it covers more than half. A
 * month split equally between two periods belongs to the later one, so that consecutive periods count each month once.
 *
 * @param from `YYYY-MM-DD`, the first day
 * @param to the last day, inclusive
 * @returns for a period that covers more than half of no month, the month with most of its days, the earlier one in a tie;
 *   null when the dates are invalid or in the wrong order
 */
export function monthsOfPeriod(
  from: string,
  to: string,
): readonly { readonly month: string; readonly days: number }[] | null {
  const [start, end] = [dayNumber(from), dayNumber(to)];
  if (start === null || end === null || end < start) return null;
  const months = monthsBetween(monthOf(from), monthOf(to)).slice(0, MAX_PERIOD);
  const all = months.map((month) => {
    const [first, last] = [dayNumber(`${month}-01`) ?? start, dayNumber(lastDay(month)) ?? end];
    const days = Math.min(end, last) - Math.max(start, first) + 1;
    const half = (last - first + 1) / 2;
    return { month, days, isCovered: days > half || (days === half && end >= last) };
  });
  const covered = all.filter(({ isCovered }) => isCovered);
  const longest = all.reduce((best, one) => (one.days > best.days ? one : best));
  return (covered.length > 0 ? covered : [longest]).map(({ month, days }) => ({ month, days }));
}

function lastDay(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function dayNumber(day: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) ? null : ms / DAY_MS;
}
