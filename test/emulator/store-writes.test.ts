/** Writes that wait together: each is whole or not there, in the order in which they were asked for. */
import { mkdirSync, rmdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/emulator/store.ts";
import { temporaryFolder } from "./harness.ts";
import { commit, companyRecord, dataOf, names, put } from "./state/records.ts";

describe("writes that are asked for at once", () => {
  it("are committed in that order, in two replacings of the file, and each sees those before it", async () => {
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
    // The first goes alone; those that came while its lock was taken go together.
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
