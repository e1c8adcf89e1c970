/** The store against a plain map, over random changes by two stores of one folder. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/emulator/state/entities.ts";
import { resetEmulator } from "../../../src/emulator/state/reset.ts";
import {
  createMemoryStore,
  type EmulatorStore,
  openStore,
} from "../../../src/emulator/state/store.ts";
import { temporaryFolder } from "../harness.ts";
import { commit, connectionRecord } from "./records.ts";

describe("as a model", () => {
  type Step =
    | { readonly do: "put"; readonly store: number; readonly id: string; readonly owner: string }
    | { readonly do: "delete"; readonly store: number; readonly id: string }
    | { readonly do: "reopen"; readonly store: number }
    | { readonly do: "reset" };

  const id = fc.constantFrom("1", "2", "3", "4", "5");
  const owner = fc.constantFrom("p", "q");
  const store = fc.nat({ max: 1 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), store, id, owner }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), store, id }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const), store }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const) }) },
  );

  async function follow(
    steps: readonly Step[],
    stores: EmulatorStore[],
    open: () => Promise<EmulatorStore>,
    reset: () => Promise<void>,
  ): Promise<void> {
    const model = new Map<string, string>();
    for (const [index, each] of steps.entries()) {
      if (each.do === "reset") {
        await reset();
        model.clear();
      } else if (each.do === "reopen") {
        stores[each.store] = await open();
      } else {
        const change: Change =
          each.do === "delete"
            ? { op: "delete", kind: "connection", id: each.id }
            : {
                op: "put",
                kind: "connection",
                value: connectionRecord(each.id, each.owner, `step-${index}`),
              };
        await commit(stores[each.store] ?? (await open()), change);
        if (each.do === "delete") model.delete(each.id);
        else model.set(each.id, `${each.owner} step-${index}`);
      }
      for (const one of stores) {
        const seen = await one.read((view) => ({
          byId: ["1", "2", "3", "4", "5"].flatMap((key) => view.connection(key) ?? []),
          byCompany: ["p", "q"].flatMap((key) => view.connectionsOf(key)),
        }));
        const expected = [...model].sort();
        for (const list of [seen.byId, seen.byCompany]) {
          expect(list.map((c) => [c.id, `${c.companyId} ${c.username}`]).sort()).toEqual(expected);
        }
        expect((await one.counts()).connections).toBe(model.size);
      }
    }
  }

  it("two stores on one folder equal one plain map", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const stateDir = temporaryFolder();
        const open = () => openStore({ stateDir });
        await follow(steps, [await open(), await open()], open, async () => {
          await resetEmulator({ stateDir });
        });
      }),
      { numRuns: 60 },
    );
  });

  it("so does the store in memory", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const memory = createMemoryStore();
        const lasting = steps.filter((each) => each.do === "put" || each.do === "delete");
        await follow(
          lasting,
          [memory, memory],
          async () => memory,
          async () => undefined,
        );
      }),
    );
  });
});
