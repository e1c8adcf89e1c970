/** Which webhook events follow from a change to a connection, or from the passing of time. Pure. */
import type { Time, TimeRange } from "../clock.ts";
import { documentEvents } from "../data/document-events.ts";
import type { SourceView } from "../data/source.ts";
import { uploadedDocument } from "../data/uploads.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord, JobRecord } from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import type { EventType } from "./event-types.ts";
import { changedFields, connectionFields, documentPayload } from "./payloads.ts";

/** How far ahead to search for documents, in milliseconds. */
const HORIZON_MS = 24 * 60 * 60 * 1000;

/** An event, with the payload to send. */
export interface WebhookEvent {
  readonly type: EventType;
  readonly at: Time;
  /** Built only if an endpoint gets the event. */
  readonly payload: () => object;
}

/**
 * The events of an explicit change to a connection or its accounts, without document events.
 *
 * @param before as stored; undefined for a new connection
 * @param after as it will be stored
 * @param views the accounts before the change and after it
 * @see https://docs.nectarclimate.com/developer-guide/webhooks
 */
export function eventsOfChange(
  before: ConnectionRecord | undefined,
  after: ConnectionRecord,
  now: Time,
  views: readonly [before: SourceView, after: SourceView],
): WebhookEvent[] {
  const next = at(after, now);
  // A scripted status change due in this millisecond is reported as part of this change.
  if (before !== undefined) return eventsOfStep(at(before, now - 1), next, now, views);
  const created = connectionEvent("connection.created.v2", next, now, views[1]);
  // Documented: the first validation after creation is reported, too.
  if (next.status === "PENDING") return [created];
  return [created, connectionEvent("connection.validated.v2", next, now, views[1])];
}

/** The event of an upload, if its job completes in the range. */
export function eventsOfUpload(
  job: JobRecord,
  { after, until }: TimeRange,
  view: View,
): WebhookEvent[] {
  const time = Date.parse(job.completed);
  if (job.isDuplicate || !(time > after && time <= until)) return [];
  const type = "document.created.v2";
  const payload = () => ({ eventType: type, ...uploadedDocument(job, view, "2.2") });
  return [{ type, at: time, payload }];
}

/**
 * The events of a connection's scripted status changes and documents, oldest first.
 * A weekly check that leaves the status unchanged sends nothing, because it only updates times.
 */
export function eventsOfTime(
  connection: ConnectionRecord,
  range: TimeRange,
  view: View,
): WebhookEvent[] {
  const events: WebhookEvent[] = [];
  let current = at(connection, range.after);
  for (let time = nextStep(current); time <= range.until; time = nextStep(current)) {
    const next = at(current, time);
    events.push(...eventsOfStep(current, next, time, [view, view]));
    current = next;
  }
  for (const document of documentEvents(current, range, view)) {
    const { type, at: time } = document;
    events.push({ type, at: time, payload: () => documentPayload(document, current, view) });
  }
  return events.sort((one, other) => one.at - other.at);
}

/** Documented: any changed field sends `connection.updated.v2`; a changed status also sends `connection.validated.v2`. */
function eventsOfStep(
  last: ConnectionRecord,
  next: ConnectionRecord,
  time: Time,
  [viewBefore, viewAfter]: readonly [SourceView, SourceView],
): WebhookEvent[] {
  const old = changedFields(
    connectionFields(last, viewBefore, time - 1),
    connectionFields(next, viewAfter, time),
  );
  const isSameStatus = last.status === next.status;
  // Our choice: the names of changed fields that no sample of a payload has; another status is expected to have another
  // detail. No sample shows what this list contains.
  const protectedChanges = [
    ...(last.magicLinkSecret === next.magicLinkSecret ? [] : ["connectionMagicLinkSecret"]),
    ...(isSameStatus && last.statusErrorDetail !== next.statusErrorDetail
      ? ["statusErrorDetail"]
      : []),
  ];
  const isUpdated = Object.keys(old).length > 0 || protectedChanges.length > 0;
  const event = (type: EventType, more?: object) =>
    connectionEvent(type, next, time, viewAfter, more);
  return [
    ...(isUpdated ? [event("connection.updated.v2", { old, protectedChanges })] : []),
    ...(isSameStatus ? [] : [event("connection.validated.v2")]),
  ];
}

/**
 * Until when a connection has no scripted or document events, within a limited search.
 * @returns the time of the next event, or a time after `now` at which to check again
 */
export function quietUntil(connection: ConnectionRecord, now: Time, view: View): Time {
  const current = at(connection, now);
  const until = Math.min(nextStep(current), now + HORIZON_MS);
  const documents = documentEvents(current, { after: now, until }, view);
  return documents.reduce((first, document) => Math.min(first, document.at), until);
}

/** The time of the next scripted status change; infinite when there is none. */
function nextStep({ script: [next] }: ConnectionRecord): Time {
  return next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next.at);
}

function connectionEvent(
  type: EventType,
  connection: ConnectionRecord,
  time: Time,
  view: SourceView,
  more: object = {},
): WebhookEvent {
  const payload = () => ({ eventType: type, ...connectionFields(connection, view, time), ...more });
  return { type, at: time, payload };
}
