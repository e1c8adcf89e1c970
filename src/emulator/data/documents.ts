/**
 * Which bills exist, and what happens to each over time: one per billing period of an account, available some days
 * after the period ends. Rows only, cheap enough to create by the thousand; bodies are built elsewhere.
 */
import { DAY_MS, dayOfMonth } from "./calendar.ts";
import { type Account, objectId, type Resolved } from "./source.ts";
import { arrival } from "./windows.ts";

/** How long after a bill its correction becomes available. Our choice. */
const CORRECTED_AFTER_MS = 10 * DAY_MS;

/** The longest time from a bill's last day until it, or its correction, becomes available. */
export const MAX_READY_DELAY_MS = 14 * DAY_MS;

export interface Bill {
  readonly account: Account;
  /** The month in which its period ends, counted from the year 0. */
  readonly month: number;
  /** The first and the last day of its period; the last day is the bill date, as documented. */
  readonly start: number;
  readonly end: number;
  /** Whether the reading was estimated; such a bill is later replaced by one based on a real reading. */
  readonly isEstimated: boolean;
}

/** A bill that has arrived; times in milliseconds since 1970. */
export interface DocumentRow extends Bill {
  /** 0 for the first bill of a period, 1 for its replacement. */
  readonly version: 0 | 1;
  readonly created: number;
  /** When it was replaced, or null. */
  readonly deleted: number | null;
}

/**
 * The bill whose period ends in a month, whether it has arrived or not.
 * Our choice: the electricity bills of January and July are estimated first.
 *
 * @returns null if no period ends then, or it ended before the first day
 */
export function billOf(account: Account, month: number): Bill | null {
  const { source, supply } = account;
  const { months, lastDay } = supply.billing;
  const end = dayOfMonth(month, lastDay);
  if ((month + 1) % months !== 0 || end < source.firstDay) return null;
  const start = Math.max(dayOfMonth(month - months, lastDay) + DAY_MS, source.firstDay);
  const isEstimated = supply.type === "ELECTRICITY" && month % 6 === 0;
  return { account, month, start, end, isEstimated };
}

/**
 * The bills of an account that have arrived for a month: the one whose period ends then, and its replacement.
 * Our choice: a bill is available four to eight days after its last day, by supply, and its correction ten days later.
 */
export function documentRows(account: Account, month: number): readonly DocumentRow[] {
  const bill = billOf(account, month);
  if (bill === null) return [];
  const { source, supply, windows } = account;
  const ready = bill.end + (4 + supply.number) * DAY_MS;
  const created = arrival(windows, ready);
  if (created > source.now) return [];
  const row = (version: 0 | 1, arrived: number, deleted: number | null): DocumentRow => {
    const isEstimated = bill.isEstimated && version === 0;
    const { start, end } = bill;
    // Written out: a spread is ten times slower.
    return { account, month, start, end, isEstimated, version, created: arrived, deleted };
  };
  if (!bill.isEstimated) return [row(0, created, null)];
  const corrected = arrival(windows, ready + CORRECTED_AFTER_MS);
  if (corrected > source.now) return [row(0, created, null)];
  return [row(0, created, corrected), row(1, corrected, null)];
}

/** The row for the ID of a document or of its usage row; undefined when it does not exist yet. */
export function rowOf(
  resolved: Resolved | undefined,
  kind: "document" | "usage",
): DocumentRow | undefined {
  if (resolved?.derived.kind !== kind) return undefined;
  const { month, part } = resolved.derived;
  return documentRows(resolved.account, month).find(({ version }) => version === part);
}

/** When a document last changed: emulator time, in milliseconds since 1970. */
export function updatedAt({ created, deleted }: DocumentRow): number {
  return deleted ?? created;
}

export function rowId(
  { account, month, version }: Pick<DocumentRow, "account" | "month" | "version">,
  kind: "document" | "usage",
): string {
  return objectId(account, kind, month, version);
}
