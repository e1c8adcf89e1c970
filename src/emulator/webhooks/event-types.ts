/** The webhook event types. */

/** @see https://docs.nectarclimate.com/developer-guide/webhooks */
export const EVENT_TYPES = [
  "connection.created.v2",
  "connection.updated.v2",
  "connection.validated.v2",
  "document.created.v2",
  "document.updated.v2",
  "document.deleted.v2",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
