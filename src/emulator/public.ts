/// <reference lib="esnext.disposable" />
/** The public API of `nectar-cli/emulator`. Types only. */
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

/** Scripted status changes of new connections. Each number counts weekly checks after a successful login. */
export interface Scenario extends ScenarioOf<typeof SCENARIO> {}

export interface SeedSite extends Given<typeof SEED_SITE> {}

export interface SeedConnection extends Given<typeof SEED_CONNECTION> {}

export interface SeedCompany extends Given<typeof SEED_COMPANY> {}

/** Initial data for an emulator. Seeding the same data again creates no duplicates. */
export interface SeedData extends Given<typeof SEED> {}

/** Every object of a seed, whether it was created or already existed. */
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
  /** An existing object is left unchanged. */
  readonly outcome: "created" | "existing";
}

/** A status change made with `setStatus`. */
export interface StatusChange {
  /** The connection's ID. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Whether the documentation lists this transition. */
  readonly documented: boolean;
  /** A sentence for error statuses, else null. */
  readonly detail: string | null;
}

/** The result of moving the emulator's time. */
export interface TimeMove {
  /** The emulator's time after the move, ISO 8601 in UTC. */
  readonly now: string;
  readonly advancedMs: number;
  /** Every status change on the way, earliest first. */
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
 * A failure injected on purpose: which requests it applies to, how many of them, and what happens: one effect, or `lagMs`
 * and `omit`, or these combined with `delayMs`, `commitAfterMs`, `truncate`, `slowBody` or `malformed`. A request gets the
 * first active fault with an effect, and every active fault that has only `lagMs` or `omit`.
 * The same as `nectar emulator fault`, whose help lists the route names.
 */
export interface Fault extends Values<typeof FAULT_FIELDS> {}

/** A fault that was added. It stays in the list once used up, so that a test can see that it fired. */
export interface SetFault extends Fault {
  readonly id: string;
  /** How many matching requests have passed without it so far. */
  readonly skipped: number;
  /** How many requests have got it. */
  readonly fired: number;
  /** How many more requests will get it; null when unlimited. */
  readonly remaining: number | null;
}

export interface EmulatorOptions extends Given<typeof EMULATOR_OPTIONS> {}

/** The events that webhooks report. */
export type EventType = (typeof EVENT_TYPES)[number];

/** Where webhooks are sent. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  /** Signs messages the way Svix does; starts with `whsec_`. */
  readonly secret: string;
  /** Empty means every event. */
  readonly eventTypes: readonly string[];
}

/** One message for one endpoint, and its delivery attempts. */
export interface WebhookDelivery {
  /** The `svix-id` header, the same on every attempt. */
  readonly messageId: string;
  readonly endpointId: string;
  readonly eventType: string;
  readonly payload: unknown;
  readonly state: "waiting" | "delivered" | "failed";
  /** ISO 8601, UTC; null when there is no further attempt. */
  readonly nextAttempt: string | null;
  readonly attempts: readonly {
    /** ISO 8601, UTC. */
    readonly at: string;
    /** In milliseconds. */
    readonly took: number;
    /** The HTTP status; null when there was no response. */
    readonly status: number | null;
    readonly error: string | null;
  }[];
}

/** A running emulator of the Nectar API. */
export interface Emulator {
  /** The base URL, such as `http://127.0.0.1:4010/v2.2`. */
  readonly url: string;
  /** The only key it accepts, in the `X-API-Key` header. */
  readonly key: string;
  readonly port: number;
  /** Removes all objects, faults and webhooks, and sets the emulator's time back to the machine's. */
  reset(): Promise<void>;
  /** Creates the objects that do not exist yet, all of them or none. */
  seed(data: SeedData): Promise<SeedResult>;
  /**
   * Sets a connection's status, whatever it was, and drops its scripted status changes.
   * @param detail replaces our own sentence for an error status
   */
  setStatus(
    connectionId: string,
    status: ConnectionStatus,
    detail?: string | undefined,
  ): Promise<StatusChange>;
  readonly faults: {
    add(fault: Fault): Promise<SetFault>;
    /** In the order they were added. */
    list(): Promise<readonly SetFault[]>;
    /** @returns how many were removed */
    clear(): Promise<number>;
  };
  /** Endpoints, which Nectar's customers register in a portal, and the deliveries to them. */
  readonly webhooks: {
    /** A URL that is already registered keeps its ID and, unless a new one is given, its secret. */
    add(endpoint: {
      readonly url: string;
      /** Default every event. */
      readonly eventTypes?: readonly EventType[] | undefined;
      readonly secret?: string | undefined;
    }): Promise<WebhookEndpoint>;
    list(): Promise<readonly WebhookEndpoint[]>;
    /** @returns whether it existed */
    remove(id: string): Promise<boolean>;
    /** Sends everything that is due, and waits for it. Otherwise it is sent in the background soon after. */
    deliver(): Promise<void>;
    /** Newest first. */
    deliveries(): Promise<readonly WebhookDelivery[]>;
  };
  /**
   * Moves the emulator's time ahead.
   * @param by a duration such as `"7d"` or `"12h"`, or milliseconds
   */
  advance(by: string | number): Promise<TimeMove>;
  /** Stops the emulator and releases everything that keeps the process alive. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an emulator in this process, on 127.0.0.1. Emulators share nothing, unless they are given the same `stateDir`.
 *
 * @throws an error whose `code` says what is wrong, for instance `port_in_use` or `invalid_seed`
 */
export type StartEmulator = (options?: EmulatorOptions) => Promise<Emulator>;
