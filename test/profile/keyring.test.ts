import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openKeyring } from "../../src/profile/keyring.ts";
import { temporaryFolder } from "../support/children.ts";
import { type FakeKeyring, fakeKeyring, type Mood } from "../support/fake-keyring.ts";

const KEY = 'MARKED-key-"\\0123456789~';
const ACCOUNT = "-acme@https://external.nectarclimate.com";

let folder = "";
let fake: FakeKeyring;
beforeEach(() => {
  folder = temporaryFolder("keyring");
  fake = fakeKeyring(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly toolFolder?: string;
  readonly execPath?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The time is up as soon as the keyring has been asked. */
const untilAsked = async () => {
  await expect.poll(() => fake.calls().length).toBeGreaterThan(0);
};

const open = (given: Given = {}) =>
  openKeyring({
    execPath: process.execPath,
    toolFolder: folder,
    env: {},
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal }).catch(() => {
        throw signal.reason;
      });
    },
    signal: new AbortController().signal,
    limitMs: 10_000,
    ...given,
  });

describe("a keyring that works", () => {
  test("keeps, gives back and removes one key an account", async () => {
    const keyring = open();
    expect(await keyring.read(ACCOUNT)).toEqual({ available: true, value: null });
    expect(await keyring.write(ACCOUNT, KEY)).toEqual({ available: true, value: null });
    expect(await keyring.write("other", "second")).toEqual({ available: true, value: null });
    expect(await keyring.read(ACCOUNT)).toEqual({ available: true, value: KEY });
    expect(await keyring.erase(ACCOUNT)).toEqual({ available: true, value: true });
    expect(await keyring.erase(ACCOUNT)).toEqual({ available: true, value: false });
    expect(fake.entries()).toEqual({ other: "second" });
  });

  test("is asked by a process of its own whose command line and environment hold no key", async () => {
    const env = {
      NECTAR_API_KEY: KEY,
      nectar_api_key: KEY,
      NECTAR_WEBHOOK_SECRET: KEY,
      NODE_OPTIONS: "--require /nowhere.js",
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere",
      NOTHING: undefined,
    };
    const keyring = open({ env });
    expect(await keyring.write(ACCOUNT, KEY)).toMatchObject({ available: true });
    expect(await keyring.read(ACCOUNT)).toMatchObject({ value: KEY });
    const calls = fake.calls();
    expect(new Set(calls.map(({ pid }) => pid)).size).toBe(2);
    expect(calls.map(({ pid }) => pid)).not.toContain(process.pid);
    for (const call of calls) {
      expect(JSON.stringify(call)).not.toContain("MARKED");
      expect(call.env["DBUS_SESSION_BUS_ADDRESS"]).toBe("unix:path=/nowhere");
      expect(call.env["NODE_OPTIONS"]).toBeUndefined();
    }
  });
});

describe("a keyring that does not", () => {
  test.each<[Mood, string]>([
    ["locked", "it is locked"],
    ["denied", "access to it was denied"],
    ["ends", "the process that queries it failed"],
  ])("%s", async (mood, reason) => {
    fake.become(mood);
    const keyring = open();
    expect(await keyring.read(ACCOUNT)).toEqual({ available: false, reason });
    expect(await keyring.write(ACCOUNT, KEY)).toEqual({ available: false, reason });
    expect(await keyring.erase(ACCOUNT)).toEqual({ available: false, reason });
  });

  test("and whose own words hold the key is not quoted", async () => {
    fake.become("quotes");
    expect(await open().write(ACCOUNT, KEY)).toEqual({ available: false, reason: "it failed" });
    expect(await open().read(ACCOUNT)).toMatchObject({
      reason: 'it reported "can\'t keep undefined"',
    });
  });

  test("answer within the limit is given up, and its process ended", async () => {
    fake.become("hangs");
    const answer = await open({ sleep: untilAsked, limitMs: 3_000 }).write(ACCOUNT, KEY);
    expect(answer).toEqual({ available: false, reason: "it did not answer within 3 s" });
    const pid = fake.calls()[0]?.pid ?? 0;
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test("answer is left when the user stops the tool", async () => {
    fake.become("hangs");
    const stop = new AbortController();
    const asked = open({ signal: stop.signal }).read(ACCOUNT);
    asked.catch(() => {});
    await expect.poll(() => fake.calls().length).toBe(1);
    const reason = new Error("stopped");
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect.poll(() => isRunning(fake.calls()[0]?.pid ?? 0)).toBe(false);
    await expect(open({ signal: stop.signal }).read(ACCOUNT)).rejects.toBe(reason);
    expect(fake.calls()).toHaveLength(1);
  });

  test("exist is said to be missing", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    rmSync(join(folder, "node_modules"), { recursive: true });
    expect(await open({ toolFolder: empty }).read(ACCOUNT)).toEqual({
      available: false,
      reason: "the package @napi-rs/keyring is not installed, or not for this system",
    });
  });

  test("let itself be asked is not available", async () => {
    const reason = "the process that queries it failed";
    for (const given of [
      { execPath: join(folder, "no-node") },
      { toolFolder: join(folder, "gone") },
    ]) {
      expect(await open(given).write(ACCOUNT, KEY)).toEqual({ available: false, reason });
    }
  });

  test("keep a file leaves none with the key", async () => {
    fake.become("hangs");
    await open({ sleep: untilAsked }).write(ACCOUNT, KEY);
    for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!/\.(?:js|json|jsonl)$/.test(path)) continue;
      expect(readFileSync(join(folder, path), "utf8")).not.toContain("MARKED");
    }
  });
});

/** A process that has ended but was not waited for by its parent does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
