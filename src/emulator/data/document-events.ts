/** What happens to a connection's documents over time, for whoever announces it. Computed; nothing is stored or sent here. */
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import { monthOf } from "./calendar.ts";
import {
  type DocumentRow,
  documentRows,
  FLAGGED_FOR_MS,
  isFlaggedFirst,
  LAST_READY_MS,
  rowId,
} from "./documents.ts";
import { type Account, FIRST_READY_MS, type Source, sourceOf, windowsIn } from "./source.ts";
import { readyWithin, type Window } from "./windows.ts";

export { documentBody } from "./document-body.ts";

export interface DocumentEvent {
  readonly type: "document.created.v2" | "document.updated.v2" | "document.deleted.v2";
  /** The emulator's time, in milliseconds since 1970. */
  readonly at: number;
  readonly documentId: string;
}

/**
 * What happened to a connection's documents in a range of time, the earliest first.
 * Looks only at the months that can have brought something then.
 *
 * @param connection as it is stored
 * @param range after its first time, up to and with its last; the emulator's, in milliseconds since 1970
 * @param view for what was set on its accounts
 */
export function documentEvents(
  connection: ConnectionRecord,
  { after, until }: { readonly after: number; readonly until: number },
  view: Pick<View, "account" | "accountsOf">,
): readonly DocumentEvent[] {
  if (after >= until || !mayHaveEvents(connection, after, until, view)) return [];
  const source = sourceOf(view, connection, until);
  const events: DocumentEvent[] = [];
  for (const account of source.accounts) {
    for (const month of monthsWithin(readyWithin(account.windows, after, until), source)) {
      for (const row of documentRows(account, month)) {
        const documentId = rowId(row, "document");
        const push = (type: DocumentEvent["type"], time: number | null) => {
          if (time !== null && time > after && time <= until) {
            events.push({ type, at: time, documentId });
          }
        };
        push("document.created.v2", row.created);
        push("document.deleted.v2", row.deleted);
      }
    }
    for (const row of flaggedRows(account, after, until)) {
      if (row.unflagged !== null && row.unflagged > after && row.unflagged <= until) {
        const documentId = rowId(row, "document");
        events.push({ type: "document.updated.v2", at: row.unflagged, documentId });
      }
    }
  }
  return events.sort((one, other) => one.at - other.at || order(one) - order(other));
}

const ORDER = ["document.created.v2", "document.updated.v2", "document.deleted.v2"] as const;

/** A document is replaced once there is what replaces it. */
function order({ type }: DocumentEvent): number {
  return ORDER.indexOf(type);
}

/** Spares the work on all connections of which nothing can be new. */
function mayHaveEvents(
  stored: ConnectionRecord,
  after: number,
  until: number,
  view: Pick<View, "accountsOf">,
): boolean {
  const connection = at(stored, until);
  if (connection.collecting.length === 0) return false;
  // An account that a person touched keeps times of its own.
  if (view.accountsOf(connection.companyId).length > 0) return true;
  const windows = windowsIn(connection);
  const from = after - FLAGGED_FOR_MS.most;
  return readyWithin(windows, from, until).some((ready) => monthRange(ready) !== null);
}

/** The few rows that can have lost their flag in the range. */
function flaggedRows(account: Account, after: number, until: number): DocumentRow[] {
  if (account.supply.type !== "WATER") return [];
  const { least, most } = FLAGGED_FOR_MS;
  const ready = readyWithin(account.windows, after - most, until - least);
  return [...monthsWithin(ready, account.source)]
    .filter((month) => isFlaggedFirst(account, month))
    .flatMap((month) => documentRows(account, month));
}

function monthsWithin(windows: readonly Window[], source: Source): Set<number> {
  const months = new Set<number>();
  for (const window of windows) {
    const range = monthRange({ ...window, open: Math.max(window.open, source.firstDay) });
    if (range === null) continue;
    for (let month = range.first; month <= range.last; month += 1) months.add(month);
  }
  return months;
}

/** The months a document of which can be ready in a window; null when there is none. */
function monthRange({ open, close }: Window): { first: number; last: number } | null {
  // Without a beginning there is always one.
  const first = Number.isFinite(open) ? monthOf(open - LAST_READY_MS - 1) : 0;
  const last = monthOf(close - FIRST_READY_MS) - 1;
  return first <= last ? { first, last } : null;
}
