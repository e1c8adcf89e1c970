/** How endpoints of webhooks are shown. */
import type { EndpointRecord } from "../../../emulator/emulator.ts";

export function eventsText({ eventTypes }: EndpointRecord): string {
  return eventTypes.length === 0 ? "all" : eventTypes.join(", ");
}

/** Who keeps an endpoint. */
export function keptText({ listenerPid }: EndpointRecord): string {
  return listenerPid === null ? "until it is removed" : `while process ${listenerPid} listens`;
}

/** @param withSecret the secret is shown only where it was asked for */
export function endpointJson(endpoint: EndpointRecord, withSecret: boolean) {
  const { id, url, secret, eventTypes, created: createdAt, listenerPid } = endpoint;
  return { id, url, ...(withSecret ? { secret } : {}), eventTypes, createdAt, listenerPid };
}
