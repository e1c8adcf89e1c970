/**
 * The one sender of webhooks: of all processes on a folder, the one that holds the lock queues what happened by itself and
 * sends what is due. A message waits in the store until its attempt is written down, so one whose sender is killed is
 * sent again by the next.
 */
import type { Taken } from "../../disk/lock.ts";
import { LocalStateError } from "../../errors.ts";
import { post } from "../../webhooks/post.ts";
import { signedHeaders } from "../../webhooks/signature.ts";
import { emulatorTime } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type { DeliveryRecord, EndpointRecord, MessageRecord } from "../state/entities.ts";
import type { EmulatorStore } from "../store.ts";
import { isoOf, type Outcome, writtenDown } from "./delivery-log.ts";
import { isUnsettled, type OutboxParts, type Quiet, settle } from "./outbox.ts";

/** How many attempts are under way at once, in all and to one endpoint, so that a slow one does not hold up the others. */
const AT_ONCE = 16;
const AT_ONCE_EACH = 4;

/** What every message is sent with, beside its signature. The name is our own. */
const HEADERS = { "content-type": "application/json", "user-agent": "nectar-emulator" };

export interface SenderParts extends OutboxParts {
  /** Not one that notices events: what is written here is no change of anybody's. */
  readonly store: EmulatorStore;
  /** `sleep` waits so many milliseconds, and rejects when the signal aborts. */
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
}

export interface Sender {
  /**
   * Queues what happened by now and sends all that is due, until nothing is. Leaves it to another process that is at it.
   * @throws {LocalStateError} when the folder can't be read, written or locked
   */
  deliver(): Promise<void>;
  /**
   * Sends again and again until it is stopped; trouble with the folder is met again at the next look.
   * @param beat waits between two looks, and rejects when the signal aborts
   */
  run(beat: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** While it runs: looks at once, and does not wait for the next beat. */
  poke(): void;
  /** Breaks off what is under way, to be sent again by the next sender, and lets go of the lock. */
  stop(): Promise<void>;
}

/** Sends for a store until it is stopped. Does nothing by itself. */
export function openSender(parts: SenderParts): Sender {
  const { store, clock } = parts;
  const quiet: Quiet = new WeakMap();
  const stopped = new AbortController();
  /** The endpoint of each delivery whose attempt is under way or not written down yet. */
  const active = new Map<string, string>();
  const attempts = new Set<Promise<void>>();
  /** The attempts that are over, by the delivery's ID, until they are written down. */
  const over = new Map<string, Outcome>();
  let lock: Taken | null = null;
  let isRunning = false;
  let delivering = 0;
  let looking: Promise<unknown> = Promise.resolve();

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

  /** Writes down what is over and what happened by itself. @returns whether there was any of it */
  const writeDown = async (): Promise<boolean> => {
    const done = new Map(over);
    const isDue = done.size > 0 || (await store.read((view) => isUnsettled(view, parts, quiet)));
    if (!isDue) return false;
    await store.write((view, changes) => {
      changes.push(
        ...writtenDown(view, done, emulatorTime(view, clock)),
        ...settle(view, parts, quiet),
      );
    });
    for (const id of done.keys()) {
      over.delete(id);
      active.delete(id);
    }
    return true;
  };

  /** @returns whether anything was written down or begun */
  const look = async (): Promise<boolean> => {
    if (stopped.signal.aborted) return false;
    const isNeeded = over.size > 0 || (await store.read((view) => view.endpoints().length > 0));
    if (!isNeeded || !(await holdsLock())) return false;
    const hasWritten = await writeDown();
    const due = await store.read((view) => dueDeliveries(view, clock, active));
    for (const one of due) begin(one);
    return hasWritten || due.length > 0;
  };

  const begin = (due: Due): void => {
    const { id, endpointId } = due.record;
    active.set(id, endpointId);
    const attempt = send(due, parts, stopped.signal).then((outcome) => {
      attempts.delete(attempt);
      if (outcome === null) active.delete(id);
      else over.set(id, outcome);
      poke();
    });
    attempts.add(attempt);
  };

  /** One look at a time, so that nothing is begun twice. */
  const lookInTurn = (): Promise<boolean> => {
    const turn = looking.then(look);
    looking = turn.catch(() => undefined);
    return turn;
  };

  const lookWhileDue = async (): Promise<void> => {
    while (await lookInTurn());
  };

  function poke(): void {
    if (isRunning) lookWhileDue().catch(unlessLocalState);
  }

  const sendAll = async (): Promise<void> => {
    for (;;) {
      if (await lookInTurn()) continue;
      if (attempts.size === 0) return;
      await Promise.race(attempts);
    }
  };

  const isAnythingLeft = (view: View): boolean =>
    isUnsettled(view, parts, quiet) || dueDeliveries(view, clock, active).length > 0;

  return {
    async deliver() {
      delivering += 1;
      try {
        do {
          await sendAll();
          if (isRunning || delivering > 1 || !(await unlock())) return;
          // Others left to this one what came while it held the lock.
        } while (await store.read(isAnythingLeft));
      } finally {
        delivering -= 1;
      }
    },
    async run(beat) {
      isRunning = true;
      while (!stopped.signal.aborted) {
        await lookWhileDue().catch(unlessLocalState);
        await beat(stopped.signal).catch(() => undefined);
      }
    },
    poke,
    async stop() {
      stopped.abort();
      await looking;
      await Promise.all(attempts);
      if (over.size > 0) await writeDown().catch(unlessLocalState);
      await unlock();
    },
  };
}

interface Due {
  readonly record: DeliveryRecord;
  readonly endpoint: EndpointRecord;
  readonly message: MessageRecord;
}

/** Those whose time has come and that are not being sent already. */
function dueDeliveries(
  view: View,
  clock: { now(): number },
  active: ReadonlyMap<string, string>,
): readonly Due[] {
  const now = isoOf(emulatorTime(view, clock));
  const free = new Map(view.endpoints().map(({ id }) => [id, AT_ONCE_EACH]));
  const take = (endpointId: string) => free.set(endpointId, (free.get(endpointId) ?? 0) - 1);
  for (const endpointId of active.values()) take(endpointId);
  const due: Due[] = [];
  for (const record of view.deliveries()) {
    if (active.size + due.length >= AT_ONCE) break;
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

/** @returns null when it was broken off */
async function send(
  { endpoint, message }: Due,
  { clock }: SenderParts,
  stopped: AbortSignal,
): Promise<Outcome | null> {
  const began = clock.now();
  const headers = await signedHeaders(endpoint.secret, message, began);
  const body = Buffer.from(message.payload);
  const outcome = await post(endpoint.url, { ...HEADERS, ...headers }, body, { clock, stopped });
  if (stopped.aborted && outcome.status === null) return null;
  return { took: clock.now() - began, ...outcome };
}

function unlessLocalState(error: unknown): void {
  if (!(error instanceof LocalStateError)) throw error;
}
