/** How much is used: by the bill, and by the hour where a meter is read so. The hours of a period add up to its bill. Pure. */
import { DAY_MS, HOUR_MS } from "./calendar.ts";
import type { Bill } from "./documents.ts";
import { localHours } from "./local-time.ts";
import { noise, TOPICS } from "./seed.ts";
import { isReadHourly, unitOf } from "./supplies.ts";

/** Quantities are whole thousandths of their unit, so that they add up exactly. */
export interface Quantity {
  readonly total: number;
  /** Null where the meter does not tell the times of use apart. */
  readonly parts: { readonly peak: number; readonly offPeak: number } | null;
  /** What was used in the busiest hour, so that it is kW for kWh; null where no demand is metered. */
  readonly demand: number | null;
}

const WEEK_HOURS = 7 * 24;

/** Our choice, on the site's clock, from Monday to Friday: when on-peak rates hold, and when an office is open. */
const PEAK = { from: 8, to: 20 } as const;
const OPEN = { from: 7, to: 19 } as const;

/** How much each hour of a week takes in an office, from Sunday on: three times as much around noon as at night. */
const OFFICE_WEEK = Array.from({ length: WEEK_HOURS }, (_, hour) =>
  isWithin(hour, OPEN)
    ? 1 + 2 * Math.sin((Math.PI * ((hour % 24) + 0.5 - OPEN.from)) / (OPEN.to - OPEN.from))
    : 1,
);

/** A midsummer of the north. Years are counted as 365.25 days, which is near enough for seasons. */
const MIDSUMMER = Date.UTC(2025, 6, 15);
const YEAR_MS = 365.25 * DAY_MS;

/** By how much an estimate is off. Our choice. */
const ESTIMATE = 1.05;

/** What one bill is about. */
export function quantityOf(bill: Bill): Quantity {
  const read = readQuantity(bill);
  if (!bill.isEstimated) return read;
  const total = whole(read.total * ESTIMATE);
  const peak = Math.round((read.parts?.peak ?? 0) * ESTIMATE);
  return {
    total,
    parts: read.parts && { peak, offPeak: total - peak },
    demand: read.demand && Math.round(read.demand * ESTIMATE),
  };
}

/** What the meter read in each hour of a bill's period, in thousandths; none for what is not read by the hour. */
export function hourlyReadings(bill: Bill): readonly number[] {
  const readings: number[] = [];
  if (isReadHourly(bill.account.supply)) forEachHour(bill, (used) => readings.push(used));
  return readings;
}

function readQuantity(bill: Bill): Quantity {
  if (bill.account.supply.type !== "ELECTRICITY") {
    return { total: totalOf(bill), parts: null, demand: null };
  }
  let [total, peak, demand] = [0, 0, 0];
  forEachHour(bill, (used, hour) => {
    total += used;
    if (isWithin(hour, PEAK)) peak += used;
    demand = Math.max(demand, used);
  });
  return { total, parts: { peak, offPeak: total - peak }, demand };
}

/** Gives what was used in each hour of a period, and which hour of the week it is on the site's clock, from Sunday on. */
function forEachHour(bill: Bill, visit: (used: number, hour: number) => void): void {
  const { account, start, end } = bill;
  const { count, clockAt } = localHours(account.zone, start, end);
  const week = account.supply.type === "SOLAR" ? solarWeek(summer(account, start)) : OFFICE_WEEK;
  const total = totalOf(bill);
  const hours: number[] = [];
  let whole = 0;
  for (let index = 0; index < count; index += 1) {
    // 1 January 1970 was a Thursday.
    const hour = (clockAt(index) / HOUR_MS + 4 * 24) % WEEK_HOURS;
    hours.push(hour);
    whole += week[hour] ?? 0;
  }
  let [weighed, before] = [0, 0];
  for (const hour of hours) {
    weighed += week[hour] ?? 0;
    // The difference of two rounded sums, so that all hours add up without a remainder.
    const used = Math.round((total * weighed) / whole);
    visit(used - before, hour);
    before = used;
  }
}

/** In thousandths, and whole units, as meters are billed. Our choice: sites differ in size, and months by their weather. */
function totalOf({ account, month, start, end }: Bill): number {
  const { source, site, supply } = account;
  let days = 0;
  for (let day = start; day <= end; day += DAY_MS) {
    const share = isWeekday(day / DAY_MS + 4) ? 1 : supply.weekend;
    days += share * (1 + supply.swing * summer(account, day));
  }
  const size = 0.5 + 1.5 * noise(source.family, TOPICS.siteSize, site);
  const weather = 0.9 + 0.2 * noise(source.family, TOPICS.weather, site, supply.number, month);
  return whole(days * supply.daily * unitOf(supply, source.country).scale * size * weather * 1000);
}

/** How much of the sun each hour gets: the day is some 15 hours long in midsummer and 9 in midwinter. */
function solarWeek(season: number): readonly number[] {
  const half = 6 + 1.5 * season;
  return Array.from({ length: WEEK_HOURS }, (_, hour) => {
    const fromNoon = Math.abs((hour % 24) + 0.5 - 12);
    return fromNoon < half ? Math.cos(((fromNoon / half) * Math.PI) / 2) : 0;
  });
}

/** Whether an hour of the week lies between two hours of a day from Monday to Friday. */
function isWithin(hour: number, { from, to }: { readonly from: number; readonly to: number }) {
  return isWeekday(Math.floor(hour / 24)) && hour % 24 >= from && hour % 24 < to;
}

/** @param day counts the days from a Sunday on */
function isWeekday(day: number): boolean {
  return day % 7 > 0 && day % 7 < 6;
}

/** 1 in midsummer and -1 in midwinter; always 0 where there are no seasons. */
function summer({ source }: Bill["account"], time: number): number {
  return source.country.summer * Math.cos((2 * Math.PI * (time - MIDSUMMER)) / YEAR_MS);
}

function whole(thousandths: number): number {
  return Math.round(thousandths / 1000) * 1000;
}
