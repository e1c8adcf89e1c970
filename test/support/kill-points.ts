/**
 * Runs the onboarding engine in a world where the process can end at any point: before and after each request, while one
 * is in flight, and before and after each write of the journal and the profile. After the end nothing more happens.
 */
import { createClient, type NectarApi } from "../../src/api/client.ts";
import { createHttp } from "../../src/api/http.ts";
import { onboard } from "../../src/onboarding/engine.ts";
import { type Journal, openJournal } from "../../src/onboarding/journal.ts";
import type { OnboardingPlan } from "../../src/onboarding/plan.ts";
import type { PartialResult } from "../../src/onboarding/ports.ts";
import { testClock } from "./test-clock.ts";

/** The process ended. */
class Killed extends Error {}

/** Counts the points that a run passes, and ends it at one of them. */
class Guillotine {
  readonly passed: string[] = [];
  #dead = false;
  readonly #at: number | null;

  constructor(at: number | null) {
    this.#at = at;
  }

  /** Returns whether the run ends here; throws when it has ended before. */
  falls(label: string): boolean {
    if (this.#dead) throw new Killed();
    this.passed.push(label);
    this.#dead = this.passed.length === this.#at;
    return this.#dead;
  }

  point(label: string): void {
    if (this.falls(label)) throw new Killed(label);
  }
}

export interface KillWorld {
  readonly url: string;
  readonly key: string;
  /** Where the journals are. */
  readonly folder: string;
}

export interface Outcome {
  /** The points that were passed, the last of them the end if there was one. */
  readonly passed: readonly string[];
  readonly kept: PartialResult | null;
  readonly ended: "done" | "killed";
}

/** A machine: it outlives its processes, and requests that were in flight when one of them ended. */
export class Machine {
  readonly #world: KillWorld;
  readonly #clock = testClock();
  #inFlight: (() => Promise<unknown>)[] = [];

  constructor(world: KillWorld) {
    this.#world = world;
  }

  /**
   * Runs the engine once, as one process.
   *
   * @param at the point at which the process ends; null for none
   */
  async run(plan: OnboardingPlan, at: number | null, newConnection = false): Promise<Outcome> {
    const blade = new Guillotine(at);
    let kept: PartialResult | null = null;
    const stop = new AbortController();
    const api = this.#api(stop.signal);
    const { now } = this.#clock;
    const profile = "p";
    const journal = openJournal(
      { folder: this.#world.folder, uid: undefined, now },
      { profile, target: this.#world.url, plan, newConnection },
      false,
    );
    try {
      await onboard(
        { plan, password: "nectar-sandbox-password", newConnection, wait: true },
        {
          api: this.#mortalApi(api, blade),
          journal: mortalJournal(journal, blade),
          clock: {
            now,
            sleep: async (ms, signal) => {
              blade.point("sleep");
              await this.#clock.sleep(ms, signal);
              await this.land();
            },
          },
          signal: stop.signal,
          deadline: () => now() + 120_000,
          report: () => {},
          stillAlone: () => {},
          keep: async (result) => {
            blade.point("before the profile is written");
            kept = result;
            blade.point("after the profile is written");
          },
        },
      );
      return { passed: blade.passed, kept, ended: "done" };
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return { passed: blade.passed, kept, ended: "killed" };
    } finally {
      api.close();
    }
  }

  /** The server gets round to the requests whose sender is gone. */
  async land(): Promise<void> {
    const landing = this.#inFlight;
    this.#inFlight = [];
    for (const send of landing) await send();
  }

  #api(signal: AbortSignal): NectarApi {
    const { url, key } = this.#world;
    const http = createHttp({
      baseUrl: url,
      key,
      userAgent: "test",
      clock: this.#clock,
      random: () => 0,
      signal,
      deadline: () => Number.POSITIVE_INFINITY,
    });
    return createClient({ http });
  }

  #mortalApi(api: NectarApi, blade: Guillotine): NectarApi {
    const mortal =
      <Given extends unknown[], Answer>(name: string, call: (...given: Given) => Promise<Answer>) =>
      async (...given: Given): Promise<Answer> => {
        blade.point(`before ${name}`);
        if (name.startsWith("create") && blade.falls(`${name} in flight`)) {
          // Another client sends it later: this one's is closed when its process ends.
          const later = this.#api(new AbortController().signal);
          const method = later[name as keyof NectarApi] as unknown;
          this.#inFlight.push(async () => {
            await (method as (...given: Given) => Promise<Answer>)(...given);
            later.close();
          });
          throw new Killed(name);
        }
        const answer = await call(...given);
        blade.point(`after ${name}`);
        return answer;
      };
    return {
      ...api,
      listCompanies: mortal("listCompanies", api.listCompanies),
      getCompany: mortal("getCompany", api.getCompany),
      getSite: mortal("getSite", api.getSite),
      getConnection: mortal("getConnection", api.getConnection),
      createCompany: mortal("createCompany", api.createCompany),
      createSite: mortal("createSite", api.createSite),
      createConnection: mortal("createConnection", api.createConnection),
      async *listConnections(companyId, filter) {
        blade.point("before listConnections");
        yield* api.listConnections(companyId, filter);
        blade.point("after listConnections");
      },
    };
  }
}

function mortalJournal(journal: Journal, blade: Guillotine): Journal {
  return {
    continues: journal.continues,
    step: (name) => journal.step(name),
    async intend(name, what, body) {
      blade.point("before an intent is written");
      await journal.intend(name, what, body);
      blade.point("after an intent is written");
    },
    async drop(name) {
      blade.point("before an intent is dropped");
      await journal.drop(name);
      blade.point("after an intent is dropped");
    },
    async settle(name, id) {
      blade.point("before a result is written");
      await journal.settle(name, id);
      blade.point("after a result is written");
    },
    async finish() {
      blade.point("before the journal is removed");
      await journal.finish();
      blade.point("after the journal is removed");
    },
  };
}
