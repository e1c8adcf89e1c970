/** A machine of this tool's in a turned time: its ledger outlives its processes, which end at any instant. */
import { createClient } from "../../src/api/client.ts";
import { SANDBOX_LOGIN } from "../../src/api/resources/connection.ts";
import { InterruptedError, NectarError, NetworkError } from "../../src/errors.ts";
import { type OnboardingResult, onboard } from "../../src/onboarding/engine.ts";
import { createLedger, type LedgerState } from "../../src/onboarding/ledger.ts";
import { companyKey, type OnboardingPlan } from "../../src/onboarding/plan.ts";
import type { Remembered } from "../../src/onboarding/ports.ts";
import { directReads } from "../../src/onboarding/reads.ts";
import { type Fate, VirtualTime, VirtualVendor } from "./virtual-vendor.ts";

const { password, ...login } = SANDBOX_LOGIN;

export const PLAN: OnboardingPlan = {
  company: { name: "Acme Foods", externalId: "acme-foods", isDerived: true },
  sites: [
    { name: "Plant", address: "123 Main St, Austin, TX", externalId: "acme-plant" },
    { name: "Cold Store", address: null, externalId: null },
  ],
  connection: login,
};

/** How a run ends before its time, and when: milliseconds after it began. */
export interface End {
  readonly how: "kill" | "interrupt" | "deadline";
  readonly afterMs: number;
}

export interface RunOptions {
  readonly plan?: OnboardingPlan;
  readonly profile?: string;
  /** What becomes of its creates, in order. */
  readonly fates?: readonly Fate[];
  readonly end?: End | null;
  readonly newConnection?: boolean;
  readonly remembered?: Remembered;
}

export type Outcome = OnboardingResult | NectarError | "killed";

/** How long the ledger's disk takes, in milliseconds: a process can end meanwhile. */
const DISK_MS = 2;

export class VirtualMachine {
  readonly time: VirtualTime;
  readonly vendor: VirtualVendor;
  /** By company key. */
  readonly ledgers = new Map<string, LedgerState>();

  constructor(vendor = new VirtualVendor(new VirtualTime())) {
    this.vendor = vendor;
    this.time = vendor.time;
  }

  /** Runs the engine once, as one process. */
  async run(options: RunOptions = {}): Promise<Outcome> {
    const { plan = PLAN, profile = "default", fates = [], newConnection = false } = options;
    const { end = null, remembered = null } = options;
    const { time, vendor } = this;
    vendor.fates = [...fates];
    let alive = true;
    let outcome: Outcome | null = null;
    const stop = new AbortController();
    const begun = time.now();
    const deadline = begun + (end?.how === "deadline" ? end.afterMs : 120_000);
    time.at(deadline, () => {
      stop.abort(new NetworkError("deadline", "not done in time", { processed: "unknown" }));
    });
    if (end?.how === "interrupt") {
      time.at(begun + end.afterMs, () => stop.abort(new InterruptedError("sigint")));
    }
    if (end?.how === "kill") {
      time.at(begun + end.afterMs, () => {
        alive = false;
        outcome ??= "killed";
      });
    }
    const company = "name" in plan.company ? companyKey(plan.company) : `id:${plan.company.id}`;
    const ledger = createLedger(
      {
        state: this.ledgers.get(company) ?? null,
        write: async (state) => {
          const written = structuredClone(state);
          await time.sleep(DISK_MS, new AbortController().signal);
          if (!alive) return new Promise(() => {});
          this.ledgers.set(company, written);
        },
        check: () => {},
        close: async () => {},
      },
      { target: "https://vendor.example/v2.2", company },
      time.now,
    );
    const api = createClient({ http: vendor.http(stop.signal, () => alive) });
    onboard(
      { profile, plan, password, newConnection, wait: false },
      {
        api,
        reads: directReads(api),
        clock: time,
        random: () => 0.5,
        signal: stop.signal,
        deadline: () => deadline,
        report: () => {},
        ledger,
        remembers: true,
        remembered,
        fateMs: 60_000,
        readLagMs: 10_000,
        keep: async () => {},
      },
    )
      .then(async (result) => {
        await ledger.finish();
        return result;
      })
      .then(
        (result) => {
          if (alive) outcome = result;
        },
        (error: unknown) => {
          if (!(error instanceof NectarError)) throw error;
          if (alive) outcome = error;
        },
      );
    await time.until(() => outcome !== null);
    if (outcome === null) throw new Error("the run hangs");
    return outcome;
  }

  /** What the account holds, past all that goes wrong. */
  async holds(): Promise<Holding> {
    const companies = (await this.vendor.ask("GET", "/company")).body as HeldCompany[];
    const connections: { readonly id: string }[] = [];
    for (const { id } of companies) {
      const { body } = await this.vendor.ask("GET", `/company/${id}/connection`);
      connections.push(...(body as { connections: { id: string }[] }).connections);
    }
    return { companies, sites: companies.flatMap(({ sites }) => sites), connections };
  }

  /** How many companies, sites and connections there are. */
  async counts(): Promise<readonly number[]> {
    const { companies, sites, connections } = await this.holds();
    return [companies.length, sites.length, connections.length];
  }
}

interface HeldCompany {
  readonly id: string;
  readonly name: string;
  readonly sites: readonly { readonly id: string; readonly name: string }[];
}

export interface Holding {
  readonly companies: readonly HeldCompany[];
  readonly sites: HeldCompany["sites"];
  readonly connections: readonly { readonly id: string }[];
}
