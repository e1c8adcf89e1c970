/** Computes what happens to a connection's documents over time, for webhooks. Stores and sends nothing. */
import type { Time, TimeRange } from "../clock.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import { monthOf } from "./calendar.ts";
import { documentRows, MAX_READY_DELAY_MS, rowId } from "./documents.ts";
import { type Account, type SourceView, sourceOf } from "./source.ts";

export interface DocumentEvent {
  readonly type: (typeof ORDER)[number];
  readonly at: Time;
  readonly documentId: string;
}

/** Order of simultaneous events: a document is replaced only once its replacement exists. */
const ORDER = ["document.created.v2", "document.updated.v2", "document.deleted.v2"] as const;

/**
 * What happened to a connection's documents in a time range, earliest first.
 * Checks only the months whose bills can have arrived then.
 */
export function documentEvents(
  connection: ConnectionRecord,
  { after, until }: TimeRange,
  view: SourceView,
): readonly DocumentEvent[] {
  if (after >= until || at(connection, until).collecting.length === 0) return [];
  return sourceOf(view, connection, until)
    .accounts.flatMap((account) =>
      monthsWithin(account, after, until).flatMap((month) => eventsOf(account, month)),
    )
    .filter((event) => event.at > after && event.at <= until)
    .sort((one, other) => one.at - other.at || ORDER.indexOf(one.type) - ORDER.indexOf(other.type));
}

/**
 * All events of an account's bills in a month.
 * Our choice: a corrected bill is updated, since it now names its replacement, and deleted. If both arrive together, the
 * first was never visible without its replacement, so there is no update event.
 */
function eventsOf(account: Account, month: number): readonly DocumentEvent[] {
  return documentRows(account, month).flatMap((row) => {
    const documentId = rowId(row, "document");
    const { created, deleted } = row;
    const event = (type: DocumentEvent["type"], time: number) => ({ type, at: time, documentId });
    return [
      event("document.created.v2", created),
      ...(deleted === null || deleted === created ? [] : [event("document.updated.v2", deleted)]),
      ...(deleted === null ? [] : [event("document.deleted.v2", deleted)]),
    ];
  });
}

/** The months whose bills can have arrived in a time range: all of them if collection resumed in it. */
function monthsWithin({ source, windows }: Account, after: number, until: number): number[] {
  const isOpening = windows.some(({ open }) => open > after && open <= until);
  const first = isOpening ? source.firstMonth : monthOf(after - MAX_READY_DELAY_MS);
  const months: number[] = [];
  for (let month = Math.max(first, source.firstMonth); month <= source.lastMonth; month += 1) {
    months.push(month);
  }
  return months;
}
