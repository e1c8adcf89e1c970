/** Which events follow from a change of a connection, and from time alone. Pure. */
import type { DocumentEvent } from "../data/document-events.ts";
import type { SourceView } from "../data/source.ts";
import { uploadedDocument } from "../data/uploads.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord, JobRecord } from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import type { EventType, WebhookEvent } from "./event-types.ts";
import { changedFields, connectionFields, documentPayload } from "./payloads.ts";
import type { DataSources } from "./sources.ts";

/** How far ahead documents are looked for at once, in milliseconds. */
const HORIZON_MS = 24 * 60 * 60 * 1000;

export interface EventParts {
  readonly view: View;
  /** The accounts as they are once the change is stored; those of `view` where none is changed. */
  readonly accountsAfter?: SourceView;
  readonly sources: DataSources;
}

/**
 * What follows from somebody's change of a connection or of its accounts. Its documents are not looked at.
 *
 * @param before as it is stored; undefined for a new one
 * @param after as it is going to be stored
 * @param now the emulator's time, in milliseconds since 1970
 * @see https://docs.nectarclimate.com/developer-guide/webhooks
 */
export function eventsOfChange(
  before: ConnectionRecord | undefined,
  after: ConnectionRecord,
  now: number,
  parts: EventParts,
): WebhookEvent[] {
  const next = at(after, now);
  // What is due by itself in this millisecond is taken together with the change.
  if (before !== undefined) return eventsOfStep(at(before, now - 1), next, now, parts);
  const created = connectionEvent("connection.created.v2", next, now, parts);
  // Documented: the first validation after creation is told of, too.
  if (next.status === "PENDING") return [created];
  return [created, connectionEvent("connection.validated.v2", next, now, parts)];
}

/** What follows from an upload, at the time when it is done. */
export function eventsOfUpload(job: JobRecord): WebhookEvent[] {
  if (job.isDuplicate) return [];
  const type = "document.created.v2";
  const payload = () => ({ eventType: type, ...uploadedDocument(job) });
  return [{ type, at: Date.parse(job.completed), payload }];
}

/**
 * What happens to a connection by itself after one time and up to another, in the order of time.
 * A weekly check that leaves the status sends nothing: only times change by it.
 *
 * @param after and `until`: the emulator's time, in milliseconds since 1970
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
  events.push(...wrapped(documentsBetween(current, after, until, parts), current, parts));
  return events.sort((one, other) => one.at - other.at);
}

/** Documented: any changed field sends `connection.updated.v2`, a changed status `connection.validated.v2` as well. */
function eventsOfStep(
  last: ConnectionRecord,
  next: ConnectionRecord,
  time: number,
  parts: EventParts,
): WebhookEvent[] {
  const { view, accountsAfter = view, sources } = parts;
  const old = changedFields(
    connectionFields(last, view, time - 1, sources),
    connectionFields(next, accountsAfter, time, sources),
  );
  // Our choice: the names of changed fields whose values are not told. No sample shows what stands in this list.
  const protectedChanges =
    last.magicLinkSecret === next.magicLinkSecret ? [] : ["connectionMagicLinkSecret"];
  const isUpdated = Object.keys(old).length > 0 || protectedChanges.length > 0;
  const event = (type: EventType, more?: object) => connectionEvent(type, next, time, parts, more);
  return [
    ...(isUpdated ? [event("connection.updated.v2", { old, protectedChanges })] : []),
    ...(last.status === next.status ? [] : [event("connection.validated.v2")]),
  ];
}

/**
 * Up to when nothing happens to a connection by itself, as far as it is worth to look.
 *
 * @param now the emulator's time, in milliseconds since 1970; the same for what is returned
 * @returns the time of the next event, or a later time than `now` at which to ask again
 */
export function quietUntil(
  connection: ConnectionRecord,
  now: number,
  { view, sources }: EventParts,
): number {
  const current = at(connection, now);
  const until = Math.min(nextStep(current), now + HORIZON_MS);
  const documents = sources.documentEvents(current, { after: now, until }, view);
  return documents.reduce((first, document) => Math.min(first, document.at), until);
}

/** When the next scripted status is taken; infinite when there is none. */
function nextStep({ script: [next] }: ConnectionRecord): number {
  return next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next.at);
}

function connectionEvent(
  type: EventType,
  connection: ConnectionRecord,
  time: number,
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

function documentsBetween(
  connection: ConnectionRecord,
  after: number,
  until: number,
  { view, sources }: EventParts,
): readonly DocumentEvent[] {
  return sources.documentEvents(connection, { after, until }, view);
}

function wrapped(
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
