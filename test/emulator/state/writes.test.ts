/** Writes that wait together: each is a commit of its own, in the order in which they were asked for. */
import { readFileSync, rmdirSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openStore } from "../../../src/emulator/state/store.ts";
import { temporaryFolder } from "../harness.ts";
import { commit, companyRecord, dataOf, names, put } from "./records.ts";

const lines = (stateDir: string) => readFileSync(dataOf(stateDir), "utf8").trimEnd().split("\n");

describe("writes that are asked for at once", () => {
  it("are committed in that order, one line each, and each sees those before it", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const wanted = Array.from({ length: 200 }, (_, index) => `c-${index}`);
    const seen = await Promise.all(
      wanted.map((id) =>
        store.write((view, changes) => {
          changes.push(put(id));
          return view.companies().length;
        }),
      ),
    );
    expect(seen).toEqual(wanted.map((_, index) => index));
    expect(await names(await openStore({ stateDir }))).toEqual(wanted);
    expect(lines(stateDir)).toHaveLength(201);
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

  it("start over from the one that lost the lock, and none is committed twice", async () => {
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
    expect(lines(stateDir)).toHaveLength(4);
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

describe("a log that is read piece by piece", () => {
  it("has lines longer than a piece, and characters across its ends", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const long = ["é€😀".repeat(50_000), "x", "ü".repeat(200_001), "end"];
    for (const [index, name] of long.entries()) await commit(store, put(`c-${index}`, name));
    const read = await (await openStore({ stateDir })).read((view) => view.companies());
    expect(read).toEqual(long.map((name, index) => companyRecord(`c-${index}`, name)));
  });
});
