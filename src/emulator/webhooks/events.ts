/** Which events follow from a change of a connection, and from time alone. Pure. */
import type { DocumentEvent } from "../data/document-events.ts";
import type { View } from "../state/collections.ts";
import type { ConnectionRecord } from "../state/entities.ts";
import { at, CHECK_EVERY_MS } from "../statuses/timeline.ts";
import type { EventType, WebhookEvent } from "./event-types.ts";
import { changedFields, connectionFields, documentPayload } from "./payloads.ts";
import type { DataSources } from "./sources.ts";

/** How far ahead documents are looked for at once, in milliseconds. */
const HORIZON_MS = 24 * 60 * 60 * 1000;

export interface EventParts {
  readonly view: View;
  readonly sources: DataSources;
}

/**
 * What follows from somebody's change of a connection. Its documents are not looked at.
 * Our choice: an account that is tracked or no longer tracked is no change of its connection, though a payload shows its
 * accounts; no page says what that sends.
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
  const event = (type: EventType, more?: object) => connectionEvent(type, next, now, parts, more);
  if (before === undefined) {
    const created = event("connection.created.v2");
    return next.status === "PENDING" ? [created] : [created, event("connection.validated.v2")];
  }
  // What is due by itself in this millisecond is taken together with the change.
  const last = at(before, now - 1);
  const fields = (of: ConnectionRecord) => connectionFields(of, parts.view, now, parts.sources);
  const old = changedFields(fields(last), fields(next));
  // Our choice: the names of changed fields whose values are not told. No sample shows what stands in this list.
  const protectedChanges =
    last.magicLinkSecret === next.magicLinkSecret ? [] : ["connectionMagicLinkSecret"];
  const isUpdated = Object.keys(old).length > 0 || protectedChanges.length > 0;
  const isChecked =
    last.status !== next.status || last.statusLastUpdateTime !== next.statusLastUpdateTime;
  return [
    ...(isUpdated ? [event("connection.updated.v2", { old, protectedChanges })] : []),
    ...(isChecked ? [event("connection.validated.v2")] : []),
  ];
}

/**
 * What happens to a connection by itself after one time and up to another, in the order of time.
 * Our choice: a weekly check sends `connection.validated.v2` though only a time changes by it. The guide's words for that
 * event are that the login was checked; that a change of times alone sends nothing is taken to be said of updates.
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
  for (let next = nextStep(current); next <= until; next = nextStep(current)) {
    current = at(current, next);
    events.push(connectionEvent("connection.validated.v2", current, next, parts));
  }
  events.push(...wrapped(documentsBetween(current, after, until, parts), current, parts));
  return events.sort((one, other) => one.at - other.at);
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

/** When a status is taken or checked next; infinite when it stays. */
function nextStep({ script, status, statusLastUpdateTime }: ConnectionRecord): number {
  const step = script[0] === undefined ? Number.POSITIVE_INFINITY : Date.parse(script[0].at);
  const check =
    status === "CONNECTED"
      ? Date.parse(statusLastUpdateTime) + CHECK_EVERY_MS
      : Number.POSITIVE_INFINITY;
  return Math.min(step, check);
}

function connectionEvent(
  type: EventType,
  connection: ConnectionRecord,
  time: number,
  { view, sources }: EventParts,
  more: object = {},
): WebhookEvent {
  const payload = () => ({
    eventType: type,
    ...connectionFields(connection, view, time, sources),
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
