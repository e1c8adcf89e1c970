/** What becomes of each delivery: when it is tried again, what is written down of it, and how much of that is kept. Pure. */
import type { View } from "../state/collections.ts";
import type { Change, DeliveryAttempt, DeliveryRecord } from "../state/entities.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The wait after each failed attempt, in milliseconds of the emulator's time; after the last one there is no more.
 * Inferred: the vendor's pages name Svix's exponential back-off without the figures; these are the ones that Svix publishes.
 *
 * @see https://docs.svix.com/retries
 */
const WAITS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
];

/** How many finished deliveries are kept, the newest of them. Our choice. */
const KEPT = 1000;

/** A delivery and the message that it carries. */
export interface LoggedDelivery extends DeliveryRecord {
  readonly eventType: string;
  /** Null when the endpoint was removed since. */
  readonly url: string | null;
  readonly payload: unknown;
}

/** How an attempt ended: what is kept of it, but for the time. */
export type Outcome = Omit<DeliveryAttempt, "at">;

/** The log, newest first. */
export function loggedDeliveries(
  view: View,
  {
    endpointId,
    limit,
  }: { readonly endpointId?: string | undefined; readonly limit?: number | undefined },
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

/**
 * The changes that write down attempts that have just ended, each by its delivery's ID. One whose delivery is gone, with
 * its endpoint or with everything, is dropped.
 *
 * @param now the emulator's time, in milliseconds since 1970
 */
export function writtenDown(
  view: View,
  outcomes: ReadonlyMap<string, Outcome>,
  now: number,
): Change[] {
  const after = [...outcomes].flatMap(([id, outcome]) => {
    const current = view.delivery(id);
    return current === undefined ? [] : [afterAttempt(current, outcome, now)];
  });
  const finished = after.filter(({ state }) => state !== "waiting").length;
  return [
    ...after.map((value): Change => ({ op: "put", kind: "delivery", value })),
    ...forgotten(view, () => false, finished),
  ];
}

/** A delivery after one more attempt. Any status from 200 to 299 is success; a redirect is not followed and is none. */
function afterAttempt(current: DeliveryRecord, outcome: Outcome, now: number): DeliveryRecord {
  const { status, took } = outcome;
  const attempts = [...current.attempts, { at: isoOf(now - took), ...outcome }];
  const ok = status !== null && status >= 200 && status < 300;
  // It may have been sent twice after all, by a process that stood still for so long that it lost its lock.
  if (ok || current.state === "delivered") {
    return { ...current, attempts, state: "delivered", nextAttempt: null };
  }
  const wait = WAITS_MS[attempts.length - 1];
  if (wait === undefined) return { ...current, attempts, state: "failed", nextAttempt: null };
  return { ...current, attempts, nextAttempt: isoOf(now + wait) };
}

/**
 * The changes that leave only the newest of the finished deliveries, and no message that nobody gets.
 *
 * @param also the deliveries that go in any case
 * @param more how many are being finished just now
 */
export function forgotten(
  view: View,
  also: (delivery: DeliveryRecord) => boolean,
  more = 0,
): Change[] {
  const all = view.deliveries();
  const finished = all.filter((delivery) => delivery.state !== "waiting" && !also(delivery));
  const old = new Set(finished.slice(0, Math.max(0, finished.length + more - KEPT)));
  const isDropped = (delivery: DeliveryRecord) => old.has(delivery) || also(delivery);
  const gone = all.filter(isDropped);
  if (gone.length === 0) return [];
  const needed = new Set(all.filter((one) => !isDropped(one)).map(({ messageId }) => messageId));
  const unused = new Set(gone.map(({ messageId }) => messageId).filter((id) => !needed.has(id)));
  return [
    ...gone.map(({ id }): Change => ({ op: "delete", kind: "delivery", id })),
    ...[...unused].map((id): Change => ({ op: "delete", kind: "message", id })),
  ];
}

/** ISO 8601, UTC. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
