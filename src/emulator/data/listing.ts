/** Lists of documents and readings: which are in it, in which order, and which of them are on a page. Nothing else of them is built. */
import type { DateType } from "../../api/resources/usage.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { dayStart, HOUR_MS, monthStart } from "./calendar.ts";
import { type DocumentRow, documentRows, startOf, updatedAt } from "./documents.ts";
import { identifiersOf } from "./meter-body.ts";
import { type Account, sourceOf } from "./source.ts";
import { isReadHourly } from "./supplies.ts";

/** Which accounts are meant. */
export interface AccountFilter {
  /** Empty takes all. */
  readonly datasourceTypes: readonly string[];
  /** Null takes all. */
  readonly identifier: string | null;
}

/** Which documents, or their usage rows, are meant. */
export interface DocumentFilter extends AccountFilter {
  readonly dateType: DateType;
  /** The first moment of the first day; minus infinity without one. */
  readonly from: number;
  /** The first moment of the last day, which counts; infinity without one. */
  readonly to: number;
  /** Whether those that were replaced are listed, too. */
  readonly withDeleted: boolean;
}

/** Which readings are meant. */
export interface ReadingFilter extends AccountFilter {
  /** In milliseconds since 1970: no reading starts before `from` or ends after `to`. */
  readonly from: number;
  readonly to: number;
}

/** The readings of one meter in one month: so many hours on end. */
export interface ReadingBlock {
  readonly account: Account;
  readonly month: number;
  /** The first hour that is meant, counted from the first one of which there is a reading. */
  readonly first: number;
  readonly count: number;
  /** When they came in. */
  readonly created: number;
}

/**
 * The accounts that a list is about, in order.
 *
 * @param siteId null takes all sites
 * @param now the emulator's time, in milliseconds since 1970
 */
export function accountsIn(
  view: View,
  connections: readonly ConnectionRecord[],
  siteId: string | null,
  filter: AccountFilter,
  now: number,
): readonly Account[] {
  return connections
    .filter(({ siteIds }) => siteId === null || siteIds.includes(siteId))
    .flatMap((connection) => sourceOf(view, connection, now).accounts)
    .filter((account) => siteId === null || account.siteId === siteId)
    .filter((account) => isMeantAccount(account, filter));
}

/** Whether an account passes the filters that are about it. */
export function isMeantAccount(
  account: Account,
  { datasourceTypes, identifier }: AccountFilter,
): boolean {
  if (datasourceTypes.length > 0 && !datasourceTypes.includes(account.supply.type)) return false;
  if (identifier === null) return true;
  const wanted = normalised(identifier);
  return wanted !== "" && identifiersOf(account).some(({ value }) => normalised(value) === wanted);
}

/**
 * An identifier in the form in which two of them are compared.
 * Our choice: one that has nothing left is like no other.
 * @see https://docs.nectarclimate.com/developer-guide/filtering
 */
function normalised(identifier: string): string {
  return identifier
    .replace(/[-\s_,/]/g, "")
    .replace(/^0+/, "")
    .toUpperCase();
}

/**
 * Our choice of order, which is not documented: the oldest month first, and in a month the accounts as they are given,
 * so that what comes in later moves little on the pages before.
 */
export function listDocuments(
  accounts: readonly Account[],
  filter: DocumentFilter,
): readonly DocumentRow[] {
  return monthByMonth(accounts, documentRows).filter((row) => isMeant(row, filter));
}

/** Whether a document passes the filters that are not about its account. */
export function isMeant(row: DocumentRow, filter: DocumentFilter): boolean {
  if (row.deleted !== null && !filter.withDeleted) return false;
  const [first, last] = daysOf(row, filter.dateType);
  return first <= filter.to && last >= filter.from;
}

/**
 * The readings, a month of a meter at a time, in the same order as documents.
 * Our choice: a month's readings come in with the bill that was read, not with an estimated one before it.
 */
export function listReadings(
  accounts: readonly Account[],
  { from, to }: ReadingFilter,
): readonly ReadingBlock[] {
  const hourly = accounts.filter(({ supply }) => isReadHourly(supply));
  return monthByMonth(hourly, (account, month) => {
    const bill = documentRows(account, month).find(({ isEstimated }) => !isEstimated);
    if (bill === undefined) return [];
    const { start } = bill;
    const hours = (monthStart(month + 1) - start) / HOUR_MS;
    const first = Math.max(0, Math.ceil((from - start) / HOUR_MS));
    const past = Math.min(hours, Math.floor((to - start) / HOUR_MS));
    if (first >= past) return [];
    return [{ account, month, first, count: past - first, created: bill.created }];
  });
}

/** The part of the blocks from one reading to another, counted over all of them. */
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

/** The first moment of a block's hour. */
export function hourStart({ account, month }: ReadingBlock, hour: number): number {
  return startOf({ account, month }) + hour * HOUR_MS;
}

function monthByMonth<T>(
  accounts: readonly Account[],
  give: (account: Account, month: number) => readonly T[],
): T[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { source } of accounts) {
    first = Math.min(first, source.firstMonth);
    last = Math.max(last, source.lastMonth);
  }
  const all: T[] = [];
  for (let month = first; month <= last; month += 1) {
    for (const account of accounts) all.push(...give(account, month));
  }
  return all;
}

/** The first and the last day that count, as their first moments. */
function daysOf(row: DocumentRow, dateType: DateType): readonly [first: number, last: number] {
  if (dateType === "USAGE_PERIOD") return [row.start, row.end];
  if (dateType === "BILL_DATE") return [row.billDate, row.billDate];
  // Documented: cut to the start of the day in UTC. Our choice: the end day counts as a whole.
  const day = dayStart(dateType === "CREATED_DATE" ? row.created : updatedAt(row));
  return [day, day];
}
