/** `apply` on a machine in virtual time: many companies as one process, which can end at any instant. */
import { setMaxListeners } from "node:events";
import { createClient } from "../../src/api/client.ts";
import { SANDBOX_LOGIN } from "../../src/api/resources/connection.ts";
import { InterruptedError } from "../../src/errors.ts";
import { createLedger } from "../../src/onboarding/ledger.ts";
import { companyKey } from "../../src/onboarding/plan.ts";
import type { FileEntry } from "../../src/onboarding/plan-file.ts";
import { type Applied, applyPlans } from "../../src/onboarding/portfolio.ts";
import { openSharedReads } from "../../src/onboarding/reads.ts";
import type { End, VirtualMachine } from "./virtual-machine.ts";
import type { Fate } from "./virtual-vendor.ts";

const { password, ...login } = SANDBOX_LOGIN;
const DISK_MS = 2;
const GRACE_MS = 5_000;

/** A company with two sites. */
export function entry(key: string): FileEntry {
  return {
    key,
    line: 1,
    passwordEnv: null,
    plan: {
      company: { name: `Company ${key}`, externalId: key, isDerived: false },
      sites: [
        { name: "Plant", address: null, externalId: `${key}-plant` },
        { name: "Cold Store", address: null, externalId: null },
      ],
      connection: login,
    },
  };
}

/** @returns the companies that ended, in the order in which they did; null if the process was killed */
export async function applyOnce(
  machine: VirtualMachine,
  entries: readonly FileEntry[],
  options: { readonly fates?: readonly Fate[]; readonly end?: End | null } = {},
): Promise<readonly Applied[] | null> {
  const { time, vendor, ledgers } = machine;
  const { fates = [], end = null } = options;
  vendor.fates = [...fates];
  let alive = true;
  let isOver = false;
  const ended: Applied[] = [];
  const stop = new AbortController();
  const late = new AbortController();
  setMaxListeners(0, stop.signal, late.signal);
  if (end !== null) {
    time.at(time.now() + end.afterMs, () => {
      if (end.how === "kill") {
        alive = false;
        return;
      }
      const reason = new InterruptedError("sigint");
      stop.abort(reason);
      time.at(time.now() + GRACE_MS, () => late.abort(reason));
    });
  }
  const api = createClient({ http: vendor.http(late.signal, () => alive) });
  const run = async () => {
    const reads = await openSharedReads(api, time.now);
    await applyPlans(
      { entries, concurrency: 2, passwordOf: () => password, waitMs: 0 },
      {
        ...{ api, reads, clock: time, signal: stop.signal },
        deadline: () => Number.POSITIVE_INFINITY,
        goesOn: () => alive && !stop.signal.aborted,
        ended: (result) => ended.push(result),
        async open({ plan }, parts) {
          if ("id" in plan.company) throw new Error("a file names no company by ID");
          const company = companyKey(plan.company);
          const ledger = createLedger(
            {
              state: ledgers.get(company) ?? null,
              write: async (state) => {
                const written = structuredClone(state);
                await time.sleep(DISK_MS, new AbortController().signal);
                if (!alive) return new Promise(() => {});
                ledgers.set(company, written);
              },
              check: () => {},
              close: async () => {},
            },
            { target: "https://vendor.example/v2.2", company },
            time.now,
          );
          return {
            ...{ api, ledger, clock: time, signal: stop.signal, random: () => 0.5 },
            ...{
              remembers: true,
              remembered: null,
              fateMs: 60_000,
              readLagMs: 0,
            },
            deadline: () => Number.POSITIVE_INFINITY,
            ...parts,
          };
        },
      },
    );
  };
  run().then(
    () => {
      isOver = true;
    },
    (error: unknown) => {
      if (alive) throw error;
    },
  );
  await time.until(() => isOver || !alive);
  if (alive && !isOver) throw new Error("the run hangs");
  return alive ? ended : null;
}
