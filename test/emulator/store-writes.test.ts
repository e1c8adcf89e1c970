/** Writes that wait together: each is whole or not there, in the order in which they were asked for. */
import { mkdirSync, readFileSync, rmdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/emulator/state/entities.ts";
import { type EmulatorStore, openStore } from "../../src/emulator/store.ts";
import { temporaryFolder } from "./harness.ts";
import {
  commit,
  companyRecord,
  dataOf,
  endpointRecord,
  names,
  put,
  siteRecord,
} from "./state/records.ts";

describe("writes that are asked for at once", () => {
  it("are committed in that order, in at most two replacings of the file, and each sees those before it", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const wanted = Array.from({ length: 200 }, (_, index) => `c-${index}`);
    const folder = join(stateDir, "emulator");
    mkdirSync(folder, { mode: 0o700 });
    const watched: string[] = [];
    const watcher = watch(folder, (_, name) => {
      if (name?.startsWith("data.json.tmp-")) watched.push(name);
    });
    const seen = await Promise.all(
      wanted.map((id) =>
        store.write((view, changes) => {
          changes.push(put(id));
          return view.companies().length;
        }),
      ),
    );
    watcher.close();
    expect(seen).toEqual(wanted.map((_, index) => index));
    expect(await names(await openStore({ stateDir }))).toEqual(wanted);
    // Usually in one: only a busy machine lets the first go alone.
    expect(new Set(watched).size).toBeLessThanOrEqual(2);
  });

  it("fail one by one", async () => {
    const store = await openStore({ stateDir: temporaryFolder() });
    const outcomes = await Promise.allSettled([
      commit(store, put("a")),
      store.write(() => {
        throw new Error("no");
      }),
      commit(store, put("b")),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await names(store)).toEqual(["a", "b"]);
  });

  it("start over when the lock was lost, and none is committed twice", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    let lost = false;
    const write = (id: string) =>
      store.write((_, changes) => {
        if (id === "b" && !lost) {
          lost = true;
          rmdirSync(`${dataOf(stateDir)}.lock`);
        }
        changes.push(put(id));
      });
    await Promise.all(["a", "b", "c"].map(write));
    expect(lost).toBe(true);
    expect(await names(await openStore({ stateDir }))).toEqual(["a", "b", "c"]);
  });

  it("leave no lock behind when the store is closed", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const done = Promise.all([commit(store, put("a")), commit(store, put("b"))]);
    await store.close();
    expect(statSync(`${dataOf(stateDir)}.lock`, { throwIfNoEntry: false })).toBeUndefined();
    await done;
    expect(await names(store)).toEqual(["a", "b"]);
  });
});

describe("long texts", () => {
  it("are kept to the letter", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const long = ["é€😀".repeat(50_000), "x", "ü".repeat(200_001), "end"];
    for (const [index, name] of long.entries()) await commit(store, put(`c-${index}`, name));
    const read = await (await openStore({ stateDir })).read((view) => view.companies());
    expect(read).toEqual(long.map((name, index) => companyRecord(`c-${index}`, name)));
  });
});

it("write the file anew where companies changed, and copy the rest of it", async () => {
  const company = fc.constantFrom("a", "b", "c", "d", "e");
  const name = fc.constantFrom("A", "é€😀", "a long name ".repeat(5_000));
  const change = fc.oneof(
    fc.tuple(company, name).map(([id, text]) => put(id, text)),
    company.map((id): Change => ({ op: "delete", kind: "company", id })),
    fc
      .tuple(company, name)
      .map(([id, text]): Change[] => [
        put(id, text),
        { op: "put", kind: "site", value: siteRecord(`site of ${id}`, id, text) },
      ]),
    fc.constant<Change>({ op: "put", kind: "endpoint", value: endpointRecord("one") }),
  );
  const writes = fc.array(change, { minLength: 1, maxLength: 12 });
  const all = (store: EmulatorStore) =>
    store.read((view) =>
      view
        .companies()
        .map((one) => ({ ...one, sites: view.sitesOf(one.id), others: view.endpoints() })),
    );
  await fc.assert(
    fc.asyncProperty(writes, async (wanted) => {
      const stateDir = temporaryFolder();
      const store = await openStore({ stateDir });
      for (const changes of wanted) await commit(store, ...[changes].flat());
      const reopened = await openStore({ stateDir });
      expect(await all(reopened)).toEqual(await all(store));
      const before = readFileSync(dataOf(stateDir), "utf8");
      await commit(reopened, { op: "put", kind: "clock", value: { id: "clock", offsetMs: 0 } });
      expect(readFileSync(dataOf(stateDir), "utf8")).toBe(before);
    }),
    { numRuns: 40 },
  );
});
