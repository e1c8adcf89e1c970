/** Webhook endpoints and their delivery log. The vendor has both in a portal that has no API. */
import * as z from "zod/mini";
import { UsageError } from "../../errors.ts";
import { newSecret, openVerifier } from "../../webhooks/signature.ts";
import { emulatorTime, isoOf } from "../clock.ts";
import type { Given } from "../given.ts";
import type { EndpointRecord } from "../state/entities.ts";
import type { EmulatorStore } from "../store.ts";
import { type LogFilter, type LoggedDelivery, loggedDeliveries, pruneLog } from "./delivery-log.ts";
import { ENDPOINT_URL_RULE, readEndpointUrl } from "./endpoint-url.ts";
import { EVENT_TYPES } from "./event-types.ts";
import type { OutboxParts } from "./outbox.ts";

const fields = {
  url: z.string("must be text"),
  /** Missing or empty means every event. */
  eventTypes: z.optional(
    z.array(
      z.enum(EVENT_TYPES, `each must be one of ${EVENT_TYPES.join(", ")}`),
      "must be a list of event types",
    ),
  ),
};

export interface GivenEndpoint extends Given<typeof fields> {
  /** Generated when not given. */
  readonly secret?: string | undefined;
  /** See `EndpointRecord`. */
  readonly listenerPid?: number | undefined;
}

export interface WebhookControl {
  /**
   * Registers a URL. Our choice: one that is already registered keeps its ID, keeps its secret unless a new one is given,
   * and switches to the events of this call.
   * @returns the endpoint, and whether it is new
   * @throws {UsageError} `invalid_webhook`; `invalid_input` for a secret that can't sign
   */
  add(
    given: GivenEndpoint,
  ): Promise<{ readonly endpoint: EndpointRecord; readonly added: boolean }>;
  /** In the order they were registered. */
  list(): Promise<readonly EndpointRecord[]>;
  /** Removes an endpoint and its waiting deliveries; finished ones stay in the log. @returns whether it existed */
  remove(id: string): Promise<boolean>;
  /** The log, newest first. */
  deliveries(wanted?: LogFilter): Promise<readonly LoggedDelivery[]>;
}

/** Opens the endpoints of a store. All methods throw a LocalStateError when the folder can't be read, written or locked. */
export function openWebhooks(store: EmulatorStore, { clock, ids }: OutboxParts): WebhookControl {
  return {
    add: async (given) => {
      const url = readEndpointUrl(given.url);
      if (url === null) throw invalidWebhook(`url: must be ${ENDPOINT_URL_RULE}`);
      // Validates the secret now, because an error while signing could not be reported to the user.
      if (given.secret !== undefined) await openVerifier(given.secret);
      const fresh = { id: ids(), secret: given.secret ?? newSecret(ids) };
      return store.write((view, changes) => {
        const known = view.endpoints().find((endpoint) => endpoint.url === url);
        const endpoint: EndpointRecord = {
          ...{ ...fresh, created: isoOf(emulatorTime(view, clock)), url },
          ...known,
          ...(given.secret === undefined ? {} : { secret: given.secret }),
          eventTypes: given.eventTypes ?? [],
          // A permanent endpoint stays permanent.
          listenerPid: known?.listenerPid === null ? null : (given.listenerPid ?? null),
        };
        changes.push({ op: "put", kind: "endpoint", value: endpoint });
        return { endpoint, added: known === undefined };
      });
    },
    list: () => store.read((view) => view.endpoints()),
    remove: (id) =>
      store.write((view, changes) => {
        if (view.endpoint(id) === undefined) return false;
        changes.push(
          { op: "delete", kind: "endpoint", id },
          ...pruneLog(view, ({ endpointId, state }) => endpointId === id && state === "waiting"),
        );
        return true;
      }),
    deliveries: (wanted = {}) => store.read((view) => loggedDeliveries(view, wanted)),
  };
}

/**
 * Validates an endpoint from outside.
 * @throws {UsageError} `invalid_webhook`, whose message names every invalid field and its rule
 */
export function parseEndpoint(value: unknown): GivenEndpoint {
  const result = z.safeParse(z.strictObject(fields, "must be an object"), value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `${key}: is not a field of a webhook`).join("; ")
      : `${String(issue.path[0] ?? "webhook")}: ${issue.message}`,
  );
  throw invalidWebhook([...new Set(problems)].join("; "));
}

function invalidWebhook(problems: string): UsageError {
  return new UsageError("invalid_webhook", `${problems}.`);
}
