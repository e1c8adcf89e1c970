/**
 * Which bills there are, and what becomes of each over time: one for each billing period of an account, available some
 * days after its end. Light rows only, cheap enough to make and drop by the thousand; bodies are built elsewhere.
 */
import { DAY_MS, dayOfMonth } from "./calendar.ts";
import { derivedId } from "./derived-id.ts";
import type { Account, Resolved } from "./source.ts";
import { arrival } from "./windows.ts";

/** How long after a bill the one that corrects it is available. Our choice. */
const CORRECTED_AFTER_MS = 10 * DAY_MS;

/** How long after its last day a bill is available at the latest, a corrected one included. */
export const LAST_READY_MS = 14 * DAY_MS;

/** What is billed. */
export interface Bill {
  readonly account: Account;
  /** The month in which its period ends, since the year 0. */
  readonly month: number;
  /** The first and the last day of its period; the last one is its bill date, as documented. */
  readonly start: number;
  readonly end: number;
  /** Whether the meter was estimated, not read; such a bill is replaced by one that was read. */
  readonly isEstimated: boolean;
}

/** A bill that has arrived; times in milliseconds since 1970. */
export interface DocumentRow extends Bill {
  /** 0 for the first bill of a period, 1 for the one that replaces it. */
  readonly version: 0 | 1;
  readonly created: number;
  /** When it was replaced; null when it was not. */
  readonly deleted: number | null;
}

/**
 * The bill of which the period ends in a month, whether it has arrived or not.
 * Our choice: the electricity bills of January and July are estimated first.
 *
 * @returns null where no period ends then, or only one from before the first day
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
 * The bills of an account and month that have arrived: the one of the period that ends then, and what replaced it.
 * Our choice: a bill is available four to eight days after its last day, by supply, and a corrected one ten days later.
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
    // Written out: a spread takes ten times as long.
    return { account, month, start, end, isEstimated, version, created: arrived, deleted };
  };
  if (!bill.isEstimated) return [row(0, created, null)];
  const corrected = arrival(windows, ready + CORRECTED_AFTER_MS);
  if (corrected > source.now) return [row(0, created, null)];
  return [row(0, created, corrected), row(1, corrected, null)];
}

/** The row behind the ID of a document, or of its usage row; undefined when there is none yet. */
export function rowOf(
  resolved: Resolved | undefined,
  kind: "document" | "usage",
): DocumentRow | undefined {
  if (resolved?.derived.kind !== kind) return undefined;
  const { month, part } = resolved.derived;
  return documentRows(resolved.account, month).find(({ version }) => version === part);
}

/** The emulator's time of a document's last change, in milliseconds since 1970. */
export function updatedAt({ created, deleted }: DocumentRow): number {
  return deleted ?? created;
}

/** A document's ID, or that of its one usage row. */
export function rowId(
  { account, month, version }: Pick<DocumentRow, "account" | "month" | "version">,
  kind: "document" | "usage",
): string {
  const { source, site, supply } = account;
  return derivedId(source.family, { kind, site, supply: supply.number, month, part: version });
}
