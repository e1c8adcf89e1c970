import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkKey, maskKey, openCredentials } from "../../src/profile/credentials.ts";
import { bundleChild, startChild, temporaryFolder } from "../support/children.ts";

const ORIGIN = "https://external.nectarclimate.com";
const KEY = "MARKED-key-0123456789";
const UID = process.getuid?.();

let folder = "";
let configDir = "";
let file = "";

beforeEach(() => {
  folder = temporaryFolder("credentials");
  configDir = join(folder, "nectar");
  file = join(configDir, "credentials.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (env: Record<string, string | undefined> = {}) =>
  openCredentials({ configDir, env, now: () => 0, uid: UID });

function stored(text: string, mode = 0o600): void {
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

/** The error of an action; fails when there is none. */
async function errorOf(action: () => unknown): Promise<Error> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("no error was thrown");
}

describe("find", () => {
  test("finds nothing, and makes nothing, in an empty place", async () => {
    expect(await open().find("default", ORIGIN)).toBeNull();
    expect(await open().remove("default")).toBe(0);
    expect(existsSync(configDir)).toBe(false);
  });

  test("matches a stored key by profile and by exact origin", async () => {
    expect(await open().save("acme", `${ORIGIN}/v2.2`, KEY)).toEqual({
      store: "file",
      where: file,
      refusal: null,
      leftover: null,
    });
    expect(await open().find("acme", ORIGIN)).toEqual({ key: KEY, source: "file", where: file });
    expect(await open().find("acme", `${ORIGIN}:443/other`)).toMatchObject({ key: KEY });
    for (const other of [
      "http://external.nectarclimate.com",
      "https://external.nectarclimate.com:8443",
      "https://nectarclimate.com",
      "https://external.nectarclimate.com.evil.example",
    ]) {
      expect(await open().find("acme", other)).toBeNull();
    }
    expect(await open().find("default", ORIGIN)).toBeNull();
  });

  test("the environment wins for every origin, even beside a damaged file", async () => {
    stored("{");
    const found = { key: "from-env", source: "environment", where: "NECTAR_API_KEY" };
    for (const origin of [ORIGIN, "http://127.0.0.1:4010"]) {
      expect(await open({ NECTAR_API_KEY: "from-env" }).find("acme", origin)).toEqual(found);
    }
  });

  test("an empty variable counts as unset", async () => {
    await open().save("acme", ORIGIN, KEY);
    expect(await open({ NECTAR_API_KEY: "" }).find("acme", ORIGIN)).toMatchObject({ key: KEY });
  });

  test.each([" ", "MARKED key", "MARKED\n", "MARKED\u0007", "MARKÉD"])(
    "a variable that can't be a key (%j) is refused without being shown",
    async (value) => {
      const error = await errorOf(() => open({ NECTAR_API_KEY: value }).find("a", ORIGIN));
      expect(error).toMatchObject({ exit: "auth", code: "key_malformed" });
      expect(error.message).toContain("NECTAR_API_KEY");
      expect(inspect(error, { depth: 9 })).not.toMatch(/MARK[EÉ]D/);
    },
  );

  test("a place without an origin is refused", async () => {
    for (const origin of ["", "nonsense", "file:///tmp/x"]) {
      await expect(open().find("a", origin)).rejects.toMatchObject({ code: "invalid_input" });
    }
  });
});

describe("save and remove", () => {
  test("a second key for the same place takes the first one's place", async () => {
    await open().save("acme", ORIGIN, "first");
    await open().save("acme", ORIGIN, "second");
    await open().save("acme", "https://other.example", "third");
    await open().save("beta", ORIGIN, "fourth");
    expect(await open().find("acme", ORIGIN)).toMatchObject({ key: "second" });
    expect(readFileSync(file, "utf8")).not.toContain("first");
    expect(await open().remove("acme", ORIGIN)).toBe(1);
    expect(await open().find("acme", "https://other.example")).toMatchObject({ key: "third" });
    expect(await open().remove("acme")).toBe(1);
    expect(await open().remove("acme")).toBe(0);
    expect(await open().find("beta", ORIGIN)).toMatchObject({ key: "fourth" });
    expect(readFileSync(file, "utf8")).not.toMatch(/second|third/);
    expect(readdirSync(configDir)).toEqual(["credentials.json"]);
  });

  test.each(["0", "077", "0777"])("the modes are safe under umask %s", async (umask) => {
    const script = await bundleChild(folder);
    const ended = await startChild(script, ["key", configDir], { umask }).ended;
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(statSync(configDir).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a malformed key is not stored", async () => {
    await expect(open().save("acme", ORIGIN, "a b")).rejects.toMatchObject({
      code: "key_malformed",
    });
    expect(existsSync(file)).toBe(false);
  });

  test("fields that this version does not know are kept", async () => {
    const keys = [{ profile: "a", origin: ORIGIN, key: "old", label: "mine" }];
    stored(JSON.stringify({ schemaVersion: 1, extra: 1, keys }));
    await open().save("a", ORIGIN, "new");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      schemaVersion: 1,
      extra: 1,
      keys: [{ ...keys[0], key: "new", savedAt: "1970-01-01T00:00:00.000Z" }],
    });
  });
});

/** Finding, saving and removing fail; the file stays byte for byte; nothing of it is shown. */
async function expectRefused(error: object): Promise<void> {
  const before = readFileSync(file);
  const { mtimeMs, ino, mode } = statSync(file);
  for (const action of [
    () => open().find("default", ORIGIN),
    () => open().save("default", ORIGIN, KEY),
    () => open().remove("default"),
  ]) {
    const thrown = await errorOf(action);
    expect(thrown).toMatchObject({ exit: "local-state", ...error });
    expect(thrown.message).toContain(file);
    expect(inspect(thrown, { depth: 9 })).not.toContain("MARKED");
  }
  expect(readFileSync(file)).toEqual(before);
  expect(statSync(file)).toMatchObject({ mtimeMs, ino, mode });
  expect(existsSync(`${file}.lock`)).toBe(false);
}

describe("a file that can't be used is named, stays untouched, and none of it is shown", () => {
  test.each([
    "",
    "MARKED",
    '{"schemaVersion":1,"keys":[{"key":"MARKED"',
    '{"schemaVersion":1,"keys":{"key":"MARKED"}}',
    '{"schemaVersion":1,"keys":[{"key":"MARKED","profile":"a"}]}',
    '{"schemaVersion":1,"keys":[{"profile":"a","origin":"https://a.example"}]}',
    '{"schemaVersion":1,"keys":[{"profile":"a","origin":"https://a.example","store":"MARKED"}]}',
    '{"schemaVersion":1,"keys":[{"profile":"a","origin":"https://a.example","key":7}]}',
    '{"schemaVersion":"MARKED","keys":[]}',
    '{"keys":[]}',
  ])("damaged: %s", async (text) => {
    stored(text);
    await expectRefused({ code: "credentials_damaged" });
  });

  test("written by a newer version", async () => {
    stored('{"schemaVersion":7,"vault":"MARKED"}');
    await expectRefused({ code: "credentials_newer" });
  });

  test.each([0o640, 0o604, 0o644, 0o620])("open to others: %o", async (mode) => {
    stored(JSON.stringify({ schemaVersion: 1, keys: [] }), mode);
    await expectRefused({
      code: "unsafe_permissions",
      next: [{ words: ["chmod", "600", file], why: expect.any(String) }],
    });
  });

  test("a link", async () => {
    stored("{}");
    rmSync(file);
    const elsewhere = join(folder, "elsewhere.json");
    writeFileSync(elsewhere, JSON.stringify({ schemaVersion: 1, keys: [] }), { mode: 0o600 });
    symlinkSync(elsewhere, file);
    await expectRefused({ code: "unsafe_permissions" });
  });
});

describe("checkKey and maskKey", () => {
  test("a key of printable ASCII is taken as it is", () => {
    expect(checkKey("sk_live-~!{}09AZ")).toBe("sk_live-~!{}09AZ");
  });

  test("an empty one is said to be empty", () => {
    expect(() => checkKey("")).toThrow("is empty");
  });

  test("a fingerprint tells keys apart and shows nothing of them", () => {
    expect(maskKey(KEY)).toMatch(/^sha256:[0-9a-f]{8}… \(20 to 39 characters\)$/);
    expect(maskKey(KEY)).toBe(maskKey(KEY));
    expect(maskKey(`${KEY}x`)).not.toBe(maskKey(KEY));
    for (let at = 0; at + 4 <= KEY.length; at++) {
      expect(maskKey(KEY)).not.toContain(KEY.slice(at, at + 4));
    }
    expect(maskKey("short")).toContain("under 20");
    expect(maskKey("k".repeat(64))).toContain("40 to 79");
    expect(maskKey("k".repeat(200))).toContain("80 or more");
  });
});
