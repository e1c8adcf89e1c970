/** What another user could have put into an emulator's folder is not trusted, and nothing outside of it is written. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFaults } from "../../../src/emulator/faults/faults.ts";
import { ensureKey } from "../../../src/emulator/state/key.ts";
import { findStanding } from "../../../src/emulator/state/standing.ts";
import { openStore, resetEmulator } from "../../../src/emulator/store.ts";
import { start, temporaryFolder } from "../harness.ts";
import { commit, names, put } from "./records.ts";

const uid = process.getuid?.();
const ids = () => "00000000-0000-4000-8000-000000000000";

/** A state folder with everything in it. */
async function filled(): Promise<string> {
  const stateDir = join(temporaryFolder(), "state");
  const emulator = await start({ stateDir, standing: true, pid: process.pid });
  await emulator.faults.add({ status: 503 });
  await commit(await openStore({ stateDir }), put("a"));
  return stateDir;
}

const FILES = ["key.json", "standing.json", "data.json", "faults.json"] as const;

/** The use of each file, through the door that a command takes. */
const uses: Record<(typeof FILES)[number], (stateDir: string, user?: number) => Promise<unknown>> =
  {
    "key.json": (stateDir, user = uid) => ensureKey({ stateDir, uid: user }, ids),
    "standing.json": (stateDir, user = uid) =>
      findStanding({ stateDir, uid: user, isAlive: () => true }),
    "data.json": async (stateDir, user = uid) => names(await openStore({ stateDir, uid: user })),
    "faults.json": (stateDir, user = uid) => openFaults({ stateDir, uid: user, ids }).list(),
  };

const refusal = (message: string) => ({
  exit: "local-state",
  code: "unsafe_permissions",
  message: expect.stringContaining(message),
  next: [{ words: expect.any(Array), why: expect.any(String) }],
});

describe.each(FILES)("%s", (name) => {
  const use = uses[name];

  it("is read where it is safe", async () => {
    await use(await filled());
  });

  it.each([".", "emulator"])("is not trusted where others can write to %s", async (folder) => {
    const stateDir = await filled();
    chmodSync(join(stateDir, folder), 0o777);
    await expect(use(stateDir)).rejects.toMatchObject(
      refusal(`${join(stateDir, folder)} can be changed by other users`),
    );
  });

  it.each([
    [0o644, "can be read by other users"],
    [0o622, "can be changed by other users"],
  ])("is not trusted with mode %o", async (mode, what) => {
    const stateDir = await filled();
    const file = join(stateDir, "emulator", name);
    chmodSync(file, mode);
    await expect(use(stateDir)).rejects.toMatchObject(refusal(`${file} ${what}`));
  });

  it("is not trusted when it is another user's", async () => {
    const stateDir = await filled();
    await expect(use(stateDir, (uid ?? 0) + 1)).rejects.toMatchObject(
      refusal(`${stateDir} belongs to another user`),
    );
  });

  it("is not followed as a link, and not waited for as a pipe", async () => {
    const stateDir = await filled();
    const file = join(stateDir, "emulator", name);
    const target = join(stateDir, "target");
    renameSync(file, target);
    symlinkSync(target, file);
    const before = readFileSync(target);
    await expect(use(stateDir)).rejects.toMatchObject(refusal(`${file} is a symbolic link`));
    rmSync(file);
    execFileSync("mkfifo", ["-m", "600", file]);
    await expect(use(stateDir)).rejects.toMatchObject(refusal(`${file} is not a regular file`));
    expect(readFileSync(target)).toEqual(before);
  });
});

it("an emulator does not start with faults that are not safe", async () => {
  const stateDir = await filled();
  const file = join(stateDir, "emulator", "faults.json");
  chmodSync(file, 0o666);
  await expect(start({ stateDir, uid })).rejects.toMatchObject(refusal(file));
});

describe("a link that stands where a write might go", () => {
  it("is left alone, and so is what it points to", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const folder = join(stateDir, "emulator");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const target = join(stateDir, "target");
    writeFileSync(target, "mine");
    const links = FILES.flatMap((name) => [`${name}.next`, `${name}.tmp`, `${name}.holder`]);
    for (const link of links) symlinkSync(target, join(folder, link));
    const emulator = await start({ stateDir, standing: true, pid: process.pid });
    await emulator.faults.add({ status: 503 });
    await commit(await openStore({ stateDir }), put("a"));
    await resetEmulator({ stateDir });
    expect(readFileSync(target, "utf8")).toBe("mine");
  });

  it("in the place of the data takes no commit", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const store = await openStore({ stateDir, uid });
    await commit(store, put("a"));
    const file = join(stateDir, "emulator", "data.json");
    const target = join(stateDir, "target");
    rmSync(file);
    symlinkSync(target, file);
    await expect(commit(store, put("b"))).rejects.toMatchObject(
      refusal(`${file} is a symbolic link`),
    );
    expect(readdirSync(stateDir)).toEqual(["emulator"]);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
  });
});

describe("a reset", () => {
  it.each(["key.json", "data.json", "faults.json"])("refuses %s that is not safe", async (name) => {
    const stateDir = await filled();
    const file = join(stateDir, "emulator", name);
    chmodSync(file, 0o666);
    const before = readFileSync(file);
    await expect(resetEmulator({ stateDir, uid })).rejects.toMatchObject(refusal(file));
    expect(readFileSync(file)).toEqual(before);
  });

  it("works on what is damaged, too deep or of a newer release", async () => {
    const stateDir = await filled();
    const at = (name: string) => join(stateDir, "emulator", name);
    writeFileSync(at("key.json"), "[".repeat(100_000));
    writeFileSync(at("faults.json"), '{"schemaVersion":99}');
    writeFileSync(at("data.json"), "garbage");
    expect(await resetEmulator({ stateDir, uid })).toEqual({
      ...{ companies: 0, sites: 0, connections: 0 },
    });
    expect(await names(await openStore({ stateDir, uid }))).toEqual([]);
    expect(await openFaults({ stateDir, uid, ids }).list()).toEqual([]);
    expect(await ensureKey({ stateDir, uid }, ids)).toMatch(/^nectar_local_0{12}4/);
  });
});
