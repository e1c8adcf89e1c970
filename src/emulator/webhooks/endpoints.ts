/** The endpoints of webhooks and the log of their deliveries. At the vendor's, both are in a portal that no API reaches. */
import * as z from "zod/mini";
import { UsageError } from "../../errors.ts";
import { newSecret, openVerifier } from "../../webhooks/signature.ts";
import { emulatorTime } from "../clock.ts";
import type { EndpointRecord } from "../state/entities.ts";
import type { EmulatorStore } from "../store.ts";
import { forgotten, isoOf, type LoggedDelivery, loggedDeliveries } from "./delivery-log.ts";
import { ENDPOINT_URL_RULE, readEndpointUrl } from "./endpoint-url.ts";
import { EVENT_TYPES, type EventType } from "./event-types.ts";

const givenSchema = z.strictObject(
  {
    url: z.string("must be text"),
    eventTypes: z.optional(
      z.array(
        z.enum(EVENT_TYPES, `must hold only ${EVENT_TYPES.join(", ")}`),
        "must be a list of events",
      ),
    ),
  },
  "must be an object",
);

/** An endpoint as somebody asks for it. */
export interface GivenEndpoint {
  readonly url: string;
  /** None takes every event. */
  readonly eventTypes?: readonly EventType[] | undefined;
  /** Made when not given. */
  readonly secret?: string | undefined;
  /** See `EndpointRecord`. */
  readonly listenerPid?: number | undefined;
}

export interface WebhookControl {
  /**
   * Registers a URL. Our choice: one that is registered already keeps its ID, and its secret unless another is given, and
   * takes the events of this call.
   * @returns the endpoint, and whether it is new
   * @throws {UsageError} `invalid_webhook`; `invalid_input` for a secret that nothing can be signed with
   */
  add(
    given: GivenEndpoint,
  ): Promise<{ readonly endpoint: EndpointRecord; readonly added: boolean }>;
  /** In the order in which they were registered. */
  list(): Promise<readonly EndpointRecord[]>;
  /** Removes an endpoint and what waits for it; what was sent stays in the log. @returns whether there was one */
  remove(id: string): Promise<boolean>;
  /** The log, newest first. */
  deliveries(wanted?: {
    readonly endpointId?: string | undefined;
    readonly limit?: number | undefined;
  }): Promise<readonly LoggedDelivery[]>;
}

/**
 * The endpoints of a store. All methods throw a LocalStateError when the folder can't be read, written or locked.
 *
 * @param parts.ids gives a new UUID each time
 */
export function openWebhooks(
  store: EmulatorStore,
  { clock, ids }: { readonly clock: { now(): number }; readonly ids: () => string },
): WebhookControl {
  return {
    add: async (given) => {
      const url = readEndpointUrl(given.url);
      if (url === null) throw refused(`url: must be ${ENDPOINT_URL_RULE}`);
      // Found out here: while a message is being signed there is nobody left to tell.
      if (given.secret !== undefined) await openVerifier(given.secret);
      const fresh = { id: ids(), secret: given.secret ?? newSecret(ids) };
      return store.write((view, changes) => {
        const known = view.endpoints().find((endpoint) => endpoint.url === url);
        const endpoint: EndpointRecord = {
          ...{ ...fresh, created: isoOf(emulatorTime(view, clock)), url },
          ...known,
          ...(given.secret === undefined ? {} : { secret: given.secret }),
          eventTypes: given.eventTypes ?? [],
          // One that stays does not become one that goes.
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
          ...forgotten(view, ({ endpointId, state }) => endpointId === id && state === "waiting"),
        );
        return true;
      }),
    deliveries: (wanted = {}) => store.read((view) => loggedDeliveries(view, wanted)),
  };
}

/**
 * Checks what came over HTTP.
 * @throws {UsageError} `invalid_webhook`, whose message names every broken field and its rule
 */
export function parseEndpoint(value: unknown): GivenEndpoint {
  const result = z.safeParse(givenSchema, value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `${key}: is not a field of a webhook`).join("; ")
      : `${String(issue.path[0] ?? "webhook")}: ${issue.message}`,
  );
  throw refused([...new Set(problems)].join("; "));
}

function refused(rule: string): UsageError {
  return new UsageError("invalid_webhook", `${rule}.`);
}
