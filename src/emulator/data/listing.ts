/** Lists of documents and readings: what is in them, in which order, and what is on a page. Only that page is built. */

import type { DateType } from "../../api/resources/usage.ts";
import { isoOf, type Time } from "../clock.ts";
import { found } from "../http/refusal.ts";
import type { View } from "../state/collections.ts";
import { identifiersOf } from "./account-body.ts";
import { dayStart, HOUR_MS } from "./calendar.ts";
import { decimal } from "./charges.ts";
import { type DocumentRow, documentRows, updatedAt } from "./documents.ts";
import { localHours } from "./local-time.ts";
import { type Account, objectId, sourceOf, zoneOfSite } from "./source.ts";
import { isReadHourly, unitOf } from "./supplies.ts";
import { hourlyReadings } from "./usage.ts";

/**
 * The accounts a list covers, in order: those of a company's connections, of a site, or of a connection.
 *
 * @throws {Refusal} 404 when there is no such object
 */
export type Scope = (view: View, id: string, now: Time) => readonly Account[];

export const ofCompany: Scope = (view, id, now) =>
  view
    .connectionsOf(found(view.company(id)).id)
    .flatMap((connection) => sourceOf(view, connection, now).accounts);

export const ofSite: Scope = (view, id, now) =>
  ofCompany(view, found(view.site(id)).companyId, now).filter(({ siteId }) => siteId === id);

export const ofConnection: Scope = (view, id, now) =>
  sourceOf(view, found(view.connection(id)), now).accounts;

export interface ReadingFilter {
  /** Empty selects all. */
  readonly datasourceTypes: readonly string[];
  /** Null selects all. */
  readonly identifier: string | null;
  /** In milliseconds since 1970, or infinite: readings start no earlier than `from` and end no later than `to`. */
  readonly from: number;
  readonly to: number;
}

/** Selects documents or their usage rows; `from` and `to` are days, both inclusive. */
export interface DocumentFilter extends ReadingFilter {
  readonly dateType: DateType;
  /** Whether replaced documents are listed, too. */
  readonly withDeleted: boolean;
}

/** Consecutive hourly readings of one bill. */
export interface ReadingBlock {
  readonly bill: DocumentRow;
  /** Index of the first selected hour, from the start of the bill. */
  readonly first: number;
  readonly count: number;
}

function matchesFilter(account: Account, { datasourceTypes, identifier }: ReadingFilter): boolean {
  if (datasourceTypes.length > 0 && !datasourceTypes.includes(account.supply.type)) return false;
  if (identifier === null) return true;
  const normalizedIdentifier = normalized(identifier);
  return (
    normalizedIdentifier !== "" &&
    identifiersOf(account).some(({ value }) => normalized(value) === normalizedIdentifier)
  );
}

/**
 * Normalises an identifier for comparison.
 * Our choice: one that ends up empty matches nothing.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
function normalized(identifier: string): string {
  return identifier
    .replace(/[-\s_,/]/g, "")
    .replace(/^0+/, "")
    .toUpperCase();
}

/**
 * Our choice of order, which is not documented: by the month of the bill date, oldest first, then in the order of the given
 * accounts, so that new arrivals barely shift earlier pages.
 */
export function listDocuments(
  accounts: readonly Account[],
  filter: DocumentFilter,
): readonly DocumentRow[] {
  const matching = accounts.filter((account) => matchesFilter(account, filter));
  return monthByMonth(matching, documentRows).filter((row) => isListed(row, filter));
}

/** Whether a filter selects a single document. */
export function isSelected(row: DocumentRow, filter: DocumentFilter): boolean {
  return matchesFilter(row.account, filter) && isListed(row, filter);
}

function isListed(row: DocumentRow, { dateType, from, to, withDeleted }: DocumentFilter): boolean {
  if (row.deleted !== null && !withDeleted) return false;
  const [first, last] = daysOf(row, dateType);
  return first <= to && last >= from;
}

/**
 * The readings, one block per bill, in the same order as documents.
 * Our choice: they arrive with the bill that was read, not with an earlier estimated one.
 */
export function listReadings(
  accounts: readonly Account[],
  filter: ReadingFilter,
): readonly ReadingBlock[] {
  const { from, to } = filter;
  const hourly = accounts.filter(
    (account) => isReadHourly(account.supply) && matchesFilter(account, filter),
  );
  return monthByMonth(hourly, (account, month) => {
    const bill = documentRows(account, month).find(({ isEstimated }) => !isEstimated);
    if (bill === undefined) return [];
    const hours = localHours(zoneOfSite(account), bill.start, bill.end);
    const first = Math.max(0, Math.ceil((from - hours.start) / HOUR_MS));
    const past = Math.min(hours.count, Math.floor((to - hours.start) / HOUR_MS));
    return first < past ? [{ bill, first, count: past - first }] : [];
  });
}

/** Slices the blocks to the readings from `start` to `end` (exclusive), counted across all blocks. */
export function cutReadings(
  blocks: readonly ReadingBlock[],
  start: number,
  end: number,
): readonly ReadingBlock[] {
  let before = 0;
  return blocks.flatMap((block) => {
    const skip = Math.max(0, start - before);
    const count = Math.min(block.count, end - before) - skip;
    before += block.count;
    return count > 0 ? [{ ...block, first: block.first + skip, count }] : [];
  });
}

/**
 * The API's representation of readings.
 * Our choice: one per hour, on the hour in the site's time zone; the length of an interval is not documented.
 * @see https://docs.nectarclimate.com/api-reference/intervals/get-intervals-by-connection-beta
 */
export function intervalBodies({ bill, first, count }: ReadingBlock) {
  const { account, month } = bill;
  const shared = {
    created: isoOf(bill.created),
    updated: isoOf(bill.created),
    identifiers: identifiersOf(account),
    account: account.id,
    usageUnits: unitOf(account.supply, account.source.country).name,
    // The values are not documented. Our choice.
    quality: "ACTUAL",
  };
  const { start } = localHours(zoneOfSite(account), bill.start, bill.end);
  return hourlyReadings(bill)
    .slice(first, first + count)
    .map((used, index) => ({
      ...shared,
      id: objectId(account, "interval", month, first + index),
      start: isoOf(start + (first + index) * HOUR_MS),
      end: isoOf(start + (first + index + 1) * HOUR_MS),
      usage: decimal(used),
    }));
}

function monthByMonth<T>(
  accounts: readonly Account[],
  rowsOf: (account: Account, month: number) => readonly T[],
): T[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { source } of accounts) {
    first = Math.min(first, source.firstMonth);
    last = Math.max(last, source.lastMonth);
  }
  const all: T[] = [];
  for (let month = first; month <= last; month += 1) {
    for (const account of accounts) all.push(...rowsOf(account, month));
  }
  return all;
}

/** The first and last day to compare with the filter. */
function daysOf(row: DocumentRow, dateType: DateType): readonly [first: number, last: number] {
  if (dateType === "USAGE_PERIOD") return [row.start, row.end];
  if (dateType === "BILL_DATE") return [row.end, row.end];
  // Documented: truncated to the start of the day in UTC. Our choice: the end day is included.
  const day = dayStart(dateType === "CREATED_DATE" ? row.created : updatedAt(row));
  return [day, day];
}
