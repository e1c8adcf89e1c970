/** The hours between two days in a time zone, daylight saving included: a day has 23, 24 or 25 hours. */
import { DAY_MS, HOUR_MS } from "./calendar.ts";

/** One formatter per zone: creating one is a hundred times slower than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/**
 * @param zone an IANA time zone with at most one clock change between the two days
 * @param first and `last`: days, inclusive
 * @returns the first moment, in milliseconds since 1970, and the number of hours
 */
export function localHours(zone: string, first: number, last: number) {
  const start = midnight(zone, first);
  const end = midnight(zone, last + DAY_MS);
  const count = (end - start) / HOUR_MS;
  const [before, after] = [offsetAt(zone, start), offsetAt(zone, end)];
  let [changed, past] = before === after ? [count, count] : [0, count];
  while (changed < past) {
    const middle = Math.floor((changed + past) / 2);
    if (offsetAt(zone, start + middle * HOUR_MS) === after) past = middle;
    else changed = middle + 1;
  }
  return {
    ...{ start, count },
    /** Local time at the start of an hour, expressed as if it were UTC. */
    clockAt: (index: number) => start + index * HOUR_MS + (index < changed ? before : after),
  };
}

/** When a day starts in a zone: at midnight, or where the clock skips that, an hour later. */
function midnight(zone: string, day: number): number {
  const offsets = [offsetAt(zone, day - DAY_MS), offsetAt(zone, day + DAY_MS)];
  const times = offsets.map((offset) => day - offset);
  return Math.min(...times.filter((time) => time + offsetAt(zone, time) >= day));
}

/** The zone's offset from UTC, in milliseconds. */
function offsetAt(zone: string, time: number): number {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formatters.set(zone, formatter);
  }
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(formatter.format(time)) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * HOUR_MS + Number(minutes ?? 0) * 60_000);
}
