/** Which webhook events follow from a change to a connection, or from the passing of time. Pure. */
import type { Time } from "../clock.ts";
import type { DocumentEvent } from "../data/document-events.ts";
import type { SourceView } from "../data/source.ts";
import { uploadedDocument } from "../data/uploads.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord, JobRecord } from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import type { EventType, WebhookEvent } from "./event-types.ts";
import { changedFields, connectionFields, documentPayload } from "./payloads.ts";
import type { DataSources } from "./sources.ts";

/** How far ahead to search for documents, in milliseconds. */
const HORIZON_MS = 24 * 60 * 60 * 1000;

export interface EventParts {
  readonly view: View;
  /** The accounts once the change is stored; default those of `view`. */
  readonly accountsAfter?: SourceView;
  readonly sources: DataSources;
}

/**
 * The events of an explicit change to a connection or its accounts, without document events.
 *
 * @param before as stored; undefined for a new connection
 * @param after as it will be stored
 * @see https://docs.nectarclimate.com/developer-guide/webhooks
 */
export function eventsOfChange(
  before: ConnectionRecord | undefined,
  after: ConnectionRecord,
  now: Time,
  parts: EventParts,
): WebhookEvent[] {
  const next = at(after, now);
  // A scripted status change due in this millisecond is reported as part of this change.
  if (before !== undefined) return eventsOfStep(at(before, now - 1), next, now, parts);
  const created = connectionEvent("connection.created.v2", next, now, parts);
  // Documented: the first validation after creation is reported, too.
  if (next.status === "PENDING") return [created];
  return [created, connectionEvent("connection.validated.v2", next, now, parts)];
}

/** The events of an upload, at the time its job completes. */
export function eventsOfUpload(job: JobRecord): WebhookEvent[] {
  if (job.isDuplicate) return [];
  const type = "document.created.v2";
  const payload = () => ({ eventType: type, ...uploadedDocument(job) });
  return [{ type, at: Date.parse(job.completed), payload }];
}

/**
 * The events of a connection's scripted status changes and documents, oldest first.
 * A weekly check that leaves the status unchanged sends nothing, because it only updates times.
 *
 * @param range.after exclusive, and `range.until`, inclusive: the emulator's time, in milliseconds since 1970
 */
export function eventsOfTime(
  connection: ConnectionRecord,
  { after, until }: { readonly after: number; readonly until: number },
  parts: EventParts,
): WebhookEvent[] {
  const events: WebhookEvent[] = [];
  let current = at(connection, after);
  for (let time = nextStep(current); time <= until; time = nextStep(current)) {
    const next = at(current, time);
    events.push(...eventsOfStep(current, next, time, parts));
    current = next;
  }
  const documents = parts.sources.documentEvents(current, { after, until }, parts.view);
  events.push(...webhookEvents(documents, current, parts));
  return events.sort((one, other) => one.at - other.at);
}

/** Documented: any changed field sends `connection.updated.v2`; a changed status also sends `connection.validated.v2`. */
function eventsOfStep(
  last: ConnectionRecord,
  next: ConnectionRecord,
  time: Time,
  parts: EventParts,
): WebhookEvent[] {
  const { view, accountsAfter = view, sources } = parts;
  const old = changedFields(
    connectionFields(last, view, time - 1, sources),
    connectionFields(next, accountsAfter, time, sources),
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
  const event = (type: EventType, more?: object) => connectionEvent(type, next, time, parts, more);
  return [
    ...(isUpdated ? [event("connection.updated.v2", { old, protectedChanges })] : []),
    ...(isSameStatus ? [] : [event("connection.validated.v2")]),
  ];
}

/**
 * Until when a connection has no scripted or document events, within a limited search.
 *
 * @param now the emulator's time, in milliseconds since 1970, as is the result
 * @returns the time of the next event, or a time after `now` at which to check again
 */
export function quietUntil(
  connection: ConnectionRecord,
  now: Time,
  { view, sources }: EventParts,
): number {
  const current = at(connection, now);
  const until = Math.min(nextStep(current), now + HORIZON_MS);
  const documents = sources.documentEvents(current, { after: now, until }, view);
  return documents.reduce((first, document) => Math.min(first, document.at), until);
}

/** The time of the next scripted status change; infinite when there is none. */
function nextStep({ script: [next] }: ConnectionRecord): number {
  return next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next.at);
}

function connectionEvent(
  type: EventType,
  connection: ConnectionRecord,
  time: Time,
  { view, accountsAfter = view, sources }: EventParts,
  more: object = {},
): WebhookEvent {
  const payload = () => ({
    eventType: type,
    ...connectionFields(connection, accountsAfter, time, sources),
    ...more,
  });
  return { type, at: time, payload };
}

function webhookEvents(
  documents: readonly DocumentEvent[],
  connection: ConnectionRecord,
  { view, sources }: EventParts,
): WebhookEvent[] {
  return documents.map((document) => ({
    type: document.type,
    at: document.at,
    payload: () => documentPayload(document, connection, view, sources),
  }));
}
