/** How much is used: per bill, and per hour where a meter is read hourly. The hours of a period add up to its bill. Pure. */
import { DAY_MS, HOUR_MS } from "./calendar.ts";
import type { Bill } from "./documents.ts";
import { localHours } from "./local-time.ts";
import { noise, TOPICS } from "./noise.ts";
import { zoneOfSite } from "./source.ts";
import { isReadHourly, unitOf } from "./supplies.ts";

/** Quantities are integers in thousandths of their unit, so that they add up exactly. */
export interface Quantity {
  readonly total: number;
  /** Null where the meter does not distinguish times of use. */
  readonly parts: { readonly peak: number; readonly offPeak: number } | null;
  /** Use in the peak hour, which makes it kW for kWh; null where demand is not metered. */
  readonly demand: number | null;
}

const WEEK_HOURS = 7 * 24;

/** Our choice, in local time, Monday to Friday: when on-peak rates apply, and when an office is open. */
const PEAK = { from: 8, to: 20 } as const;
const OPEN = { from: 7, to: 19 } as const;

/** Relative use of an office in each hour of the week, from Sunday: three times as much around noon as at night. */
const OFFICE_WEEK = Array.from({ length: WEEK_HOURS }, (_, hour) =>
  isWithin(hour, OPEN)
    ? 1 + 2 * Math.sin((Math.PI * ((hour % 24) + 0.5 - OPEN.from)) / (OPEN.to - OPEN.from))
    : 1,
);

/** Midsummer in the northern hemisphere. Years count as 365.25 days, which is close enough for seasons. */
const MIDSUMMER = Date.UTC(2025, 6, 15);
const YEAR_MS = 365.25 * DAY_MS;

/** Ratio of an estimate to the actual use. Our choice. */
const ESTIMATE = 1.05;

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

/** Readings for each hour of a bill's period, in thousandths; empty for meters that are not read hourly. */
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

/** Visits each hour of a period with its use and the local hour of the week, from Sunday. */
function forEachHour(bill: Bill, visit: (used: number, hour: number) => void): void {
  const { account, start, end } = bill;
  const { count, clockAt } = localHours(zoneOfSite(account), start, end);
  const week = account.supply.type === "SOLAR" ? solarWeek(summer(account, start)) : OFFICE_WEEK;
  const total = totalOf(bill);
  const hours: number[] = [];
  let totalWeight = 0;
  for (let index = 0; index < count; index += 1) {
    // 1 January 1970 was a Thursday.
    const hour = (clockAt(index) / HOUR_MS + 4 * 24) % WEEK_HOURS;
    hours.push(hour);
    totalWeight += week[hour] ?? 0;
  }
  let [weighed, before] = [0, 0];
  for (const hour of hours) {
    weighed += week[hour] ?? 0;
    // The difference of two rounded running sums, so that the hours add up exactly.
    const used = Math.round((total * weighed) / totalWeight);
    visit(used - before, hour);
    before = used;
  }
}

/** In thousandths, rounded to whole units as on a bill. Our choice: sites differ in size, and months in weather. */
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

/** Relative sunshine in each hour: a day has about 15 hours of it in midsummer and 9 in midwinter. */
function solarWeek(season: number): readonly number[] {
  const half = 6 + 1.5 * season;
  return Array.from({ length: WEEK_HOURS }, (_, hour) => {
    const fromNoon = Math.abs((hour % 24) + 0.5 - 12);
    return fromNoon < half ? Math.cos(((fromNoon / half) * Math.PI) / 2) : 0;
  });
}

/** Whether an hour of the week is on a weekday, between two hours of the day. */
function isWithin(hour: number, { from, to }: { readonly from: number; readonly to: number }) {
  return isWeekday(Math.floor(hour / 24)) && hour % 24 >= from && hour % 24 < to;
}

/** @param day days since a Sunday */
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
