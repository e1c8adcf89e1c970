/** The file on disk when it is damaged, too new, or left half-written beside its place. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { openStore, resetEmulator } from "../../src/emulator/store.ts";
import { temporaryFolder } from "./harness.ts";
import { commit, connectionRecord, dataOf, names, put } from "./state/records.ts";

const NONE = { companies: 0, sites: 0, connections: 0 };

/** A folder with three companies, whose file was changed by hand. */
async function changedBy(change: (file: string) => void): Promise<string> {
  const stateDir = temporaryFolder();
  const store = await openStore({ stateDir });
  for (const id of ["a", "b", "c"]) await commit(store, put(id));
  change(dataOf(stateDir));
  return stateDir;
}

function replaced(from: string | RegExp, to: string): (file: string) => void {
  return (file) => {
    const text = readFileSync(file, "utf8");
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
  };
}

describe("damage", () => {
  it.each([
    ["no JSON", replaced('"companies"', "companies"), "it is not valid JSON"],
    ["an end that is missing", (file: string) => truncateSync(file, 200), "it is not valid JSON"],
    ["an empty file", (file: string) => truncateSync(file, 0), "it is not valid JSON, it is empty"],
    ["a list that is missing", replaced('"deliveries":[]', '"x":[]'), "webhooks.deliveries"],
    ["a company without an ID", replaced('"id":"b"', '"id":7'), "companies.1: not allowed there"],
    ["a company without sites", replaced('"sites":[]', '"sites":{}'), "companies.0: not allowed"],
    ["a name that is a number", replaced(/"name":"[^"]*"/, '"name":5'), "companies.0: not allowed"],
    ["a company twice", replaced('"id":"b"', '"id":"a"'), "companies: not allowed there"],
    ["a time beyond all", replaced('"clockOffsetMs":0', '"clockOffsetMs":1e18'), "clockOffsetMs"],
  ])("(%s) names the file, the place and the repair", async (_, change, what) => {
    const stateDir = await changedBy(change);
    const before = readFileSync(dataOf(stateDir), "utf8");
    await expect(openStore({ stateDir })).rejects.toMatchObject({
      code: "emulator_state_damaged",
      exit: "local-state",
      message: expect.stringContaining(`${dataOf(stateDir)} is damaged: ${what}`),
      next: [{ words: ["nectar", "emulator", "reset"] }],
    });
    expect(readFileSync(dataOf(stateDir), "utf8")).toBe(before);
    expect(existsSync(`${dataOf(stateDir)}.lock`)).toBe(false);
  });

  it.each([
    ["without its script", replaced('"script":[]', '"x":[]')],
    ["with sites that are no list", replaced('"siteIds":[]', '"siteIds":"x"')],
    ["created at no time", replaced(/"created":"[^"]*"/, '"created":"x"')],
    [
      "from no date on",
      replaced('"dataCollectionStartDate":"2024-01-01","datasource', '"datasource'),
    ],
  ])("of a connection (%s) is named as well", async (_, change) => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    const value = connectionRecord("one", "a");
    await commit(store, put("a"), { op: "put", kind: "connection", value });
    change(dataOf(stateDir));
    await expect(openStore({ stateDir })).rejects.toMatchObject({ code: "emulator_state_damaged" });
  });

  it("that comes while a store is open fails its reads and writes, and changes nothing", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"));
    appendFileSync(dataOf(stateDir), "garbage\n");
    const before = readFileSync(dataOf(stateDir), "utf8");
    await expect(names(store)).rejects.toMatchObject({ code: "emulator_state_damaged" });
    await expect(commit(store, put("b"))).rejects.toMatchObject({ code: "emulator_state_damaged" });
    expect(readFileSync(dataOf(stateDir), "utf8")).toBe(before);
    expect(await store.reset()).toEqual(NONE);
    await commit(store, put("b"));
    expect(await names(store)).toEqual(["b"]);
  });

  it("is not what a newer release wrote, which is refused all the same", async () => {
    const stateDir = await changedBy(replaced('"schemaVersion":1', '"schemaVersion":9'));
    const before = readFileSync(dataOf(stateDir), "utf8");
    await expect(openStore({ stateDir })).rejects.toMatchObject({ code: "emulator_state_newer" });
    expect(readFileSync(dataOf(stateDir), "utf8")).toBe(before);
    expect(await resetEmulator({ stateDir })).toEqual(NONE);
    expect(await names(await openStore({ stateDir }))).toEqual([]);
  });
});

describe("a writer that was killed", () => {
  it("leaves the old state, and nothing of it once the next one has written", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"));
    const half = `${dataOf(stateDir)}.tmp-0123456789abcdef`;
    writeFileSync(half, '{"schemaVersion":1,"comp', { mode: 0o600 });
    mkdirSync(`${dataOf(stateDir)}.lock`);
    utimesSync(`${dataOf(stateDir)}.lock`, 0, 0);
    expect(await names(await openStore({ stateDir }))).toEqual(["a"]);
    await commit(store, put("b"));
    expect(await names(await openStore({ stateDir }))).toEqual(["a", "b"]);
    expect(existsSync(half)).toBe(false);
  });
});
