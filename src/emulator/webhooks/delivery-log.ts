/** The delivery log: retry times, recorded attempts, and how many deliveries are stored. Pure. */
import { isoOf, type Time } from "../clock.ts";
import type { View } from "../state/collections.ts";
import type { Change, DeliveryAttempt, DeliveryRecord } from "../state/entities.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The wait after each failed attempt, in milliseconds of the emulator's time. When none is left, the delivery fails.
 * Inferred: the vendor's pages name Svix's exponential back-off without figures; these are the ones that Svix publishes.
 *
 * @see https://docs.svix.com/retries
 */
const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
];

/** How many finished deliveries are stored; the oldest are dropped. Our choice. */
const MAX_FINISHED = 1000;

/** A delivery with its message. */
export interface LoggedDelivery extends DeliveryRecord {
  readonly eventType: string;
  /** Null when the endpoint has since been removed. */
  readonly url: string | null;
  readonly payload: unknown;
}

export interface LogFilter {
  readonly endpointId?: string | undefined;
  readonly limit?: number | undefined;
}

/** The result of an attempt, as it is logged but without the time. */
export type Outcome = Omit<DeliveryAttempt, "at">;

/** The log, newest first. */
export function loggedDeliveries(
  view: View,
  { endpointId, limit }: LogFilter,
): readonly LoggedDelivery[] {
  return view
    .deliveries()
    .filter((delivery) => endpointId === undefined || delivery.endpointId === endpointId)
    .reverse()
    .slice(0, limit)
    .map((delivery) => {
      const message = view.message(delivery.messageId);
      return {
        ...delivery,
        eventType: message?.eventType ?? "",
        url: view.endpoint(delivery.endpointId)?.url ?? null,
        payload: message === undefined ? null : JSON.parse(message.payload),
      };
    });
}

/** The changes that record outcomes, by delivery ID. One whose delivery no longer exists is dropped. */
export function recordAttempts(
  view: View,
  outcomes: ReadonlyMap<string, Outcome>,
  now: Time,
): Change[] {
  const after = [...outcomes].flatMap(([id, outcome]) => {
    const current = view.delivery(id);
    return current === undefined ? [] : [afterAttempt(current, outcome, now)];
  });
  const finished = after.filter(({ state }) => state !== "waiting").length;
  return [
    ...after.map((value): Change => ({ op: "put", kind: "delivery", value })),
    ...pruneLog(view, () => false, finished),
  ];
}

/** A delivery after one more attempt. Any status from 200 to 299 is a success; a redirect is not followed and is a failure. */
function afterAttempt(current: DeliveryRecord, outcome: Outcome, now: Time): DeliveryRecord {
  const { status, took } = outcome;
  const attempts = [...current.attempts, { at: isoOf(now - took), ...outcome }];
  const ok = status !== null && status >= 200 && status < 300;
  // A delivery can be sent twice if a process was suspended so long that it lost its lock.
  if (ok || current.state === "delivered") {
    return { ...current, attempts, state: "delivered", nextAttempt: null };
  }
  const delay = RETRY_DELAYS_MS[attempts.length - 1];
  if (delay === undefined) return { ...current, attempts, state: "failed", nextAttempt: null };
  return { ...current, attempts, nextAttempt: isoOf(now + delay) };
}

/**
 * The changes that delete the oldest finished deliveries beyond the limit, and messages without a delivery.
 *
 * @param mustDrop selects deliveries to delete in any case
 * @param finishing how many deliveries are being finished by the same write
 */
export function pruneLog(
  view: View,
  mustDrop: (delivery: DeliveryRecord) => boolean,
  finishing = 0,
): Change[] {
  const all = view.deliveries();
  const finished = all.filter((delivery) => delivery.state !== "waiting" && !mustDrop(delivery));
  const excess = Math.max(0, finished.length + finishing - MAX_FINISHED);
  const old = new Set(finished.slice(0, excess));
  const isDropped = (delivery: DeliveryRecord) => old.has(delivery) || mustDrop(delivery);
  const dropped = all.filter(isDropped);
  if (dropped.length === 0) return [];
  const needed = new Set(all.filter((one) => !isDropped(one)).map(({ messageId }) => messageId));
  const unused = new Set(dropped.map(({ messageId }) => messageId).filter((id) => !needed.has(id)));
  return [
    ...dropped.map(({ id }): Change => ({ op: "delete", kind: "delivery", id })),
    ...[...unused].map((id): Change => ({ op: "delete", kind: "message", id })),
  ];
}
