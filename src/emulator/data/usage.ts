/**
 * How much is used: by the month, and by the hour where a meter is read so. The hours of a month add up to the month.
 * Our choice: a site's clock shows UTC, since no time zone of a site is documented. Pure.
 */
import { DAY_MS, monthStart } from "./calendar.ts";
import { type Bill, startOf } from "./documents.ts";
import { noise, TOPICS } from "./seed.ts";
import type { Account } from "./source.ts";
import { isReadHourly, unitScale } from "./supplies.ts";

/** Quantities are whole thousandths of their unit, so that they add up exactly. */
export interface Quantity {
  readonly total: number;
  /** Null where the meter does not tell the times of use apart. */
  readonly parts: { readonly peak: number; readonly offPeak: number } | null;
  /** The highest demand in kW, to a tenth; null where none is metered. */
  readonly demandKw: number | null;
}

const HOURS = 24;
const MEAN_DAYS = 365.25 / 12;

/** Our choice: 8:00 to 20:00 from Monday to Friday. */
const PEAK_HOURS = { from: 8, to: 20 } as const;

/** What share of its day an hour takes in a building that is closed at night. */
const WORKING_HOURS = [
  ...[2.1, 2, 2, 2, 2.1, 2.4, 3.2, 4.4, 5.4, 5.9, 6.2, 6.4],
  ...[6.3, 6.4, 6.4, 6.2, 5.9, 5.4, 4.6, 3.8, 3.2, 2.8, 2.5, 2.3],
] as const;

const IDLE_HOURS = [
  ...[3.6, 3.5, 3.5, 3.5, 3.5, 3.6, 3.8, 4, 4.2, 4.4, 4.6, 4.7],
  ...[4.7, 4.7, 4.7, 4.6, 4.5, 4.4, 4.3, 4.2, 4.1, 4, 3.8, 3.7],
] as const;

const BUSIEST_HOUR = 11;

const WORKING_SUMS = runningSums(WORKING_HOURS);
const IDLE_SUMS = runningSums(IDLE_HOURS);
const NO_SUMS: readonly number[] = [];

/** What one bill is about. An estimate is some per cent off what was used. */
export function quantityOf({ account, month, isEstimated }: Bill): Quantity {
  const used = readQuantity(account, month);
  if (!isEstimated) return used;
  const { source, site } = account;
  const chance = noise(source.seed, TOPICS.estimateError, site, month) - 0.5;
  const factor = 1 + 0.16 * chance + Math.sign(chance) * 0.02;
  const total = whole(used.total * factor);
  const peak = Math.round((used.parts?.peak ?? 0) * (total / used.total));
  return {
    total,
    parts: used.parts && { peak, offPeak: total - peak },
    demandKw: used.demandKw && tenth(used.demandKw * factor),
  };
}

/**
 * What the meter read in each hour of a month, in thousandths of the unit.
 * @returns one number an hour from the month's first billed day on; none for what is not read by the hour
 */
export function hourlyReadings(account: Account, month: number): readonly number[] {
  if (!isReadHourly(account.supply)) return [];
  const curve = curveOf(account, month, monthTotal(account, month));
  return curve.days.flatMap((day) =>
    Array.from({ length: HOURS }, (_, hour) => curve.upTo(day, hour + 1) - curve.upTo(day, hour)),
  );
}

function readQuantity(account: Account, month: number): Quantity {
  const total = monthTotal(account, month);
  if (account.supply.type !== "ELECTRICITY") return { total, parts: null, demandKw: null };
  const curve = curveOf(account, month, total);
  let [peak, highest] = [0, 0];
  for (const day of curve.days) {
    if (day.isWorking) peak += curve.upTo(day, PEAK_HOURS.to) - curve.upTo(day, PEAK_HOURS.from);
    highest = Math.max(highest, curve.upTo(day, BUSIEST_HOUR + 1) - curve.upTo(day, BUSIEST_HOUR));
  }
  // Demand is the highest quarter of an hour, which lies above the highest hour.
  return {
    total,
    parts: { peak, offPeak: total - peak },
    demandKw: tenth((highest * 1.07) / 1000),
  };
}

/** In thousandths, and whole units, as meters are billed. */
function monthTotal(account: Account, month: number): number {
  const { source, site, supply } = account;
  const { seed, place } = source;
  const size = 0.5 + 1.5 * noise(seed, TOPICS.siteSize, site);
  const share = 0.85 + 0.3 * noise(seed, TOPICS.typeShare, site, supply.number);
  const weather = 0.95 + 0.1 * noise(seed, TOPICS.month, site, supply.number, month);
  const end = monthStart(month + 1);
  let days = 0;
  for (let day = startOf({ account, month }); day < end; day += DAY_MS) {
    days += supply.week[weekdayOf(day)] ?? 1;
  }
  const season = 1 + supply.swing * summer(account, month);
  const daily = (supply.monthly * unitScale(supply, place)) / MEAN_DAYS;
  return whole(daily * days * season * size * share * weather * 1000);
}

interface CurveDay {
  readonly isWorking: boolean;
  readonly weight: number;
  /** What weighs before the day. */
  readonly before: number;
  /** What weighs before each hour of the day, for a day of weight 1. */
  readonly shares: readonly number[];
}

/** How a month's use runs up, from 0 to all of it. */
interface Curve {
  readonly days: readonly CurveDay[];
  /**
   * What was used up to an hour of a day, in whole thousandths. An hour's reading is the difference of two of these,
   * so that the readings add up to the month without a remainder.
   */
  upTo(day: CurveDay, hour: number): number;
}

function curveOf(account: Account, month: number, total: number): Curve {
  const { source, site, supply } = account;
  const isSolar = supply.type === "SOLAR";
  const sun = isSolar ? runningSums(daylight(summer(account, month))) : NO_SUMS;
  const end = monthStart(month + 1);
  const days: CurveDay[] = [];
  let sum = 0;
  for (let start = startOf({ account, month }); start < end; start += DAY_MS) {
    const weekday = weekdayOf(start);
    const isWorking = weekday >= 1 && weekday <= 5;
    const chance = noise(source.seed, TOPICS.day, site, supply.number, start / DAY_MS);
    // Clouds move the sun's days further apart than anything moves a building's.
    const weight = isSolar
      ? 0.3 + 0.9 * chance
      : (supply.week[weekday] ?? 1) * (0.92 + 0.16 * chance);
    const shares = isSolar ? sun : isWorking ? WORKING_SUMS : IDLE_SUMS;
    days.push({ isWorking, weight, before: sum, shares });
    sum += weight * (shares[HOURS] ?? 0);
  }
  return {
    days,
    upTo: ({ before, weight, shares }, hour) =>
      Math.round((total * (before + weight * (shares[hour] ?? 0))) / sum),
  };
}

/** The sun over one day, its noon at 12:00: some 14.5 hours long in midsummer and 9.5 in midwinter. */
function daylight(season: number): number[] {
  const half = 6 + 1.25 * season;
  return Array.from({ length: HOURS }, (_, hour) =>
    Math.max(0, Math.cos((((hour + 0.5 - 12) / half) * Math.PI) / 2)),
  ).map((share, hour) => (Math.abs(hour + 0.5 - 12) < half ? share : 0));
}

/** 1 in July and -1 in January; the other way round in the south. */
function summer({ source }: Account, month: number): number {
  const north = Math.cos((2 * Math.PI * ((month % 12) - 6)) / 12);
  return source.place.isSouthern ? -north : north;
}

/** @returns one more than there are shares: the sum before each, and the sum of all */
function runningSums(shares: readonly number[]): number[] {
  let sum = 0;
  return [0, ...shares.map((share) => (sum += share))];
}

/** 0 is Sunday. */
function weekdayOf(day: number): number {
  return (((day / DAY_MS + 4) % 7) + 7) % 7;
}

function whole(thousandths: number): number {
  return Math.round(thousandths / 1000) * 1000;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
