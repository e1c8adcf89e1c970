/** The engine's ports, and the types that pass through them. */
import type { NectarApi } from "../api/client.ts";
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import type { Kind, Ledger } from "./ledger.ts";
import type { OnboardingPlan } from "./plan.ts";
import type { DeadlinePorts } from "./poll.ts";
import type { Reads } from "./reads.ts";

export type Outcome = "created" | "existing";
export type WithOutcome<Thing> = Thing & { readonly outcome: Outcome };

/** Progress events of the engine. */
export type EngineEvent =
  | { readonly kind: "working"; readonly on: "company" | "sites" | "connection" | "status" }
  /** A create may have reached the server; its object is looked up until `until`, in milliseconds since the epoch. */
  | { readonly kind: "looking"; readonly on: Kind; readonly until: number }
  /** An unfinished run of the same plan is continued; `since` is milliseconds since the epoch. */
  | {
      readonly kind: "continued";
      readonly since: number;
      readonly company: boolean;
      /** How many of the plan's sites exist, out of how many. */
      readonly sites: readonly [found: number, all: number];
    }
  | { readonly kind: "company"; readonly company: WithOutcome<Company> }
  | { readonly kind: "site"; readonly site: WithOutcome<Site> }
  | { readonly kind: "connection"; readonly connection: WithOutcome<Connection> };

/** IDs that the profile stores, as opposed to the ledger. */
export interface Remembered {
  readonly company: NamedId | null;
  readonly sites: readonly NamedId[];
  readonly connection: {
    readonly id: string;
    readonly url: string | null;
    readonly username: string | null;
  } | null;
}

interface NamedId {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
}

export interface EnginePorts extends DeadlinePorts {
  readonly api: NectarApi;
  readonly reads: Reads;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly report: (event: EngineEvent) => void;
  readonly ledger: Ledger;
  /** False if the ledger is not saved. */
  readonly remembers: boolean;
  readonly remembered: Remembered | null;
  /** How long a create's object may take to appear after sending, in milliseconds. */
  readonly fateMs: number;
  /** How long an object may not be found at its ID after it was created, in milliseconds. */
  readonly readLagMs: number;
  /** Saves the results so far, so that no ID is lost if the next step fails. */
  readonly keep: (result: PartialResult) => Promise<void>;
}

/** The ports while a run is under way. */
export interface RunPorts extends EnginePorts {
  /** Called for each object that this run created, before anything is written. */
  readonly created: (kind: Kind, id: string) => void;
}

export interface PartialResult {
  readonly company: WithOutcome<Company>;
  readonly sites: readonly WithOutcome<Site>[];
  readonly connection: WithOutcome<Connection> | null;
}

export interface OnboardingRequest {
  /** The run is recorded under this profile until it has finished, so that the wizard can continue it; null: it is not. */
  readonly profile: string | null;
  readonly plan: OnboardingPlan;
  /** Kept out of the plan, which may be stored and shown. */
  readonly password: string;
  /** Create another connection even if one with this login and these sites exists. */
  readonly newConnection: boolean;
  /** Wait while the status is pending, until shortly before the deadline. */
  readonly wait: boolean;
}
