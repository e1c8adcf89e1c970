/**
 * The webhook sender: of all processes that use a folder, the one that holds the lock queues time-driven events and sends
 * what is due. A delivery stays waiting in the store until its attempt is recorded, so if the sender is killed, the next
 * one sends it again.
 */
import type { HeldLock } from "../../disk/lock.ts";
import { LocalStateError } from "../../errors.ts";
import { post } from "../../webhooks/post.ts";
import { signedHeaders } from "../../webhooks/signature.ts";
import { type Clock, emulatorTime, isoOf, type SleepingClock } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type { DeliveryRecord, EndpointRecord, MessageRecord } from "../state/entities.ts";
import type { EmulatorStore } from "../store.ts";
import { type Outcome, recordAttempts } from "./delivery-log.ts";
import { hasPendingEvents, type OutboxParts, type Quiet, queuePendingEvents } from "./outbox.ts";

/** The limits on concurrent attempts, in total and per endpoint, so that a slow endpoint does not hold up the others. */
const MAX_CONCURRENT = 16;
const MAX_CONCURRENT_PER_ENDPOINT = 4;

/** Headers of every message, besides its signature. The user agent is our choice. */
const HEADERS = { "content-type": "application/json", "user-agent": "nectar-emulator" };

export interface SenderParts extends OutboxParts {
  /** The plain store, not one from `withEvents`: writes of the sender must not cause events. */
  readonly store: EmulatorStore;
  readonly clock: SleepingClock;
}

export interface Sender {
  /**
   * Queues events up to now and sends until nothing is due. Does nothing while another process is sending.
   * @throws {LocalStateError} when the folder can't be read, written or locked
   */
  deliver(): Promise<void>;
  /**
   * Sends continuously until stopped, and retries when the folder can't be used.
   * @param beat waits between two checks, and rejects when the signal aborts
   */
  run(beat: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** While running, checks immediately instead of on the next beat. */
  poke(): void;
  /** Aborts attempts in progress, which the next sender repeats, and releases the lock. */
  stop(): Promise<void>;
}

/** Creates the sender of a store. It is idle until `deliver` or `run` is called. */
export function openSender(parts: SenderParts): Sender {
  const { store, clock } = parts;
  const quiet: Quiet = new WeakMap();
  const stopped = new AbortController();
  /** Delivery ID to endpoint ID, for each attempt in progress or not recorded yet. */
  const active = new Map<string, string>();
  const attempts = new Set<Promise<void>>();
  /** Finished attempts that are not recorded yet, by delivery ID. */
  const finished = new Map<string, Outcome>();
  let lock: HeldLock | null = null;
  let isRunning = false;
  let delivering = 0;
  let checking: Promise<unknown> = Promise.resolve();

  const unlock = async (): Promise<boolean> => {
    const held = lock;
    lock = null;
    await held?.release();
    return held !== null;
  };

  const holdsLock = async (): Promise<boolean> => {
    if (lock?.isMine() === true) return true;
    await unlock();
    lock = await store.lockSending();
    return lock !== null;
  };

  /** Records finished attempts and queues time-driven events. @returns whether there was anything to write */
  const record = async (): Promise<boolean> => {
    const done = new Map(finished);
    const isNeeded =
      done.size > 0 || (await store.read((view) => hasPendingEvents(view, parts, quiet)));
    if (!isNeeded) return false;
    await store.write((view, changes) => {
      changes.push(
        ...recordAttempts(view, done, emulatorTime(view, clock)),
        ...queuePendingEvents(view, parts, quiet),
      );
    });
    for (const id of done.keys()) {
      finished.delete(id);
      active.delete(id);
    }
    return true;
  };

  /** @returns whether anything was recorded or started */
  const check = async (): Promise<boolean> => {
    if (stopped.signal.aborted) return false;
    const isNeeded = finished.size > 0 || (await store.read((view) => view.endpoints().length > 0));
    if (!isNeeded || !(await holdsLock())) return false;
    const hasWritten = await record();
    const due = await store.read((view) => dueDeliveries(view, clock, active));
    for (const one of due) start(one);
    return hasWritten || due.length > 0;
  };

  const start = (due: Due): void => {
    const { id, endpointId } = due.record;
    active.set(id, endpointId);
    const attempt = send(due, parts, stopped.signal).then((outcome) => {
      attempts.delete(attempt);
      if (outcome === null) active.delete(id);
      else finished.set(id, outcome);
      poke();
    });
    attempts.add(attempt);
  };

  /** One check at a time, so that no delivery is started twice. */
  const checkSerially = (): Promise<boolean> => {
    const next = checking.then(check);
    checking = next.catch(() => undefined);
    return next;
  };

  const checkWhileDue = async (): Promise<void> => {
    while (await checkSerially());
  };

  function poke(): void {
    if (isRunning) checkWhileDue().catch(ignoreLocalStateError);
  }

  const sendAll = async (): Promise<void> => {
    for (;;) {
      if (await checkSerially()) continue;
      if (attempts.size === 0) return;
      await Promise.race(attempts);
    }
  };

  const isAnythingLeft = (view: View): boolean =>
    hasPendingEvents(view, parts, quiet) || dueDeliveries(view, clock, active).length > 0;

  return {
    async deliver() {
      delivering += 1;
      try {
        do {
          await sendAll();
          if (isRunning || delivering > 1 || !(await unlock())) return;
          // While this process held the lock, others left new deliveries to it.
        } while (await store.read(isAnythingLeft));
      } finally {
        delivering -= 1;
      }
    },
    async run(beat) {
      isRunning = true;
      while (!stopped.signal.aborted) {
        await checkWhileDue().catch(ignoreLocalStateError);
        await beat(stopped.signal).catch(() => undefined);
      }
    },
    poke,
    async stop() {
      stopped.abort();
      await checking;
      await Promise.all(attempts);
      if (finished.size > 0) await record().catch(ignoreLocalStateError);
      await unlock();
    },
  };
}

interface Due {
  readonly record: DeliveryRecord;
  readonly endpoint: EndpointRecord;
  readonly message: MessageRecord;
}

/** Deliveries that are due and not in progress, within the limits. */
function dueDeliveries(
  view: View,
  clock: Clock,
  active: ReadonlyMap<string, string>,
): readonly Due[] {
  const now = isoOf(emulatorTime(view, clock));
  const free = new Map(view.endpoints().map(({ id }) => [id, MAX_CONCURRENT_PER_ENDPOINT]));
  const take = (endpointId: string) => free.set(endpointId, (free.get(endpointId) ?? 0) - 1);
  for (const endpointId of active.values()) take(endpointId);
  const due: Due[] = [];
  for (const record of view.deliveries()) {
    if (active.size + due.length >= MAX_CONCURRENT) break;
    const { id, nextAttempt, endpointId, messageId } = record;
    if (nextAttempt === null || nextAttempt > now || active.has(id)) continue;
    const [endpoint, message] = [view.endpoint(endpointId), view.message(messageId)];
    if (endpoint === undefined || message === undefined) continue;
    if ((free.get(endpointId) ?? 0) <= 0) continue;
    take(endpointId);
    due.push({ record, endpoint, message });
  }
  return due;
}

/** @returns null when it was aborted */
async function send(
  { endpoint, message }: Due,
  { clock }: SenderParts,
  stopped: AbortSignal,
): Promise<Outcome | null> {
  const started = clock.now();
  const headers = await signedHeaders(endpoint.secret, message, started);
  const body = Buffer.from(message.payload);
  const outcome = await post(endpoint.url, { ...HEADERS, ...headers }, body, { clock, stopped });
  if (stopped.aborted && outcome.status === null) return null;
  return { took: clock.now() - started, ...outcome };
}

function ignoreLocalStateError(error: unknown): void {
  if (!(error instanceof LocalStateError)) throw error;
}
