/** The store on disk: it outlives the process, several share it, and neither a crash nor damage goes unnoticed. */
import { execFile, spawn } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/emulator/state/entities.ts";
import { type EmulatorStore, openStore, resetEmulator } from "../../src/emulator/store.ts";
import { bundled } from "../support/bundled.ts";
import { temporaryFolder } from "./harness.ts";
import { commit, connectionRecord, dataOf, names, put, siteRecord } from "./state/records.ts";

describe("on disk", () => {
  it("keeps everything for the next one, in the order of creation", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("b"), put("a"));
    await commit(store, { op: "put", kind: "site", value: siteRecord("s", "a") });
    await commit(store, { op: "put", kind: "connection", value: connectionRecord("c", "a") });
    await commit(store, put("b", "Renamed"));
    const again = await openStore({ stateDir });
    expect(await names(again)).toEqual(["b", "a"]);
    expect(await again.read((view) => view.company("b")?.name)).toBe("Renamed");
    expect(await again.read((view) => view.sitesOf("a"))).toEqual([siteRecord("s", "a")]);
    expect(await again.read((view) => view.connection("c"))).toEqual(connectionRecord("c", "a"));
    expect(await again.read((view) => view.counts())).toEqual({
      companies: 2,
      sites: 1,
      connections: 1,
    });
  });

  it("is for this user only", async () => {
    const stateDir = join(temporaryFolder(), "state");
    await commit(await openStore({ stateDir }), put("a"));
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(dataOf(stateDir))).toBe(0o600);
    expect(mode(stateDir)).toBe(0o700);
    expect(mode(join(stateDir, "emulator"))).toBe(0o700);
  });

  it("is not made by reading", async () => {
    const stateDir = join(temporaryFolder(), "state");
    expect(await names(await openStore({ stateDir }))).toEqual([]);
    expect(existsSync(stateDir)).toBe(false);
  });

  it("writes nothing when nothing changes or the decision throws", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"), put("b"), { op: "delete", kind: "company", id: "a" });
    const { ino } = statSync(dataOf(stateDir));
    await commit(store);
    await expect(
      store.write((_, changes) => {
        changes.push(put("c"));
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    expect(statSync(dataOf(stateDir)).ino).toBe(ino);
    expect(await names(store)).toEqual(["b"]);
  });

  it("reads a file of an earlier build, whose objects do not name their company", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"), { op: "put", kind: "site", value: siteRecord("s", "a") });
    const file = join(stateDir, "emulator", "data.json");
    const text = readFileSync(file, "utf8");
    expect(text).toContain('"companyId":"a"');
    writeFileSync(file, text.replaceAll('"companyId":"a",', ""));
    const again = await openStore({ stateDir });
    expect(await again.read((view) => view.site("s"))).toEqual(siteRecord("s", "a"));
    writeFileSync(file, text.replaceAll('"companyId":"a"', '"companyId":"b"'));
    await expect(openStore({ stateDir })).rejects.toThrow("is damaged");
  });

  it("commits all of a write or nothing: what can't be kept takes the rest with it", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const orphan: Change = { op: "put", kind: "site", value: siteRecord("s", "nobody") };
    await expect(commit(store, put("a"), orphan)).rejects.toThrow("a company that does not exist");
    expect(await names(store)).toEqual([]);
    expect(existsSync(dataOf(stateDir))).toBe(false);
  });
});

describe("shared", () => {
  it("shows each what the others committed, at once", async () => {
    const stateDir = temporaryFolder();
    const [one, two] = [await openStore({ stateDir }), await openStore({ stateDir })];
    await commit(one, put("a"));
    expect(await names(two)).toEqual(["a"]);
    await commit(two, { op: "delete", kind: "company", id: "a" }, put("b"));
    expect(await names(one)).toEqual(["b"]);
  });

  it("decides on the newest state", async () => {
    const stateDir = temporaryFolder();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ stateDir })));
    const once = (store: EmulatorStore) =>
      store.write((view, changes) => {
        if (view.companies().length > 0) return false;
        changes.push(put("only"));
        return true;
      });
    const made = await Promise.all(stores.map(once));
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  it("loses nothing when several stores write at once", async () => {
    const stateDir = temporaryFolder();
    const stores = await Promise.all([0, 1, 2, 3].map(() => openStore({ stateDir })));
    const wanted = stores.flatMap((_, owner) =>
      Array.from({ length: 25 }, (_item, index) => `${owner}-${index}`),
    );
    await Promise.all(
      wanted.map(async (id) => {
        const store = stores[Number(id.split("-")[0])];
        if (store !== undefined) await commit(store, put(id));
      }),
    );
    for (const store of [...stores, await openStore({ stateDir })]) {
      expect((await names(store)).sort()).toEqual([...wanted].sort());
    }
    expect(existsSync(`${dataOf(stateDir)}.lock`)).toBe(false);
  });

  it("loses nothing when several processes write at once", async () => {
    const stateDir = temporaryFolder();
    const program = await bundled(new URL("store-writer.ts", import.meta.url), temporaryFolder());
    const run = promisify(execFile);
    await Promise.all(
      ["x", "y", "z"].map((name) => run(process.execPath, [program, stateDir, name, "40"])),
    );
    const found = await names(await openStore({ stateDir }));
    expect(found).toHaveLength(120);
    for (const name of ["x", "y", "z"]) {
      const own = found.filter((id) => id.startsWith(name));
      expect(own).toEqual(Array.from({ length: 40 }, (_, index) => `${name}-${index}`));
    }
  });

  it("loses no accepted write of processes that are killed in the middle of their writes", async () => {
    const stateDir = temporaryFolder();
    const program = await bundled(new URL("store-writer.ts", import.meta.url), temporaryFolder());
    const accepted: string[] = [];
    /** Lets a process write until so many of its writes were accepted, and kills it. */
    const writeAndDie = async (name: string, count: number) => {
      const child = spawn(process.execPath, [program, stateDir, name, "1000000"]);
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        if (text.split("\n").length > count) child.kill("SIGKILL");
      });
      await new Promise((resolve) => child.once("close", resolve));
      accepted.push(...text.split("\n").slice(0, -1));
      const lock = `${dataOf(stateDir)}.lock`;
      // It may have died with the lock, which others take for dead after ten seconds. Those are not waited for here.
      if (existsSync(lock)) utimesSync(lock, 0, 0);
    };
    for (let round = 0; round < 4; round += 1) await writeAndDie(`x${round}`, 7 + 5 * round);
    const store = await openStore({ stateDir });
    await commit(store, put("after"));
    const found = new Set(await names(await openStore({ stateDir })));
    expect(accepted.length).toBeGreaterThan(40);
    expect(accepted.filter((id) => !found.has(id))).toEqual([]);
    expect(found).toContain("after");
    expect(readdirSync(join(stateDir, "emulator"))).toEqual(["data.json"]);
  });
});

describe("a folder that can't be used", () => {
  it("is named", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const store = await openStore({ stateDir });
    writeFileSync(stateDir, "a file where a folder should be");
    for (const attempt of [
      () => names(store),
      () => commit(store, put("a")),
      () => openStore({ stateDir }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        exit: "local-state",
        message: expect.stringContaining(stateDir),
      });
    }
  });
});

describe("reset", () => {
  it("tells what it removed, and is seen by an open store", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"), { op: "put", kind: "site", value: siteRecord("s", "a") });
    expect(await resetEmulator({ stateDir })).toEqual({ companies: 1, sites: 1, connections: 0 });
    expect(await names(store)).toEqual([]);
    await commit(store, put("b"));
    expect(await names(await openStore({ stateDir }))).toEqual(["b"]);
  });

  it("is seen however often it happens between two looks", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const other = await openStore({ stateDir });
    for (let round = 0; round < 20; round += 1) {
      await commit(store, put(`a-${round}`));
      for (let times = 0; times <= round % 3; times += 1) await resetEmulator({ stateDir });
      await commit(other, put(`b-${round}`));
      expect(await names(store)).toEqual([`b-${round}`]);
      await resetEmulator({ stateDir });
    }
  });

  it("of a folder that has nothing removes nothing and makes nothing", async () => {
    const stateDir = join(temporaryFolder(), "state");
    expect(await resetEmulator({ stateDir })).toEqual({ companies: 0, sites: 0, connections: 0 });
    expect(existsSync(stateDir)).toBe(false);
  });

  it("by hand, with rm, is seen as well", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"));
    rmSync(dataOf(stateDir));
    expect(await names(store)).toEqual([]);
    rmSync(join(stateDir, "emulator"), { recursive: true });
    await commit(store, put("b"));
    expect(await names(store)).toEqual(["b"]);
  });
});
