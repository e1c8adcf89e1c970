/** How many deliveries are kept, before they are sent and after. Pure. */
import type { View } from "../state/collections.ts";
import type { Change, DeliveryRecord } from "../state/entities.ts";

/** How many finished deliveries are kept, the newest of them. Our choice. */
const KEPT = 1000;

/** How many deliveries that were never tried an endpoint has at most before what happened by itself is left to wait. */
const UNTRIED = 2000;

/** Whether every endpoint has so much before it that more can wait, where it costs nothing: in the connections. */
export function isCongested(view: View): boolean {
  const untried = new Map(view.endpoints().map(({ id }) => [id, 0]));
  for (const { endpointId, state, attempts } of view.deliveries()) {
    if (state !== "waiting" || attempts.length > 0) continue;
    untried.set(endpointId, (untried.get(endpointId) ?? 0) + 1);
  }
  return [...untried.values()].every((count) => count >= UNTRIED);
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
  const all = [...view.deliveries()];
  const finished = all.filter((delivery) => delivery.state !== "waiting" && !also(delivery));
  const tooMany = Math.max(0, finished.length + more - KEPT);
  const old = new Set(finished.slice(0, tooMany).map(({ id }) => id));
  const isDropped = (delivery: DeliveryRecord) => old.has(delivery.id) || also(delivery);
  const gone = all.filter(isDropped);
  if (gone.length === 0) return [];
  const unused = new Set(gone.map(({ messageId }) => messageId));
  for (const delivery of all) {
    if (unused.size === 0) break;
    if (!isDropped(delivery)) unused.delete(delivery.messageId);
  }
  return [
    ...gone.map(({ id }): Change => ({ op: "delete", kind: "delivery", id })),
    ...[...unused].map((id): Change => ({ op: "delete", kind: "message", id })),
  ];
}
