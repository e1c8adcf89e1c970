/** Which of the two places a key is kept in, and that it never stays in the other. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type KeyStore, openCredentials } from "../../src/profile/credentials.ts";
import { temporaryFolder } from "../support/children.ts";
import { type FakeKeyring, fakeKeyring } from "../support/fake-keyring.ts";

const ORIGIN = "https://external.nectarclimate.com";
const ACCOUNT = `acme@${ORIGIN}`;
const KEY = "MARKED-key-0123456789";
const IN_KEYRING = { store: "keyring", where: "OS keyring", refusal: null, leftover: null };

let folder = "";
let file = "";
let fake: FakeKeyring;
beforeEach(() => {
  folder = temporaryFolder("credentials");
  file = join(folder, "nectar", "credentials.json");
  fake = fakeKeyring(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (env: Record<string, string> = {}, limitMs = 10_000, toolFolder = folder) =>
  openCredentials({
    configDir: join(folder, "nectar"),
    env,
    now: () => 0,
    uid: process.getuid?.(),
    keyring: {
      execPath: process.execPath,
      toolFolder,
      env,
      sleep: async (ms, signal) => {
        await sleep(ms, undefined, { signal }).catch(() => {
          throw signal.reason;
        });
      },
      signal: new AbortController().signal,
      limitMs,
    },
  });

const text = () => readFileSync(file, "utf8");
const keys = () => JSON.parse(text()).keys;
const actions = () => fake.calls().map(({ action }) => action);

/** The error of an action; fails when there is none, or when the key can be seen in it. */
async function errorOf(action: () => Promise<unknown>): Promise<object> {
  const error = await action().then(
    () => new Error("no error was thrown"),
    (thrown: unknown) => thrown,
  );
  expect(inspect(error, { depth: 9 })).not.toContain("MARKED");
  return Object(error);
}

describe("a keyring that works", () => {
  test("takes the key, and the file says so without it", async () => {
    expect(await open().save("acme", `${ORIGIN}/v2.2`, KEY)).toEqual(IN_KEYRING);
    expect(actions()).toEqual(["write", "read"]);
    expect(fake.entries()).toEqual({ [ACCOUNT]: KEY });
    expect(keys()).toEqual([
      { profile: "acme", origin: ORIGIN, store: "keyring", savedAt: "1970-01-01T00:00:00.000Z" },
    ]);
    expect(await open().find("acme", ORIGIN)).toEqual({
      key: KEY,
      source: "keyring",
      where: "OS keyring",
    });
    expect(await open().remove("acme")).toBe(1);
    expect(fake.entries()).toEqual({});
    expect(keys()).toEqual([]);
  });

  test("is asked for nothing that the file does not say it holds", async () => {
    const credentials = open();
    expect(await credentials.find("acme", ORIGIN)).toBeNull();
    expect(await credentials.remove("acme")).toBe(0);
    await credentials.save("acme", ORIGIN, KEY, "file");
    expect(await credentials.find("acme", ORIGIN)).toMatchObject({ key: KEY, source: "file" });
    expect(await credentials.find("acme", "https://other.example")).toBeNull();
    expect(await credentials.remove("acme")).toBe(1);
    await credentials.save("acme", ORIGIN, KEY, "keyring");
    const asked = fake.calls().length;
    expect(await open({ NECTAR_API_KEY: "given" }).find("acme", ORIGIN)).toMatchObject({
      source: "environment",
    });
    expect(await credentials.find("beta", ORIGIN)).toBeNull();
    for (const other of [
      "http://external.nectarclimate.com",
      `${ORIGIN}:8443`,
      "https://x.example",
    ])
      expect(await credentials.find("acme", other)).toBeNull();
    expect(fake.calls()).toHaveLength(asked);
  });

  test("gives its copy up when the key moves to the file, and the file when it moves back", async () => {
    await open().save("acme", ORIGIN, "first", "keyring");
    expect(await open().save("acme", ORIGIN, "second", "file")).toMatchObject({
      store: "file",
      where: file,
      leftover: null,
    });
    expect(fake.entries()).toEqual({});
    expect(keys()).toEqual([
      { profile: "acme", origin: ORIGIN, key: "second", savedAt: expect.any(String) },
    ]);
    expect(await open().save("acme", ORIGIN, "third", "keyring")).toEqual(IN_KEYRING);
    expect(text()).not.toMatch(/first|second|third/);
    expect(await open().find("acme", ORIGIN)).toMatchObject({ key: "third" });
  });

  test("that lost the key is told of", async () => {
    await open().save("acme", ORIGIN, KEY);
    rmSync(join(folder, "node_modules"), { recursive: true });
    fakeKeyring(folder);
    expect(await errorOf(() => open().find("acme", ORIGIN))).toMatchObject({
      exit: "auth",
      code: "key_gone",
      next: [{ words: ["nectar", "auth", "login"], why: expect.any(String) }],
    });
    expect(await open().remove("acme")).toBe(1);
  });
});

describe("a keyring that does not work", () => {
  test.each([
    ["locked", "it is locked"],
    ["denied", "access to it was denied"],
    ["forgets", "it did not store the key"],
    ["quotes", "it failed"],
  ] as const)("%s: the file takes the key, and the reason is told", async (mood, reason) => {
    fake.become(mood);
    expect(await open().save("acme", ORIGIN, KEY)).toEqual({
      store: "file",
      where: file,
      refusal: reason,
      leftover: null,
    });
    expect(await open().find("acme", ORIGIN)).toMatchObject({ key: KEY, source: "file" });
    expect(fake.entries()).toEqual({});
  });

  test("hangs: the file takes the key when the time is up", async () => {
    fake.become("hangs");
    expect(await open({}, 400).save("acme", ORIGIN, KEY)).toMatchObject({
      store: "file",
      refusal: "it did not answer within 0.4 s",
    });
    expect(await open().remove("acme")).toBe(1);
  });

  test("is not written around when it is asked for by name", async () => {
    fake.become("locked");
    expect(await errorOf(() => open().save("acme", ORIGIN, KEY, "keyring"))).toMatchObject({
      exit: "local-state",
      code: "keyring_unavailable",
      message: "the OS keyring is not available: it is locked",
      hint: expect.stringContaining("--store file"),
    });
    expect(existsSync(file)).toBe(false);
  });

  test("takes a key and can't show it: nothing of it stays there", async () => {
    fake.become("works", "denied");
    expect(await open().save("acme", ORIGIN, KEY)).toMatchObject({
      store: "file",
      refusal: "access to it was denied",
    });
    expect(fake.entries()).toEqual({});
  });

  test("with a key in it: nothing is sent without it, and the way out is named", async () => {
    await open().save("acme", ORIGIN, KEY);
    fake.become("hangs");
    expect(await errorOf(() => open({}, 400).find("acme", ORIGIN))).toMatchObject({
      exit: "local-state",
      code: "keyring_unavailable",
      message: `the key of the profile "acme" for ${ORIGIN} is in the OS keyring, which is not available: it did not answer within 0.4 s`,
      hint: expect.stringContaining("NECTAR_API_KEY"),
      next: [{ words: ["nectar", "auth", "login", "--store", "file"], why: expect.any(String) }],
    });
  });

  test("with a key in it: removing fails, keeps the entry and says so", async () => {
    await open().save("acme", ORIGIN, KEY);
    await open().save("acme", "https://b.example", "other", "file");
    fake.become("denied");
    expect(await errorOf(() => open().remove("acme"))).toMatchObject({
      exit: "local-state",
      code: "keyring_unavailable",
      lines: [ACCOUNT],
      hint: expect.stringContaining(file),
    });
    expect(keys()).toMatchObject([{ origin: ORIGIN, store: "keyring" }]);
    fake.become("works");
    expect(await open().remove("acme")).toBe(1);
    expect(fake.entries()).toEqual({});
  });

  test("with a key in it: two of them cost one wait", async () => {
    await open().save("acme", ORIGIN, KEY);
    await open().save("acme", "https://b.example", KEY);
    fake.become("denied");
    const before = fake.calls().length;
    expect(await errorOf(() => open().remove("acme"))).toMatchObject({
      lines: [ACCOUNT, "acme@https://b.example"],
    });
    expect(fake.calls()).toHaveLength(before + 1);
  });

  test("with an older key in it: the file wins, and a later logout removes both", async () => {
    await open().save("acme", ORIGIN, "older");
    for (const store of ["file", undefined] as const) {
      fake.become("locked");
      expect(await open().save("acme", ORIGIN, KEY, store)).toMatchObject({
        store: "file",
        leftover: "it is locked",
      });
      expect(await open().find("acme", ORIGIN)).toMatchObject({ key: KEY, source: "file" });
      expect(fake.entries()).toEqual({ [ACCOUNT]: "older" });
    }
    expect(await errorOf(() => open().remove("acme"))).toMatchObject({ lines: [ACCOUNT] });
    expect(text()).not.toContain("MARKED");
    fake.become("works");
    expect(await open().remove("acme")).toBe(1);
    expect(fake.entries()).toEqual({});
    expect(keys()).toEqual([]);
  });

  test("is not installed", async () => {
    const bare = join(folder, "bare");
    mkdirSync(bare);
    rmSync(join(folder, "node_modules"), { recursive: true });
    expect(await open({}, 10_000, bare).save("acme", ORIGIN, KEY)).toMatchObject({
      store: "file",
      refusal: expect.stringContaining("@napi-rs/keyring is not installed"),
    });
  });
});

test("a damaged file is refused before the keyring is asked", async () => {
  mkdirSync(join(folder, "nectar"), { mode: 0o700 });
  writeFileSync(file, '{"schemaVersion":1,"keys":[{"MARKED":1}]}', { mode: 0o600 });
  for (const store of ["keyring", undefined] as const) {
    expect(await errorOf(() => open().save("acme", ORIGIN, KEY, store))).toMatchObject({
      code: "credentials_damaged",
    });
  }
  expect(fake.calls()).toEqual([]);
});

test("a key is in exactly one place, whatever was asked for before", async () => {
  const step = fc.record({
    origin: fc.constantFrom(ORIGIN, "https://b.example"),
    action: fc.constantFrom<KeyStore | "any" | "remove">("keyring", "file", "any", "remove"),
    works: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
      rmSync(join(folder, "nectar"), { recursive: true, force: true });
      fake = fakeKeyring(folder);
      const expected = new Map<string, { key: string; place: KeyStore }>();
      const leftovers = new Set<string>();
      for (const [index, { origin, action, works }] of steps.entries()) {
        fake.become(works ? "works" : "locked");
        const key = `key-${index}`;
        const before = expected.get(origin)?.place;
        const needed = before === "keyring" || leftovers.has(origin);
        if (action === "remove") {
          const removed = await open()
            .remove("acme", origin)
            .catch(() => null);
          expect(removed === null).toBe(needed && !works);
          // What is in the file goes in any case.
          if (works || before === "file") expected.delete(origin);
          if (works) leftovers.delete(origin);
        } else if (action !== "keyring" || works) {
          const place = action !== "file" && works ? "keyring" : "file";
          const kept = await open().save(
            "acme",
            origin,
            key,
            action === "any" ? undefined : action,
          );
          expect(kept.store).toBe(place);
          expected.set(origin, { key, place });
          if (works) leftovers.delete(origin);
          else if (needed) leftovers.add(origin);
        } else {
          await expect(open().save("acme", origin, key, "keyring")).rejects.toThrow("is locked");
        }
      }
      fake.become("works");
      for (const origin of [ORIGIN, "https://b.example"]) {
        const found = await open().find("acme", origin);
        const { key, place } = expected.get(origin) ?? {};
        expect([found?.key, found?.source]).toEqual([key, place]);
        const written = existsSync(file) && key !== undefined && text().includes(`"${key}"`);
        expect(written).toBe(place === "file");
        const entry = fake.entries()[`acme@${origin}`];
        if (!leftovers.has(origin)) expect(entry).toBe(place === "keyring" ? key : undefined);
      }
      expect(await open().remove("acme")).toBe(new Set([...expected.keys(), ...leftovers]).size);
      expect(fake.entries()).toEqual({});
    }),
    { numRuns: 12 },
  );
}, 60_000);
