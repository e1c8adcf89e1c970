/**
 * The outbox: turns changes and the passing of time into queued messages, in one place, so that routes need not know about
 * webhooks. Costs nothing while no endpoint is registered.
 */
import { type Clock, emulatorTime, isoOf } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type {
  Change,
  ConnectionRecord,
  DeliveryRecord,
  EndpointRecord,
} from "../state/entities.ts";
import { at } from "../statuses/timeline.ts";
import type { EmulatorStore } from "../store.ts";
import {
  eventsOfChange,
  eventsOfTime,
  eventsOfUpload,
  quietUntil,
  type WebhookEvent,
} from "./events.ts";

/** How many events to queue per write, so that each write is short; slightly more if several share a millisecond. */
const EVENTS_PER_WRITE = 500;

/** When every endpoint has this many untried deliveries, queueing of time-driven events pauses. */
const MAX_UNTRIED = 2000;

export interface OutboxParts {
  readonly clock: Clock;
  readonly ids: () => string;
}

/**
 * Wraps a store so that each write also queues the events it causes, in the same commit.
 * Earlier events of a changed connection are queued first, so that none is lost or late.
 *
 * @param onQueued called after a write that queued messages
 */
export function withEvents(
  store: EmulatorStore,
  parts: OutboxParts,
  onQueued: () => void,
): EmulatorStore {
  return {
    ...store,
    async write(decide) {
      let queued = false;
      const value = await store.write((view, changes) => {
        // One time for the whole write: what `decide` makes happens at this time or later, so that no event is skipped.
        const time = parts.clock.now();
        const result = decide(view, changes);
        const clock = { now: () => time };
        queued = view.endpoints().length > 0 && queueEvents(view, changes, { ...parts, clock });
        return result;
      });
      if (queued) onQueued();
      return value;
    },
  };
}

/** Adds messages for the events of these changes. @returns whether there were any */
function queueEvents(view: View, changes: Change[], parts: OutboxParts): boolean {
  const now = timeAfter(view, changes, parts);
  const accounts = changes.flatMap((change) =>
    change.op === "put" && change.kind === "account" ? [change.value] : [],
  );
  const changed = new Map(accounts.map((account) => [account.id, account]));
  const account = (id: string) => changed.get(id) ?? view.account(id);
  const views = [view, { account, site: view.site }] as const;
  const isMovedBack = now < emulatorTime(view, parts.clock);
  const endpoints = isMovedBack ? backdatedEndpoints(view, now) : view.endpoints();
  const since = earliestCreated(endpoints);
  const events: WebhookEvent[] = [];
  const latest = new Map<string, ConnectionRecord>();
  for (const [index, change] of changes.entries()) {
    if (change.op !== "put" || change.kind !== "connection") continue;
    const { value } = change;
    const stored = view.connection(value.id);
    const before = latest.get(value.id) ?? stored;
    // On the connection's first change only, so that time-driven events are queued once.
    if (stored !== undefined && before === stored) {
      events.push(...eventsOfTime(stored, windowOf(stored, since, now - 1), view));
    }
    events.push(...eventsOfChange(before, value, now, views));
    // The next check finds documents of this same millisecond; scripted changes of it are already in the status.
    const announced = { ...at(value, now), announcedUntil: isoOf(now - 1) };
    changes[index] = { op: "put", kind: "connection", value: announced };
    latest.set(value.id, announced);
  }
  // Their settings decide when documents arrive.
  const connections = accounts.flatMap(({ connectionId }) => view.connection(connectionId) ?? []);
  for (const stored of new Set(connections)) {
    if (latest.has(stored.id)) continue;
    const { after, until } = windowOf(stored, since, now - 1);
    events.push(...eventsOfTime(stored, { after, until }, view));
    events.push(...eventsOfChange(stored, stored, now, views));
    const value = { ...stored, announcedUntil: isoOf(Math.max(after, until)) };
    changes.push({ op: "put", kind: "connection", value });
  }
  const messages = messagesFor(events, endpoints, now, parts);
  for (const value of endpoints) {
    if (view.endpoint(value.id) !== value) changes.push({ op: "put", kind: "endpoint", value });
  }
  // Not spread into one push, because a large seed could exceed the limit on arguments.
  for (const message of messages) changes.push(message);
  return messages.length > 0;
}

/** The endpoints when a seed sets the time back: dated no later than `now`, so that they get all events from then on. */
function backdatedEndpoints(view: View, now: number): readonly EndpointRecord[] {
  const created = isoOf(now);
  return view
    .endpoints()
    .map((endpoint) => (Date.parse(endpoint.created) > now ? { ...endpoint, created } : endpoint));
}

/** The emulator's time after the changes: a seed may move it and create connections in one write. */
function timeAfter(view: View, changes: readonly Change[], { clock }: OutboxParts): number {
  const moved = changes.findLast((change) => change.op === "put" && change.kind === "clock");
  return clock.now() + (moved?.value.offsetMs ?? view.clockOffset());
}

/** Caches until when each connection has no events. */
export type Quiet = WeakMap<ConnectionRecord, number>;

/** Whether there are time-driven events that are not queued yet. A quiet connection costs one lookup. */
export function hasPendingEvents(view: View, parts: OutboxParts, quiet: Quiet): boolean {
  return !pending(view, parts, quiet).next().done;
}

/** The changes that queue time-driven events, one batch at a time: the next check finds the rest. */
export function queuePendingEvents(view: View, parts: OutboxParts, quiet: Quiet): Change[] {
  const now = emulatorTime(view, parts.clock);
  const changes: Change[] = [];
  const events: WebhookEvent[] = [];
  for (const { due, announced } of pending(view, parts, quiet)) {
    const last = due[EVENTS_PER_WRITE - events.length - 1];
    const until = last === undefined ? now : last.at;
    events.push(...due.filter(({ at: time }) => time <= until));
    changes.push(announced(isoOf(until)));
    if (events.length >= EVENTS_PER_WRITE) break;
  }
  events.sort((one, other) => one.at - other.at);
  return [...changes, ...messagesFor(events, view.endpoints(), now, parts)];
}

interface Pending {
  readonly due: readonly WebhookEvent[];
  /** The change that records up to when they are queued. */
  readonly announced: (until: string) => Change;
}

/** The time-driven events that are not queued yet, by connection and upload. */
function* pending(view: View, { clock }: OutboxParts, quiet: Quiet): Generator<Pending> {
  const endpoints = view.endpoints();
  if (endpoints.length === 0 || isCongested(view)) return;
  const now = emulatorTime(view, clock);
  const since = earliestCreated(endpoints);
  for (const connection of view.connections()) {
    if ((quiet.get(connection) ?? 0) > now) continue;
    const due = eventsOfTime(connection, windowOf(connection, since, now), view);
    const announced = (announcedUntil: string): Change => ({
      ...{ op: "put", kind: "connection", value: { ...connection, announcedUntil } },
    });
    if (due.length > 0) yield { due, announced };
    else quiet.set(connection, quietUntil(connection, now, view));
  }
  for (const job of view.jobs()) {
    const due = eventsOfUpload(job, windowOf(job, since, now), view);
    const announced = (announcedUntil: string): Change => ({
      ...{ op: "put", kind: "job", value: { ...job, announcedUntil } },
    });
    if (due.length > 0) yield { due, announced };
  }
}

/** Whether every endpoint has a backlog. Further events need no storage, as they can be computed from the connections. */
function isCongested(view: View): boolean {
  const untried = new Map(view.endpoints().map(({ id }) => [id, 0]));
  for (const { endpointId, state, attempts } of view.deliveries()) {
    if (state !== "waiting" || attempts.length > 0) continue;
    untried.set(endpointId, (untried.get(endpointId) ?? 0) + 1);
  }
  return [...untried.values()].every((count) => count >= MAX_UNTRIED);
}

function earliestCreated(endpoints: readonly EndpointRecord[]): number {
  return Math.min(...endpoints.map(({ created }) => Date.parse(created)));
}

/** The time range of events that are not queued yet, starting no earlier than the first endpoint. */
function windowOf(
  { announcedUntil }: Pick<ConnectionRecord, "announcedUntil">,
  since: number,
  now: number,
) {
  return { after: Math.max(Date.parse(announcedUntil), since - 1), until: now };
}

/** One message per event, and one delivery per endpoint that gets it. */
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
    // Our choice: formatted like an ID of Svix, which delivers for the vendor.
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
