/** Options and views of the commands for the local emulator's webhooks. */
import { list } from "../../../cli/define.ts";
import { noun } from "../../../cli/noun.ts";
import { listOf, orNull, text, time, whole } from "../../../cli/shape.ts";
import { oneOf } from "../../../cli/values.ts";
import { type EndpointRecord, EVENT_TYPES } from "../../../emulator/emulator.ts";
import { outcome } from "../../companies/companies.ts";

export const eventList = list("--event <TYPE>", {
  help: `only this event (repeatable); default: all of ${EVENT_TYPES.join(", ")}`,
  ...oneOf(EVENT_TYPES),
});

/** The secret is shown only when `withSecret` is set. */
export type ShownEndpoint = EndpointRecord & {
  readonly withSecret: boolean;
  readonly outcome?: "created" | "existing";
};

export const endpoints = noun<ShownEndpoint>()({
  fields: {
    id: { label: "ID", header: "ID", shape: text },
    url: { label: "URL", header: "URL", shape: text, shrink: true },
    events: {
      label: "Events",
      header: "EVENTS",
      value: ({ eventTypes }) => (eventTypes.length === 0 ? "all" : eventTypes.join(", ")),
      shrink: true,
    },
    eventTypes: { shape: listOf(text) },
    kept: {
      header: "KEPT",
      value: ({ listenerPid }) =>
        listenerPid === null ? "until it is removed" : `while process ${listenerPid} listens`,
      shrink: true,
    },
    secret: {
      label: "Secret",
      header: "SECRET",
      value: ({ withSecret, secret }) => (withSecret ? secret : undefined),
      shape: text,
      maybe: true,
    },
    createdAt: { value: ({ created }) => created, shape: time },
    listenerPid: { shape: orNull(whole) },
    outcome: { label: "Outcome", shape: outcome },
  },
  json: ["id", "url", "secret", "eventTypes", "createdAt", "listenerPid"],
  table: ["url", "events", "kept", "secret", "id"],
});
