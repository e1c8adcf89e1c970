/**
 * Sends what is queued. Several processes may do so over one folder: whoever claims a delivery in the store sends it.
 * A claim moves the next attempt ahead by more than an attempt can take, so that it lapses when its process is gone.
 */
import { LocalStateError } from "../../errors.ts";
import { ANSWER_LIMIT_MS, post } from "../../webhooks/post.ts";
import { signedHeaders } from "../../webhooks/signature.ts";
import type { View } from "../state/collections.ts";
import type {
  Change,
  DeliveryAttempt,
  DeliveryRecord,
  EndpointRecord,
  MessageRecord,
} from "../state/entities.ts";
import { emulatorTime } from "../statuses/clock.ts";
import type { EmulatorStore } from "../store.ts";
import { forgotten } from "./backlog.ts";
import { isoOf, isUnsettled, type OutboxParts, type Quiet, settle } from "./outbox.ts";
import { waitAfter } from "./schedule.ts";

/** How many attempts are under way at once, in all and to one endpoint, so that a slow one does not hold up the others. */
const AT_ONCE = 16;
const AT_ONCE_EACH = 4;

/** How long a claim holds, in milliseconds: an attempt, and the writing down of it. */
const CLAIM_MS = ANSWER_LIMIT_MS + 10_000;

/** What every message is sent with, beside its signature. The name is our own. */
const HEADERS = { "content-type": "application/json", "user-agent": "nectar-emulator" };

export interface DispatcherParts extends OutboxParts {
  /** Not one that notices events: what is written here is no change of anybody's. */
  readonly store: EmulatorStore;
  /** `sleep` waits so many milliseconds, and rejects when the signal aborts. */
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
}

export interface Dispatcher {
  /**
   * Queues what happened by now and sends all that is due, until nothing is.
   * @throws {LocalStateError} when the folder can't be read, written or locked
   */
  deliver(): Promise<void>;
  /** Begins to send what is due, and returns at once. */
  poke(): void;
  /**
   * Delivers again and again until it is stopped; trouble with the folder is met again at the next look.
   * @param beat waits between two looks, and rejects when the signal aborts
   */
  run(beat: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Breaks off what is under way, to be sent again by whoever comes next, and waits until that is written down. */
  stop(): Promise<void>;
}

/** Delivers for a store until it is stopped. Does nothing by itself. */
export function openDispatcher(parts: DispatcherParts): Dispatcher {
  const { store, clock } = parts;
  const quiet: Quiet = new WeakMap();
  const stopped = new AbortController();
  /** The endpoint of each delivery that this process is sending. */
  const active = new Map<string, string>();
  const attempts = new Set<Promise<void>>();
  let looking: Promise<unknown> = Promise.resolve();

  const hasDue = (view: View): boolean =>
    isUnsettled(view, parts, quiet) || dueDeliveries(view, clock, active).length > 0;

  /** @returns whether anything was begun */
  const look = async (): Promise<boolean> => {
    if (stopped.signal.aborted || !(await store.read(hasDue))) return false;
    const { claimed, settled } = await store.write((view, changes) => {
      changes.push(...settle(view, parts, quiet));
      // What was queued just now is in the view with the next look.
      return { settled: changes.length > 0, claimed: claim(view, changes, clock, active) };
    });
    for (const delivery of claimed) {
      active.set(delivery.record.id, delivery.endpoint.id);
      const attempt = send(delivery, parts, stopped.signal).finally(() => {
        active.delete(delivery.record.id);
        attempts.delete(attempt);
        poke();
      });
      attempts.add(attempt);
    }
    return settled || claimed.length > 0;
  };

  /** One look at a time, so that nothing is claimed twice. */
  const lookInTurn = (): Promise<boolean> => {
    const turn = looking.then(look);
    looking = turn.catch(() => undefined);
    return turn;
  };

  const lookWhileDue = async (): Promise<void> => {
    while (await lookInTurn());
  };

  function poke(): void {
    lookWhileDue().catch(unlessLocalState);
  }

  return {
    async deliver() {
      for (;;) {
        const begun = await lookInTurn();
        if (!begun && attempts.size === 0) return;
        await Promise.all(attempts);
      }
    },
    poke,
    async run(beat) {
      while (!stopped.signal.aborted) {
        await lookWhileDue().catch(unlessLocalState);
        await beat(stopped.signal).catch(() => undefined);
      }
    },
    async stop() {
      stopped.abort();
      await looking;
      await Promise.all(attempts);
    },
  };
}

interface Claimed {
  readonly record: DeliveryRecord;
  readonly endpoint: EndpointRecord;
  readonly message: MessageRecord;
}

/** Those whose time has come and that this process is not sending already. */
function dueDeliveries(
  view: View,
  clock: { now(): number },
  active: ReadonlyMap<string, string>,
): readonly Claimed[] {
  const now = isoOf(emulatorTime(view, clock));
  const free = new Map(view.endpoints().map(({ id }) => [id, AT_ONCE_EACH]));
  if (free.size === 0) return [];
  const take = (endpointId: string) => free.set(endpointId, (free.get(endpointId) ?? 0) - 1);
  for (const endpointId of active.values()) take(endpointId);
  const due: Claimed[] = [];
  for (const record of view.deliveries()) {
    if (active.size + due.length >= AT_ONCE) break;
    const { id, state, nextAttempt, endpointId, messageId } = record;
    if (state !== "waiting" || nextAttempt === null || nextAttempt > now) continue;
    const [endpoint, message] = [view.endpoint(endpointId), view.message(messageId)];
    if (endpoint === undefined || message === undefined) continue;
    if (active.has(id) || (free.get(endpointId) ?? 0) <= 0) continue;
    take(endpointId);
    due.push({ record, endpoint, message });
  }
  return due;
}

function claim(
  view: View,
  changes: Change[],
  clock: { now(): number },
  active: ReadonlyMap<string, string>,
): readonly Claimed[] {
  const due = dueDeliveries(view, clock, active);
  const until = isoOf(emulatorTime(view, clock) + CLAIM_MS);
  for (const { record } of due) {
    changes.push({ op: "put", kind: "delivery", value: { ...record, nextAttempt: until } });
  }
  return due;
}

async function send(
  { record, endpoint, message }: Claimed,
  { store, clock }: DispatcherParts,
  stopped: AbortSignal,
): Promise<void> {
  const began = clock.now();
  const headers = await signedHeaders(endpoint.secret, message, began);
  const body = Buffer.from(message.payload);
  const outcome = await post(endpoint.url, { ...HEADERS, ...headers }, body, { clock, stopped });
  const took = clock.now() - began;
  try {
    await store.write((view, changes) => {
      const current = view.delivery(record.id);
      // Gone with its endpoint, or with everything.
      if (current === undefined) return;
      const now = emulatorTime(view, clock);
      const value =
        stopped.aborted && outcome.status === null
          ? { ...current, nextAttempt: isoOf(now) }
          : recorded(current, { at: isoOf(now - took), took, ...outcome }, now);
      changes.push(
        { op: "put", kind: "delivery", value },
        ...forgotten(view, () => false, value.state === "waiting" ? 0 : 1),
      );
    });
  } catch (error) {
    // What could not be written down is sent again when the claim has lapsed.
    unlessLocalState(error);
  }
}

/** A delivery after one more attempt. Any status from 200 to 299 is success; a redirect is not followed and is none. */
function recorded(current: DeliveryRecord, attempt: DeliveryAttempt, now: number): DeliveryRecord {
  const attempts = [...current.attempts, attempt];
  const ok = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
  // Sent by two processes after all, and one of them was answered.
  if (ok || current.state === "delivered") {
    return { ...current, attempts, state: "delivered", nextAttempt: null };
  }
  const wait = waitAfter(attempts.length);
  if (wait === null) return { ...current, attempts, state: "failed", nextAttempt: null };
  return { ...current, attempts, nextAttempt: isoOf(now + wait) };
}

function unlessLocalState(error: unknown): void {
  if (!(error instanceof LocalStateError)) throw error;
}
