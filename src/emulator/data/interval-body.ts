/** Readings of a meter as the API answers them. Only those of a page are made. */
import { HOUR_MS, timeText } from "./calendar.ts";
import { decimal } from "./charges.ts";
import { derivedId } from "./derived-id.ts";
import { hourStart, type ReadingBlock } from "./listing.ts";
import { identifiersOf } from "./meter-body.ts";
import { accountId } from "./source.ts";
import { unitOf } from "./supplies.ts";
import { hourlyReadings } from "./usage.ts";

/**
 * Our choice: a reading an hour; how long an interval is, is not documented.
 * @see https://docs.nectarclimate.com/api-reference/intervals/get-intervals-by-connection-beta
 */
export function intervalBodies(block: ReadingBlock) {
  const { account, month, first, count, created } = block;
  const { source, site, supply } = account;
  const identifiers = identifiersOf(account);
  const id = accountId(account);
  const usageUnits = unitOf(supply, source.place);
  const when = timeText(created);
  return hourlyReadings(account, month)
    .slice(first, first + count)
    .map((reading, index) => {
      const part = first + index;
      const start = hourStart(block, part);
      const derived = { kind: "interval", site, supply: supply.number, month, part } as const;
      return {
        id: derivedId(source.seed, derived),
        created: when,
        updated: when,
        identifiers,
        account: id,
        start: timeText(start),
        end: timeText(start + HOUR_MS),
        usage: decimal(reading),
        usageUnits,
        // The values are not documented. Our choice.
        quality: "ACTUAL",
      };
    });
}
