/** What the engine is given, and what it tells: its ports, and the shapes that pass through them. */
import type { NectarApi } from "../api/client.ts";
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import type { Kind, Ledger } from "./ledger.ts";
import type { OnboardingPlan } from "./plan.ts";

export type Outcome = "created" | "existing";
export type WithOutcome<Thing> = Thing & { readonly outcome: Outcome };

/** What the engine tells while it works. */
export type EngineEvent =
  | { readonly kind: "working"; readonly on: "company" | "sites" | "connection" | "status" }
  /** A create may have reached the server; it is looked for until then, in milliseconds since the epoch. */
  | { readonly kind: "looking"; readonly on: Kind; readonly until: number }
  /** An unfinished run of the same plan is continued; `since` is milliseconds since the epoch. */
  | {
      readonly kind: "continued";
      readonly since: number;
      readonly company: boolean;
      /** How many of the plan's sites are there, and how many it has. */
      readonly sites: readonly [found: number, all: number];
    }
  | { readonly kind: "company"; readonly company: WithOutcome<Company> }
  | { readonly kind: "site"; readonly site: WithOutcome<Site> }
  | { readonly kind: "connection"; readonly connection: WithOutcome<Connection> };

/** IDs that are remembered elsewhere than in the ledger: what the profile holds. */
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

export interface EnginePorts {
  readonly api: NectarApi;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: () => number;
  readonly report: (event: EngineEvent) => void;
  readonly ledger: Ledger;
  /** False where the ledger is forgotten with the run. */
  readonly remembers: boolean;
  readonly remembered: Remembered | null;
  /** How long after it was sent a create may still appear, in milliseconds. */
  readonly fateMs: number;
  /** Told of each object that this run has created, before anything is written. */
  readonly created: (kind: Kind, id: string) => void;
  /** Keeps what is there by now, so that no ID is lost when the next step fails. */
  readonly keep: (result: PartialResult) => Promise<void>;
}

export interface PartialResult {
  readonly company: Company;
  readonly sites: readonly Site[];
  readonly connection: Connection | null;
}

export interface OnboardingRequest {
  readonly profile: string;
  readonly plan: OnboardingPlan;
  /** Apart from the plan, which may be kept and shown. */
  readonly password: string;
  /** Open another connection even where one with this login and these sites exists. */
  readonly newConnection: boolean;
  /** Wait while the status is pending, until shortly before the deadline. */
  readonly wait: boolean;
}
