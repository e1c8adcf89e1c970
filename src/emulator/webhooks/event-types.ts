/** The events that webhooks tell of. Light enough for a command's help. */

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

/** Something that happened, and what is told of it. */
export interface WebhookEvent {
  readonly type: EventType;
  /** The emulator's time, in milliseconds since 1970. */
  readonly at: number;
  /** Made when somebody is to be told. */
  readonly payload: () => object;
}
