/**
 * Which documents there are, and what becomes of each over time: one a month and account, ready some days after the
 * month's end. Light rows only, cheap enough to make and drop by the thousand; bodies are built elsewhere.
 */
import { DAY_MS, dayStart, monthStart } from "./calendar.ts";
import { derivedId } from "./derived-id.ts";
import { noise, TOPICS } from "./seed.ts";
import { type Account, FIRST_READY_MS } from "./source.ts";
import { arrival } from "./windows.ts";

/** How long after its month's end a document is ready at the latest: a revised one. */
export const LAST_READY_MS = 19 * DAY_MS;

/** How long a flagged document stays flagged: at least, and at most. */
export const FLAGGED_FOR_MS = { least: 2 * DAY_MS, most: 6 * DAY_MS } as const;

const NO_ROWS: readonly DocumentRow[] = [];

/** Of one bill, before anybody asks when it arrived. */
export interface Bill {
  readonly account: Account;
  /** Months since the year 0. */
  readonly month: number;
  /** Whether the meter was estimated, not read; such a bill is replaced by one that was read. */
  readonly isEstimated: boolean;
}

/** All times in milliseconds since 1970; infinity is never. */
export interface DocumentRow extends Bill {
  /** 0 for the first bill of a month, 1 for the one that replaces it. */
  readonly version: 0 | 1;
  /** The first moment of the first day that it bills. */
  readonly start: number;
  /** The first moment of the last day that it bills. */
  readonly end: number;
  /** The first moment of its day. */
  readonly billDate: number;
  readonly created: number;
  /** When somebody found nothing wrong with it, after it was flagged; null when it never was. */
  readonly unflagged: number | null;
  /** When it was replaced; null when it never is. */
  readonly deleted: number | null;
}

export function startOf({ account, month }: Pick<Bill, "account" | "month">): number {
  return Math.max(monthStart(month), account.source.firstDay);
}

/**
 * The documents of one account and month that have arrived.
 * Our choice: one electricity bill a year is estimated, and replaced some ten days later by a document of its own;
 * one water bill a year is flagged until somebody has looked at it.
 */
export function documentRows(account: Account, month: number): readonly DocumentRow[] {
  const { source, site, supply, windows } = account;
  const { seed, now } = source;
  if (month < source.firstMonth || month > source.lastMonth) return NO_ROWS;
  const monthEnd = monthStart(month + 1);
  const wait = noise(seed, TOPICS.ready, site, supply.number, month) * 5 * DAY_MS;
  const ready = toSecond(monthEnd + FIRST_READY_MS + wait);
  const created = arrival(windows, ready);
  if (created > now) return NO_ROWS;
  const isEstimated = isEstimatedFirst(account, month);
  const first: DocumentRow = {
    account,
    month,
    version: 0,
    isEstimated,
    start: Math.max(monthStart(month), source.firstDay),
    end: monthEnd - DAY_MS,
    billDate: billDateOf(ready),
    created,
    unflagged: isFlaggedFirst(account, month) ? unflaggedAt(account, month, created) : null,
    deleted: null,
  };
  if (!isEstimated) return [first];
  const again = noise(seed, TOPICS.revised, site, supply.number, month) * 2 * DAY_MS;
  const readyAgain = toSecond(ready + 9 * DAY_MS + again);
  const replaced = arrival(windows, readyAgain);
  if (replaced > now) return [first];
  return [
    { ...first, deleted: replaced },
    {
      ...first,
      version: 1,
      isEstimated: false,
      billDate: billDateOf(readyAgain),
      created: replaced,
    },
  ];
}

/** One row by what its ID says; undefined when it has not arrived. */
export function documentRow(
  account: Account,
  month: number,
  version: number,
): DocumentRow | undefined {
  return documentRows(account, month).find((row) => row.version === version);
}

/** Whether a month's bill starts flagged: that of one month a year, and of water alone. */
export function isFlaggedFirst({ source, site, supply }: Account, month: number): boolean {
  if (supply.type !== "WATER") return false;
  const year = yearOf(month);
  return drawnMonth(year, noise(source.seed, TOPICS.flaggedMonth, site, year)) === month;
}

export function isFlagged({ account, unflagged }: DocumentRow): boolean {
  return unflagged !== null && unflagged > account.source.now;
}

/** The emulator's time of a document's last change, in milliseconds since 1970. */
export function updatedAt({ account, created, unflagged, deleted }: DocumentRow): number {
  if (deleted !== null) return deleted;
  return unflagged !== null && unflagged <= account.source.now ? unflagged : created;
}

/** A document's ID, or that of its one usage row. */
export function rowId(
  { account, month, version }: DocumentRow,
  kind: "document" | "usage",
): string {
  const { source, site, supply } = account;
  return derivedId(source.seed, { kind, site, supply: supply.number, month, part: version });
}

function isEstimatedFirst({ source, site, supply }: Account, month: number): boolean {
  if (supply.type !== "ELECTRICITY") return false;
  const year = yearOf(month);
  return drawnMonth(year, noise(source.seed, TOPICS.estimatedMonth, site, year)) === month;
}

function unflaggedAt({ source, site, supply }: Account, month: number, created: number): number {
  const chance = noise(source.seed, TOPICS.unflagged, site, supply.number, month);
  const { least, most } = FLAGGED_FOR_MS;
  return toSecond(created + least + chance * (most - least));
}

function yearOf(month: number): number {
  return Math.floor(month / 12);
}

function drawnMonth(year: number, chance: number): number {
  return year * 12 + Math.floor(chance * 12);
}

/** Our choice: a bill is dated two days before it can be had. */
function billDateOf(ready: number): number {
  return dayStart(ready - 2 * DAY_MS);
}

function toSecond(time: number): number {
  return Math.floor(time / 1000) * 1000;
}
