/// <reference lib="esnext.disposable" />
/**
 * What `nectar-cli/emulator` promises to the programs that import it. The build ships this file as its declaration, so it
 * holds types only and imports nothing.
 */

/**
 * A connection's status; `INCORRECT_PASSWORD` is the sandbox page's spelling of `PASSWORD_INCORRECT`.
 * @see https://docs.nectarclimate.com/developer-guide/connection-statuses.md
 */
export type ConnectionStatus =
  | "PENDING"
  | "UNDER_INVESTIGATION"
  | "CONNECTED"
  | "WEBSITE_DOWN"
  | "URL_INACCESSIBLE"
  | "NO_ACCOUNTS_FOUND"
  | "OTHER_ERROR"
  | "MFA_TOKEN_EXPIRED"
  | "PASSWORD_INCORRECT"
  | "INCORRECT_PASSWORD"
  | "NEW_PASSWORD_NEEDED"
  | "ADDITIONAL_CREDENTIALS_NEEDED"
  | "COMPANY_INACTIVE";

/** What new connections go through by themselves. Each number counts the weekly checks after a login that was right. */
export interface Scenario {
  readonly "mfa-expires-after"?: number | undefined;
  readonly "password-changes-after"?: number | undefined;
  readonly "new-password-after"?: number | undefined;
  readonly "more-credentials-after"?: number | undefined;
  readonly "website-down-after"?: number | undefined;
  readonly "url-inaccessible-after"?: number | undefined;
  readonly "no-accounts-after"?: number | undefined;
  readonly "investigated-after"?: number | undefined;
  readonly "fails-after"?: number | undefined;
  readonly "company-inactive-after"?: number | undefined;
  /** How long a new connection stays pending before its login is tried: a duration such as `"3d"`, or milliseconds. */
  readonly "pending-for"?: string | number | undefined;
}

/** What an emulator is filled with. The same data twice creates nothing twice. */
export interface SeedData {
  readonly companies?: readonly SeedCompany[] | undefined;
  /**
   * The emulator's time: a date such as `"2025-06-01"`, a time in ISO 8601, or how far to move it ahead, such as `"30d"`.
   * It goes back only where nothing has moved it and there is no connection.
   */
  readonly clock?: string | undefined;
}

export interface SeedCompany {
  /** A UUID. When not given, it follows from the external ID or the name, so that it is the same in every run. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly externalId?: string | undefined;
  /** YYYY-MM-DD; 1 January of the previous year when not given. */
  readonly dataCollectionStartDate?: string | undefined;
  readonly sites?: readonly SeedSite[] | undefined;
  readonly connections?: readonly SeedConnection[] | undefined;
}

export interface SeedSite {
  readonly id?: string | undefined;
  readonly name: string;
  readonly address?: string | undefined;
  readonly externalId?: string | undefined;
}

export interface SeedConnection {
  readonly id?: string | undefined;
  /** The provider's; the documented sandbox login where nothing is given. */
  readonly url?: string | undefined;
  readonly username?: string | undefined;
  /** Tried and forgotten. */
  readonly password?: string | undefined;
  readonly country?: string | undefined;
  /** 1 to 3 sites of the company: by index in this seed, external ID or ID. The first three when not given. */
  readonly sites?: readonly (number | string)[] | undefined;
  /** The status that it starts with, whatever the login is. Not together with `scenario`. */
  readonly status?: ConnectionStatus | undefined;
  /** Instead of the emulator's own. */
  readonly scenario?: Scenario | undefined;
  /** A date, or a time in ISO 8601, not after the emulator's time; now when not given. */
  readonly createdAt?: string | undefined;
}

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
export interface Fault {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE" | "*" | undefined;
  /** Below the version, such as `/company/:id/site` with `*` for the ID; `*` is one segment, `**` at the end any rest. */
  readonly path?: string | undefined;
  /** Instead of both, such as `connections.create`, in either path form. */
  readonly route?: string | undefined;
  /** How many matching requests are let through first; 0 when not given. */
  readonly skip?: number | undefined;
  /** How many then get it; 1 when not given, null for ever. */
  readonly times?: number | null | undefined;
  /** 101, or from 200 to 599. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  /** With `status`: act first, and hide it. */
  readonly after?: "commit" | undefined;
  readonly delayMs?: number | undefined;
  /** Act and answer this much later, in milliseconds, whatever the client does; dropped when the emulator is closed. */
  readonly commitAfterMs?: number | undefined;
  readonly when?: "before" | "after" | undefined;
  readonly cut?: "before" | "after" | undefined;
  readonly truncate?: number | undefined;
  readonly slowBody?: { readonly bytesPerSecond: number } | undefined;
  readonly endless?: true | undefined;
  readonly html?: true | undefined;
  readonly malformed?: true | undefined;
  readonly redirect?: string | undefined;
  readonly hang?: "before" | "after" | undefined;
  /** Lists show what was there this long ago by the emulator's time, in milliseconds, up to an hour; a read by ID does not lag. */
  readonly lagMs?: number | undefined;
  /** These members are left out of every object of the answer; `id` can't be. */
  readonly omit?: readonly string[] | undefined;
}

export interface SetFault extends Fault {
  readonly id: string;
  readonly skipped: number;
  /** How often it was met. */
  readonly fired: number;
  /** How many requests will still get it; null for ever. */
  readonly remaining: number | null;
}

export interface EmulatorOptions {
  /** On 127.0.0.1; a free one when not given. */
  readonly port?: number | undefined;
  readonly seed?: SeedData | undefined;
  readonly scenario?: Scenario | undefined;
  /** How long after a login data appears, from 0 to 30,000 milliseconds; 2000 when not given. */
  readonly dataDelayMs?: number | undefined;
  /** How a wrong login is spelt; `PASSWORD_INCORRECT` when not given. */
  readonly wrongPasswordStatus?: "PASSWORD_INCORRECT" | "INCORRECT_PASSWORD" | undefined;
  /** Which of the two documented path forms are answered; both when not given. */
  readonly paths?: "both" | "guide" | "reference" | undefined;
  /** The machine's time, in milliseconds since 1970; `Date.now` when not given. */
  readonly now?: (() => number) | undefined;
  /** A folder to keep everything in; in memory when not given. */
  readonly stateDir?: string | undefined;
}

/** What webhooks tell of. */
export type EventType =
  | "connection.created.v2"
  | "connection.updated.v2"
  | "connection.validated.v2"
  | "document.created.v2"
  | "document.updated.v2"
  | "document.deleted.v2";

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
