/// <reference lib="esnext.disposable" />
/** What `nectar-cli/emulator` promises to the programs that import it. Types only. */
import type { FAULT_FIELDS, Values } from "./faults/table.ts";
import type { Given } from "./given.ts";
import type { EMULATOR_OPTIONS } from "./options.ts";
import type { SEED, SEED_COMPANY, SEED_CONNECTION, SEED_SITE } from "./seed/schema.ts";
import type { SCENARIO, ScenarioOf } from "./statuses/scenario.ts";
import type { STATUS_TABLE } from "./statuses/statuses.ts";
import type { EVENT_TYPES } from "./webhooks/event-types.ts";

/**
 * A connection's status; `INCORRECT_PASSWORD` is the sandbox page's spelling of `PASSWORD_INCORRECT`.
 * @see https://docs.nectarclimate.com/developer-guide/connection-statuses.md
 */
export type ConnectionStatus = keyof typeof STATUS_TABLE;

/** What new connections go through by themselves. Each number counts the weekly checks after a login that was right. */
export interface Scenario extends ScenarioOf<typeof SCENARIO> {}

export interface SeedSite extends Given<typeof SEED_SITE> {}

export interface SeedConnection extends Given<typeof SEED_CONNECTION> {}

export interface SeedCompany extends Given<typeof SEED_COMPANY> {}

/** What an emulator is filled with. The same data twice creates nothing twice. */
export interface SeedData extends Given<typeof SEED> {}

/** Everything that a seed names, whether it was created or was there. */
export interface SeedResult {
  /** The emulator's time, ISO 8601 in UTC. */
  readonly now: string;
  readonly companies: readonly SeededCompany[];
}

export interface SeededCompany extends Seeded {
  readonly name: string;
  readonly externalId: string | null;
  readonly sites: readonly (Seeded & {
    readonly name: string;
    readonly externalId: string | null;
  })[];
  readonly connections: readonly (Seeded & { readonly status: string })[];
}

export interface Seeded {
  readonly id: string;
  /** What exists is left as it is. */
  readonly outcome: "created" | "existing";
}

/** A status that was set by hand. */
export interface StatusChange {
  /** The connection's ID. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Whether the documentation lists this step. */
  readonly documented: boolean;
  /** A sentence for error statuses, else null. */
  readonly detail: string | null;
}

/** What moving the emulator's time did. */
export interface TimeMove {
  /** The emulator's time after it, ISO 8601 in UTC. */
  readonly now: string;
  readonly advancedMs: number;
  /** Every change of status on the way, the earliest first. */
  readonly changed: readonly {
    /** The connection's ID. */
    readonly id: string;
    readonly from: string;
    readonly to: string;
    /** ISO 8601, UTC. */
    readonly at: string;
  }[];
}

/**
 * Something that goes wrong on purpose: the requests that get it, how many of them, and what happens to these: one effect,
 * or `lagMs` and `omit`, or these beside `delayMs`, `commitAfterMs`, `truncate`, `slowBody` or `malformed`. A request meets
 * the first fault with an effect whose turn it is, and every fault that only has `lagMs` or `omit`.
 * The same as `nectar emulator fault`, whose help lists the names of the routes.
 */
export interface Fault extends Values<typeof FAULT_FIELDS> {}

/** A fault that is set. A spent one stays in the list, so that a test can see that it fired. */
export interface SetFault extends Fault {
  readonly id: string;
  /** How many matching requests it has let through. */
  readonly skipped: number;
  /** How often it was met. */
  readonly fired: number;
  /** How many requests will still get it; null for ever. */
  readonly remaining: number | null;
}

export interface EmulatorOptions extends Given<typeof EMULATOR_OPTIONS> {}

/** What webhooks tell of. */
export type EventType = (typeof EVENT_TYPES)[number];

/** Where webhooks are sent. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  /** What messages are signed with, as Svix signs; starts with `whsec_`. */
  readonly secret: string;
  /** Empty takes every event. */
  readonly eventTypes: readonly string[];
}

/** One message for one endpoint, and what became of it. */
export interface WebhookDelivery {
  /** The same for every attempt; the header `svix-id`. */
  readonly messageId: string;
  readonly endpointId: string;
  readonly eventType: string;
  readonly payload: unknown;
  readonly state: "waiting" | "delivered" | "failed";
  /** ISO 8601, UTC; null when it is not tried again. */
  readonly nextAttempt: string | null;
  readonly attempts: readonly {
    /** ISO 8601, UTC. */
    readonly at: string;
    /** In milliseconds. */
    readonly took: number;
    /** The HTTP status; null when there was no answer. */
    readonly status: number | null;
    readonly error: string | null;
  }[];
}

/** A running emulator of the Nectar API. */
export interface Emulator {
  /** The base URL, such as `http://127.0.0.1:4010/v2.2`. */
  readonly url: string;
  /** The only key that it accepts, in the `X-API-Key` header. */
  readonly key: string;
  readonly port: number;
  /** Removes all objects, faults and webhooks, and brings the emulator's time back to the machine's. */
  reset(): Promise<void>;
  /** Creates what is not there yet, all of it or nothing. */
  seed(data: SeedData): Promise<SeedResult>;
  /**
   * Sets a connection's status, whatever it was; what it was scripted to do is dropped.
   * @param detail instead of our own sentence for an error status
   */
  setStatus(
    connectionId: string,
    status: ConnectionStatus,
    detail?: string | undefined,
  ): Promise<StatusChange>;
  readonly faults: {
    add(fault: Fault): Promise<SetFault>;
    /** In the order in which they were added. */
    list(): Promise<readonly SetFault[]>;
    /** @returns how many there were */
    clear(): Promise<number>;
  };
  /** Endpoints, which the vendor's customers register in a portal, and what was sent to them. */
  readonly webhooks: {
    /** A URL that is registered already keeps its ID and, unless another is given, its secret. */
    add(endpoint: {
      readonly url: string;
      /** Every event when not given. */
      readonly eventTypes?: readonly EventType[] | undefined;
      readonly secret?: string | undefined;
    }): Promise<WebhookEndpoint>;
    list(): Promise<readonly WebhookEndpoint[]>;
    /** @returns whether there was one */
    remove(id: string): Promise<boolean>;
    /** Sends all that is due by now, and waits for it. Without this they are sent by themselves, soon after. */
    deliver(): Promise<void>;
    /** The newest first. */
    deliveries(): Promise<readonly WebhookDelivery[]>;
  };
  /**
   * Moves the emulator's time ahead.
   * @param by a duration such as `"7d"` or `"12h"`, or milliseconds
   */
  advance(by: string | number): Promise<TimeMove>;
  /** Ends it, and all that keeps the process alive. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an emulator in this process, on 127.0.0.1. Two of them share nothing.
 *
 * @throws an error whose `code` says what is wrong, for instance `port_in_use` or `invalid_seed`
 */
export type StartEmulator = (options?: EmulatorOptions) => Promise<Emulator>;
