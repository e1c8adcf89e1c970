/** The store against a plain model, over random changes by two stores of one folder, resets and killed writers. */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { View } from "../../src/emulator/state/collections.ts";
import type { Change, Kind } from "../../src/emulator/state/entities.ts";
import {
  createMemoryStore,
  type EmulatorStore,
  openStore,
  resetEmulator,
} from "../../src/emulator/store.ts";
import { temporaryFolder } from "./harness.ts";
import {
  accountRecord,
  commit,
  companyRecord,
  connectionRecord,
  dataOf,
  deliveryRecord,
  endpointRecord,
  invitationRecord,
  jobRecord,
  messageRecord,
  siteRecord,
} from "./state/records.ts";

/** The objects of each kind by ID, in the order of creation. */
type Model = Map<Kind, Map<string, { readonly id: string; readonly companyId?: string }>>;

const OWNED: readonly Kind[] = ["site", "connection", "account", "invitation", "job"];
const FREE: readonly Kind[] = ["endpoint", "message", "delivery"];
const COMPANIES = ["p", "q"];
const IDS = ["1", "2", "3", "4"];

type Step =
  | { readonly do: "put"; readonly store: number; readonly changes: readonly Change[] }
  | { readonly do: "reopen"; readonly store: number }
  | { readonly do: "kill" }
  | { readonly do: "reset" };

const companyId = fc.constantFrom(...COMPANIES);
const id = fc.constantFrom(...IDS);

const change: fc.Arbitrary<Change> = fc.oneof(
  companyId.map((of): Change => ({ op: "put", kind: "company", value: companyRecord(of) })),
  fc
    .tuple(id, companyId)
    .chain(([one, of]) =>
      fc.constantFrom<Change>(
        { op: "put", kind: "site", value: siteRecord(one, of) },
        { op: "put", kind: "connection", value: connectionRecord(one, of) },
        { op: "put", kind: "account", value: accountRecord(one, of) },
        { op: "put", kind: "invitation", value: invitationRecord(one, of) },
        { op: "put", kind: "job", value: jobRecord(one, of) },
      ),
    ),
  id.chain((one) =>
    fc.constantFrom<Change>(
      { op: "put", kind: "endpoint", value: endpointRecord(one) },
      { op: "put", kind: "message", value: messageRecord(one) },
      { op: "put", kind: "delivery", value: deliveryRecord(one) },
    ),
  ),
  fc.nat(99).map(
    (offsetMs): Change => ({
      ...{ op: "put", kind: "clock" },
      value: { id: "clock", offsetMs },
    }),
  ),
  fc
    .tuple(fc.constantFrom(...OWNED, ...FREE), id)
    .map(([kind, one]): Change => ({ op: "delete", kind, id: one })),
  companyId.map((of): Change => ({ op: "delete", kind: "company", id: of })),
);

const store = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      store,
      changes: fc.array(change, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const), store }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const) }) },
);

/** The model after a write; null for one that puts something into a company that is not there. */
function after(model: Model, changes: readonly Change[]): Model | null {
  const next: Model = new Map([...model].map(([kind, objects]) => [kind, new Map(objects)]));
  for (const each of changes) {
    if (each.op === "delete") {
      next.get(each.kind)?.delete(each.id);
      if (each.kind !== "company") continue;
      for (const kind of OWNED) {
        for (const one of next.get(kind)?.values() ?? []) {
          if (one.companyId === each.id) next.get(kind)?.delete(one.id);
        }
      }
    } else {
      const { kind, value } = each;
      if ("companyId" in value && next.get("company")?.has(value.companyId) !== true) return null;
      next.set(kind, (next.get(kind) ?? new Map()).set(value.id, value));
    }
  }
  return next;
}

/** All that a view shows, by each way that leads to it. */
function shown(view: View) {
  const some = (get: (id: string) => object | undefined) => IDS.flatMap((one) => get(one) ?? []);
  const ofEach = (get: (id: string) => readonly object[]) => COMPANIES.flatMap(get);
  return {
    clock: view.clockOffset(),
    counts: view.counts(),
    companies: view.companies(),
    connections: sorted(view.connections()),
    byCompany: [
      ofEach((of) => view.sitesOf(of)),
      ofEach((of) => view.connectionsOf(of)),
      ofEach((of) => view.accountsOf(of)),
      ofEach((of) => view.invitationsOf(of)),
      ofEach((of) => view.jobsOf(of)),
    ].map(sorted),
    byId: [
      some((one) => view.site(one)),
      some((one) => view.connection(one)),
      some((one) => view.account(one)),
      some((one) => view.invitation(one)),
      some((one) => view.job(one)),
    ],
    byToken: some((one) => view.invitationByToken(`token-${one}`)),
    webhooks: [view.endpoints(), view.messages(), view.deliveries()],
    webhooksById: [
      some((one) => view.endpoint(one)),
      some((one) => view.message(one)),
      some((one) => view.delivery(one)),
    ],
  };
}

function expected(model: Model): ReturnType<typeof shown> {
  const all = (kind: Kind) => [...(model.get(kind)?.values() ?? [])];
  const companies = all("company");
  const byId = OWNED.map((kind) => sorted(all(kind)));
  const { offsetMs = 0 } = Object(model.get("clock")?.get("clock"));
  return Object({
    clock: offsetMs,
    counts: {
      companies: companies.length,
      sites: all("site").length,
      connections: all("connection").length,
    },
    companies,
    connections: sorted(all("connection")),
    byCompany: byId,
    byId,
    byToken: byId[3],
    webhooks: FREE.map(all),
    webhooksById: FREE.map((kind) => sorted(all(kind))),
  });
}

function sorted<T extends object>(objects: readonly T[]): readonly T[] {
  return objects.toSorted((one, other) =>
    String(Reflect.get(one, "id")).localeCompare(String(Reflect.get(other, "id"))),
  );
}

/** What a writer leaves that was killed with the lock, half-way through its file. */
function kill(stateDir: string): void {
  const file = dataOf(stateDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.tmp-00000000`, '{"schemaVersion":1,', { mode: 0o600 });
  mkdirSync(`${file}.lock`, { recursive: true });
  // As if it had been held for long: others take it over at once.
  utimesSync(`${file}.lock`, 0, 0);
}

describe("as a model", () => {
  async function follow(
    steps: readonly Step[],
    stores: EmulatorStore[],
    {
      reset,
      reopen,
      killed,
      wholeOrNothing,
    }: {
      /** Whether a write is undone that puts something where it can't be: no route does that. */
      readonly wholeOrNothing: boolean;
      readonly reset: () => Promise<unknown>;
      readonly reopen: () => Promise<EmulatorStore>;
      readonly killed: () => void;
    },
  ): Promise<void> {
    let model: Model = new Map();
    for (const each of steps) {
      if (each.do === "reset") {
        await reset();
        model = new Map();
      } else if (each.do === "reopen") stores[each.store] = await reopen();
      else if (each.do === "kill") killed();
      else {
        const next = after(model, each.changes);
        if (next === null && !wholeOrNothing) continue;
        const writing = commit(stores[each.store] ?? (await reopen()), ...each.changes);
        if (next === null) await expect(writing).rejects.toThrow("a company that does not exist");
        else await writing;
        model = next ?? model;
      }
      for (const one of stores) expect(await one.read(shown)).toEqual(expected(model));
    }
  }

  it("two stores on one folder equal one plain map", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const stateDir = temporaryFolder();
        const reopen = () => openStore({ stateDir });
        await follow(steps, [await reopen(), await reopen()], {
          ...{ reopen, reset: () => resetEmulator({ stateDir }) },
          ...{ killed: () => kill(stateDir), wholeOrNothing: true },
        });
      }),
      { numRuns: 60 },
    );
  });

  it("so does the store in memory", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const memory = createMemoryStore();
        await follow(steps, [memory, memory], {
          reopen: async () => memory,
          reset: () => memory.reset(),
          ...{ killed: () => {}, wholeOrNothing: false },
        });
      }),
    );
  });
});
