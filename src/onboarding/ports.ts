/** What the engine is given, and what it tells: its ports, and the shapes that pass through them. */
import type { NectarApi } from "../api/client.ts";
import type { Company } from "../api/schemas/company.ts";
import type { Connection } from "../api/schemas/connection.ts";
import type { Site } from "../api/schemas/site.ts";
import type { Journal } from "./journal.ts";
import type { OnboardingPlan } from "./plan.ts";
import type { Steps } from "./reconcile.ts";

export type Outcome = "created" | "existing";
export type WithOutcome<Thing> = Thing & { readonly outcome: Outcome };

/** What the engine tells while it works. */
export type EngineEvent =
  | { readonly kind: "working"; readonly on: "company" | "sites" | "connection" | "status" }
  /** An unfinished run of the same plan is continued; `since` is milliseconds since the epoch. */
  | { readonly kind: "continued"; readonly since: number; readonly steps: Steps }
  | { readonly kind: "company"; readonly company: WithOutcome<Company> }
  | { readonly kind: "site"; readonly site: WithOutcome<Site> }
  | { readonly kind: "connection"; readonly connection: WithOutcome<Connection> };

export interface EnginePorts {
  readonly api: NectarApi;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: () => number;
  readonly report: (event: EngineEvent) => void;
  readonly journal: Journal;
  /** Throws when another run has taken over: this one must create nothing more. */
  readonly stillAlone: () => void;
  /** Keeps what is there by now, so that no ID is lost when the next step fails. */
  readonly keep: (result: PartialResult) => Promise<void>;
}

export interface PartialResult {
  readonly company: Company;
  readonly sites: readonly Site[];
  readonly connection: Connection | null;
}

export interface OnboardingRequest {
  readonly plan: OnboardingPlan;
  /** Apart from the plan, which may be kept and shown. */
  readonly password: string;
  /** Open another connection even where one with this login and these sites exists. */
  readonly newConnection: boolean;
  /** Wait while the status is pending, until shortly before the deadline. */
  readonly wait: boolean;
}
