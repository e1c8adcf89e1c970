/** Lists of documents and readings: which are in it, in which order, and which of them are on a page. Nothing else of them is built. */
import type { DateType } from "../../api/resources/usage.ts";
import { found } from "../http/routing.ts";
import type { View } from "../state/collections.ts";
import { dayStart, HOUR_MS, timeText } from "./calendar.ts";
import { decimal } from "./charges.ts";
import { derivedId } from "./derived-id.ts";
import { type DocumentRow, documentRows, updatedAt } from "./documents.ts";
import { localHours } from "./local-time.ts";
import { identifiersOf } from "./meter-body.ts";
import { type Account, accountId, sourceOf } from "./source.ts";
import { isReadHourly, unitOf } from "./supplies.ts";
import { hourlyReadings } from "./usage.ts";

/**
 * The accounts that a list is about, in order: those found at a company's connections, at a site, or at a connection.
 *
 * @param now the emulator's time, in milliseconds since 1970
 * @throws {Refusal} 404 when there is no such object
 */
export type Scope = (view: View, id: string, now: number) => readonly Account[];

export const ofCompany: Scope = (view, id, now) =>
  view
    .connectionsOf(found(view.company(id)).id)
    .flatMap((connection) => sourceOf(view, connection, now).accounts);

export const ofSite: Scope = (view, id, now) =>
  ofCompany(view, found(view.site(id)).companyId, now).filter(({ siteId }) => siteId === id);

export const ofConnection: Scope = (view, id, now) =>
  sourceOf(view, found(view.connection(id)), now).accounts;

/** Which readings are meant. */
export interface ReadingFilter {
  /** Empty takes all. */
  readonly datasourceTypes: readonly string[];
  /** Null takes all. */
  readonly identifier: string | null;
  /** In milliseconds since 1970, or infinite: none starts before `from` or ends after `to`. */
  readonly from: number;
  readonly to: number;
}

/** Which documents, or their usage rows, are meant: from a day to a day, which counts. */
export interface DocumentFilter extends ReadingFilter {
  readonly dateType: DateType;
  /** Whether those that were replaced are listed, too. */
  readonly withDeleted: boolean;
}

/** The readings that belong to one bill: so many hours on end. */
export interface ReadingBlock {
  readonly bill: DocumentRow;
  /** The first hour that is meant, counted from the first one of the bill. */
  readonly first: number;
  readonly count: number;
}

function isMeantAccount(account: Account, { datasourceTypes, identifier }: ReadingFilter): boolean {
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
 * Our choice of order, which is not documented: by the month of the bill date, the oldest first, and in a month the accounts
 * as they are given, so that what comes in later moves little on the pages before.
 */
export function listDocuments(
  accounts: readonly Account[],
  filter: DocumentFilter,
): readonly DocumentRow[] {
  const { dateType, from, to, withDeleted } = filter;
  const meant = accounts.filter((account) => isMeantAccount(account, filter));
  return monthByMonth(meant, documentRows).filter((row) => {
    if (row.deleted !== null && !withDeleted) return false;
    const [first, last] = daysOf(row, dateType);
    return first <= to && last >= from;
  });
}

/**
 * The readings, a bill of a meter at a time, in the same order as documents.
 * Our choice: they come in with the bill that was read, not with an estimated one before it.
 */
export function listReadings(
  accounts: readonly Account[],
  filter: ReadingFilter,
): readonly ReadingBlock[] {
  const { from, to } = filter;
  const hourly = accounts.filter(
    (account) => isReadHourly(account.supply) && isMeantAccount(account, filter),
  );
  return monthByMonth(hourly, (account, month) => {
    const bill = documentRows(account, month).find(({ isEstimated }) => !isEstimated);
    if (bill === undefined) return [];
    const hours = localHours(account.zone, bill.start, bill.end);
    const first = Math.max(0, Math.ceil((from - hours.start) / HOUR_MS));
    const past = Math.min(hours.count, Math.floor((to - hours.start) / HOUR_MS));
    return first < past ? [{ bill, first, count: past - first }] : [];
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

/**
 * Readings as the API answers them.
 * Our choice: one an hour, on the hour of the site's clock; how long an interval is, is not documented.
 * @see https://docs.nectarclimate.com/api-reference/intervals/get-intervals-by-connection-beta
 */
export function intervalBodies({ bill, first, count }: ReadingBlock) {
  const { account, month } = bill;
  const { source, site, supply } = account;
  const shared = {
    created: timeText(bill.created),
    updated: timeText(bill.created),
    identifiers: identifiersOf(account),
    account: accountId(account),
    usageUnits: unitOf(supply, source.country).name,
    // The values are not documented. Our choice.
    quality: "ACTUAL",
  };
  const { start } = localHours(account.zone, bill.start, bill.end);
  const part = { kind: "interval", site, supply: supply.number, month } as const;
  return hourlyReadings(bill)
    .slice(first, first + count)
    .map((used, index) => ({
      ...shared,
      id: derivedId(source.family, { ...part, part: first + index }),
      start: timeText(start + (first + index) * HOUR_MS),
      end: timeText(start + (first + index + 1) * HOUR_MS),
      usage: decimal(used),
    }));
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

/** The first and the last day that count. */
function daysOf(row: DocumentRow, dateType: DateType): readonly [first: number, last: number] {
  if (dateType === "USAGE_PERIOD") return [row.start, row.end];
  if (dateType === "BILL_DATE") return [row.end, row.end];
  // Documented: cut to the start of the day in UTC. Our choice: the end day counts as a whole.
  const day = dayStart(dateType === "CREATED_DATE" ? row.created : updatedAt(row));
  return [day, day];
}
