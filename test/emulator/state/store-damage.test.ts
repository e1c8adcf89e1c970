/** The log on disk when it is torn, damaged, too new or too long. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resetEmulator } from "../../../src/emulator/state/reset.ts";
import { openStore } from "../../../src/emulator/state/store.ts";
import { temporaryFolder } from "../harness.ts";
import { commit, connectionRecord, dataOf, names, put } from "./records.ts";

describe("a torn last line", () => {
  it("is ignored by readers and cut off by the next writer", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"));
    appendFileSync(dataOf(stateDir), '{"ops":[{"op":"put","kind":"comp');
    expect(await names(store)).toEqual(["a"]);
    const other = await openStore({ stateDir });
    expect(await names(other)).toEqual(["a"]);
    await commit(other, put("b"));
    expect(readFileSync(dataOf(stateDir), "utf8")).not.toContain('"comp{');
    expect(await names(store)).toEqual(["a", "b"]);
    expect(await names(await openStore({ stateDir }))).toEqual(["a", "b"]);
  });

  it("may be cut anywhere: what was committed before it stays whole", async () => {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    await commit(store, put("a"));
    const whole = statSync(dataOf(stateDir)).size;
    await commit(store, put("b"), put("c"));
    const full = readFileSync(dataOf(stateDir));
    for (let size = 0; size < full.length; size += 7) {
      writeFileSync(dataOf(stateDir), full);
      truncateSync(dataOf(stateDir), size);
      const reader = await openStore({ stateDir });
      const expected = size >= whole ? ["a"] : [];
      expect(await names(reader)).toEqual(expected);
      await commit(reader, put("new"));
      expect(await names(await openStore({ stateDir }))).toEqual([...expected, "new"]);
    }
  });
});

describe("damage", () => {
  async function withLines(change: (lines: string[]) => void): Promise<string> {
    const stateDir = temporaryFolder();
    const store = await openStore({ stateDir });
    for (const id of ["a", "b", "c"]) await commit(store, put(id));
    const lines = readFileSync(dataOf(stateDir), "utf8").split("\n");
    change(lines);
    writeFileSync(dataOf(stateDir), lines.join("\n"));
    return stateDir;
  }

  it.each([
    ["no JSON", "{not json", 2],
    ["no commit", '{"ops":7}', 2],
    ["an unknown kind", '{"ops":[{"op":"delete","kind":"meter","id":"a"}]}', 1],
    ["an empty line", "", 2],
    ["a site without a company", '{"ops":[{"op":"put","kind":"site","value":{"id":"a"}}]}', 1],
  ])("in the middle (%s) names the file, the line and the repair", async (_, text, at) => {
    const stateDir = await withLines((lines) => {
      lines[at] = text;
    });
    const before = readFileSync(dataOf(stateDir), "utf8");
    await expect(openStore({ stateDir })).rejects.toMatchObject({
      code: "emulator_state_damaged",
      exit: "local-state",
      message: `${dataOf(stateDir)} is damaged: line ${at + 1} can't be read`,
      next: [{ words: ["nectar", "emulator", "reset"] }],
    });
    expect(readFileSync(dataOf(stateDir), "utf8")).toBe(before);
    expect(existsSync(`${dataOf(stateDir)}.lock`)).toBe(false);
  });

  it("of the first line is damage as well", async () => {
    const stateDir = await withLines((lines) => {
      lines[0] = "x".repeat(1000);
    });
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
    expect(await resetEmulator({ stateDir })).toEqual({ companies: 1, sites: 0, connections: 0 });
    await commit(store, put("b"));
    expect(await names(store)).toEqual(["b"]);
  });

  it("is not what a newer release wrote, which is refused all the same", async () => {
    const stateDir = await withLines((lines) => {
      lines[0] = '{"schemaVersion":9,"generation":1,"more":true}';
    });
    const before = readFileSync(dataOf(stateDir), "utf8");
    await expect(openStore({ stateDir })).rejects.toMatchObject({ code: "emulator_state_newer" });
    expect(readFileSync(dataOf(stateDir), "utf8")).toBe(before);
    expect(await resetEmulator({ stateDir })).toEqual({ companies: 3, sites: 0, connections: 0 });
    expect(await names(await openStore({ stateDir }))).toEqual([]);
  });
});

describe("compaction", () => {
  function logOf(stateDir: string, commits: readonly (readonly object[])[], version = 3): void {
    mkdirSync(join(stateDir, "emulator"), { recursive: true });
    const lines = commits.map((ops) => JSON.stringify({ ops }));
    const header = JSON.stringify({ schemaVersion: version, generation: 4 });
    const text = [header, ...lines, ""].join("\n");
    writeFileSync(dataOf(stateDir), text, { mode: 0o600 });
  }

  it("rewrites a long log that is mostly dead, and open stores go on", async () => {
    const stateDir = temporaryFolder();
    logOf(stateDir, [[put("z")], [put("a")]]);
    const open = await openStore({ stateDir });
    expect(await names(open)).toEqual(["z", "a"]);
    const renames = Array.from({ length: 1200 }, (_, index) => [put("a", `Name ${index}`)]);
    logOf(stateDir, [[put("z")], ...renames]);
    const size = statSync(dataOf(stateDir)).size;
    const store = await openStore({ stateDir });
    expect(statSync(dataOf(stateDir)).size).toBeLessThan(size / 100);
    expect(readFileSync(dataOf(stateDir), "utf8")).toMatch(
      /^\{"schemaVersion":3,"generation":5\}\n/,
    );
    expect(statSync(dataOf(stateDir)).mode & 0o777).toBe(0o600);
    for (const each of [open, store]) {
      expect(await names(each)).toEqual(["z", "a"]);
      expect(await each.read((view) => view.company("a")?.name)).toBe("Name 1199");
    }
    await commit(open, put("b"));
    expect(await names(store)).toEqual(["z", "a", "b"]);
  });

  it("rewrites a log of the first format, so that no older release takes what is added for damage", async () => {
    const stateDir = temporaryFolder();
    const { script, collecting, dataDelayMs, datasourceTypes, announcedUntil, ...first } =
      connectionRecord("c", "a");
    logOf(stateDir, [[put("a")], [{ op: "put", kind: "connection", value: first }]], 1);
    const store = await openStore({ stateDir });
    expect(readFileSync(dataOf(stateDir), "utf8")).toMatch(/^\{"schemaVersion":3,/);
    for (const each of [store, await openStore({ stateDir })]) {
      expect(await each.read((view) => view.connection("c"))).toEqual({
        ...{ ...first, script: [], dataDelayMs: 0, datasourceTypes: [] },
        collecting: [{ from: first.statusFirstSeenTime, until: null }],
        announcedUntil: first.updated,
      });
    }
  });

  it("leaves a log alone that is mostly alive", async () => {
    const stateDir = temporaryFolder();
    logOf(
      stateDir,
      Array.from({ length: 1200 }, (_, index) => [put(`id-${index}`)]),
    );
    const before = readFileSync(dataOf(stateDir), "utf8");
    await openStore({ stateDir });
    expect(readFileSync(dataOf(stateDir), "utf8")).toBe(before);
  });
});
