/**
 * From changes and from time to messages: the one place where events are noticed, so that no route knows of webhooks.
 * Costs nothing as long as there is no endpoint.
 */
import { emulatorTime } from "../clock.ts";
import type { SourceView } from "../data/source.ts";
import type { View } from "../state/collections.ts";
import type {
  Change,
  ConnectionRecord,
  DeliveryRecord,
  EndpointRecord,
} from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import type { EmulatorStore } from "../store.ts";
import { isoOf } from "./delivery-log.ts";
import type { WebhookEvent } from "./event-types.ts";
import {
  type EventParts,
  eventsOfChange,
  eventsOfTime,
  eventsOfUpload,
  quietUntil,
} from "./events.ts";
import type { DataSources } from "./sources.ts";

/** How many events are queued in one write, some more if they come in one millisecond, so that none takes long. */
const EVENTS_AT_ONCE = 500;

/** How many deliveries that were never tried an endpoint has at most before what happened by itself is left to wait. */
const UNTRIED = 2000;

export interface OutboxParts {
  /** The machine's; milliseconds since 1970. */
  readonly clock: { now(): number };
  /** Gives a new UUID each time. */
  readonly ids: () => string;
  readonly sources: DataSources;
}

/**
 * A store whose writes queue what follows from them, in the same commit.
 * A connection that is changed is settled first, so that no event is lost or comes too late.
 *
 * @param onQueued called after a write that queued something
 */
export function withEvents(
  store: EmulatorStore,
  parts: OutboxParts,
  onQueued: () => void = () => {},
): EmulatorStore {
  return {
    ...store,
    async write(decide) {
      let queued = false;
      const value = await store.write((view, changes) => {
        const result = decide(view, changes);
        queued = view.endpoints().length > 0 && announce(view, changes, parts);
        return result;
      });
      if (queued) onQueued();
      return value;
    },
  };
}

/** Adds what follows from the connections among the changes. @returns whether that was anything */
function announce(view: View, changes: Change[], parts: OutboxParts): boolean {
  const now = timeAfter(view, changes, parts);
  const accountsAfter = withAccounts(view, changes);
  const eventParts: EventParts = { view, accountsAfter, sources: parts.sources };
  const endpoints = now < emulatorTime(view, parts.clock) ? movedBack(view, now) : view.endpoints();
  const since = firstOf(endpoints);
  const events: WebhookEvent[] = [];
  const latest = new Map<string, ConnectionRecord>();
  for (const [index, change] of changes.entries()) {
    if (change.op !== "put" || change.kind !== "connection") continue;
    const { value } = change;
    const stored = view.connection(value.id);
    const before = latest.get(value.id) ?? stored;
    // With the first change only: by the second, time has been told of.
    if (stored !== undefined && before === stored) {
      const { sources } = parts;
      events.push(...eventsOfTime(stored, windowOf(stored, since, now - 1), { view, sources }));
    }
    events.push(...eventsOfChange(before, value, now, eventParts));
    // Documents that come in the same millisecond are found by the next look; what was scripted for it is in the status.
    const told = { ...at(value, now), announcedUntil: isoOf(now - 1) };
    changes[index] = { op: "put", kind: "connection", value: told };
    latest.set(value.id, told);
  }
  for (const stored of behindAccounts(view, changes)) {
    if (latest.has(stored.id)) continue;
    const { after, until } = windowOf(stored, since, now - 1);
    events.push(...eventsOfTime(stored, { after, until }, { view, sources: parts.sources }));
    events.push(...eventsOfChange(stored, stored, now, eventParts));
    const value = { ...stored, announcedUntil: isoOf(Math.max(after, until)) };
    changes.push({ op: "put", kind: "connection", value });
  }
  for (const change of changes) {
    if (change.op === "put" && change.kind === "job") events.push(...eventsOfUpload(change.value));
  }
  const messages = messagesFor(events, endpoints, now, parts);
  for (const value of endpoints) {
    if (view.endpoint(value.id) !== value) changes.push({ op: "put", kind: "endpoint", value });
  }
  // One by one: a call takes only so many arguments, and a seed may be large.
  for (const message of messages) changes.push(message);
  return messages.length > 0;
}

/** The endpoints once a seed sets the time back: to one that was registered before, all that happens from there on is new. */
function movedBack(view: View, now: number): readonly EndpointRecord[] {
  const created = isoOf(now);
  return view
    .endpoints()
    .map((endpoint) => (Date.parse(endpoint.created) > now ? { ...endpoint, created } : endpoint));
}

/** The stored connections of which an account is changed: what is set on an account decides when its documents come. */
function behindAccounts(view: View, changes: readonly Change[]): ReadonlySet<ConnectionRecord> {
  const found = changes.flatMap((change) => {
    if (change.op !== "put" || change.kind !== "account") return [];
    const stored = view.connection(change.value.connectionId);
    return stored === undefined ? [] : [stored];
  });
  return new Set(found);
}

/** The accounts once the changes are stored. */
function withAccounts(view: View, changes: readonly Change[]): SourceView {
  const changed = new Map(
    changes.flatMap((change) =>
      change.op === "put" && change.kind === "account" ? [[change.value.id, change.value]] : [],
    ),
  );
  return {
    account: (id) => changed.get(id) ?? view.account(id),
    site: (id) => view.site(id),
  };
}

/** The emulator's time once the changes are made: a seed may move it and create connections in one. */
function timeAfter(view: View, changes: readonly Change[], { clock }: OutboxParts): number {
  const moved = changes.findLast((change) => change.op === "put" && change.kind === "clock");
  return moved?.op === "put" && moved.kind === "clock"
    ? clock.now() + moved.value.offsetMs
    : emulatorTime(view, clock);
}

/** Knows up to when nothing happens to which connection, so that it need not be worked out again and again. */
export type Quiet = WeakMap<ConnectionRecord, number>;

/**
 * Whether something happened by itself that was not told yet. A connection that is quiet costs one look-up.
 *
 * @param quiet is kept up to date
 */
export function isUnsettled(view: View, parts: OutboxParts, quiet: Quiet): boolean {
  return !happened(view, parts, quiet).next().done;
}

/** The changes that tell what happened by itself, a part at a time: what is left is found by the next look. */
export function settle(view: View, parts: OutboxParts, quiet: Quiet): Change[] {
  const now = emulatorTime(view, parts.clock);
  const changes: Change[] = [];
  const events: WebhookEvent[] = [];
  for (const { connection, due } of happened(view, parts, quiet)) {
    const last = due[EVENTS_AT_ONCE - events.length - 1];
    const until = last === undefined ? now : last.at;
    events.push(...due.filter(({ at: time }) => time <= until));
    const value = { ...connection, announcedUntil: isoOf(until) };
    changes.push({ op: "put", kind: "connection", value });
    if (events.length >= EVENTS_AT_ONCE) break;
  }
  events.sort((one, other) => one.at - other.at);
  return [...changes, ...messagesFor(events, view.endpoints(), now, parts)];
}

/** The connections of which there is something to tell. */
function* happened(
  view: View,
  { clock, sources }: OutboxParts,
  quiet: Quiet,
): Generator<{ readonly connection: ConnectionRecord; readonly due: readonly WebhookEvent[] }> {
  const endpoints = view.endpoints();
  if (endpoints.length === 0 || isCongested(view)) return;
  const now = emulatorTime(view, clock);
  const since = firstOf(endpoints);
  for (const connection of view.connections()) {
    if ((quiet.get(connection) ?? 0) > now) continue;
    const due = eventsOfTime(connection, windowOf(connection, since, now), { view, sources });
    if (due.length > 0) yield { connection, due };
    else quiet.set(connection, quietUntil(connection, now, { view, sources }));
  }
}

/** Whether every endpoint has so much before it that more can wait, where it costs nothing: in the connections. */
function isCongested(view: View): boolean {
  const untried = new Map(view.endpoints().map(({ id }) => [id, 0]));
  for (const { endpointId, state, attempts } of view.deliveries()) {
    if (state !== "waiting" || attempts.length > 0) continue;
    untried.set(endpointId, (untried.get(endpointId) ?? 0) + 1);
  }
  return [...untried.values()].every((count) => count >= UNTRIED);
}

/** When the oldest endpoint was registered, in milliseconds since 1970. */
function firstOf(endpoints: readonly EndpointRecord[]): number {
  return Math.min(...endpoints.map(({ created }) => Date.parse(created)));
}

/** From when on a connection's events were not told yet; what happened before there was any endpoint is told to nobody. */
function windowOf({ announcedUntil }: ConnectionRecord, since: number, now: number) {
  return { after: Math.max(Date.parse(announcedUntil), since - 1), until: now };
}

/** One message an event, and one delivery for each endpoint that is to get it. */
function messagesFor(
  events: readonly WebhookEvent[],
  registered: readonly EndpointRecord[],
  now: number,
  { ids }: OutboxParts,
): Change[] {
  const changes: Change[] = [];
  for (const { type, at: time, payload } of events) {
    const endpoints = registered.filter(
      ({ eventTypes, created }) =>
        (eventTypes.length === 0 || eventTypes.includes(type)) && Date.parse(created) <= time,
    );
    if (endpoints.length === 0) continue;
    const created = isoOf(time);
    // Looks like an ID of Svix's, which delivers for the vendor. Its form is our choice.
    const id = `msg_${ids().replaceAll("-", "")}`;
    changes.push({
      op: "put",
      kind: "message",
      value: { id, eventType: type, created, payload: JSON.stringify(payload()) },
    });
    for (const { id: endpointId } of endpoints) {
      const value: DeliveryRecord = {
        ...{ id: ids(), messageId: id, endpointId, created },
        ...{ state: "waiting", nextAttempt: isoOf(Math.max(now, time)), attempts: [] },
      };
      changes.push({ op: "put", kind: "delivery", value });
    }
  }
  return changes;
}
