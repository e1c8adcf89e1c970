import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkProfileName, openProfiles, type Profile } from "../../src/profile/profiles.ts";
import { bundleChild, startChild, temporaryFolder } from "../support/children.ts";

const NOW = Date.parse("2030-01-02T03:04:05.678Z");
const UID = process.getuid?.();

let folder = "";
let configDir = "";
let file = "";

beforeEach(() => {
  folder = temporaryFolder("profiles");
  configDir = join(folder, "nectar");
  file = join(configDir, "config.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openProfiles({ configDir, now: () => NOW, uid: UID });

function stored(text: string, mode = 0o600): void {
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

const content = (): unknown => JSON.parse(readFileSync(file, "utf8"));

const FULL: Omit<Profile, "name" | "updatedAt"> = {
  target: "https://external.nectarclimate.com/v2.2",
  company: { id: "c-1", name: "Acme", externalId: "acme-1" },
  sites: [
    { id: "s-1", name: "Plant", externalId: null },
    { id: "s-2", name: "Cold store", externalId: "site-2" },
  ],
  connection: { id: "n-1", url: "https://nectarclimate.com", username: "someone" },
  routes: { sites: "guide", connections: "reference" },
};

describe("an empty store", () => {
  test("reads as empty and makes nothing on the disk", async () => {
    const profiles = open();
    expect(profiles.file).toBe(file);
    expect(await profiles.current()).toBe("default");
    expect(await profiles.list()).toEqual([]);
    expect(await profiles.find("default")).toBeNull();
    expect(await profiles.remove("default")).toBe(false);
    expect(existsSync(configDir)).toBe(false);
  });

  test.each(["0", "077", "0777"])("is written with safe modes under umask %s", async (umask) => {
    const script = await bundleChild(folder);
    const ended = await startChild(script, ["profile", configDir], { umask }).ended;
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(statSync(configDir).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(configDir)).toEqual(["config.json"]);
  });
});

describe("update", () => {
  test("gets an empty profile first, and what was written afterwards", async () => {
    const seen: Profile[] = [];
    const written = await open().update("acme", (old) => {
      seen.push(old);
      return { ...old, ...FULL };
    });
    expect(written).toEqual({ name: "acme", ...FULL, updatedAt: "2030-01-02T03:04:05.678Z" });
    await open().update("acme", (old) => {
      seen.push(old);
      return old;
    });
    const nothing = { target: null, company: null, connection: null, updatedAt: null };
    expect(seen).toEqual([{ name: "acme", ...nothing, sites: [], routes: {} }, written]);
    expect(await open().find("acme")).toEqual(written);
    expect(content()).toEqual({
      schemaVersion: 1,
      currentProfile: "default",
      profiles: { acme: { ...FULL, updatedAt: "2030-01-02T03:04:05.678Z" } },
    });
  });

  test("writes nothing when nothing changes", async () => {
    await open().update("acme", (old) => ({ ...old, ...FULL }));
    const before = statSync(file);
    await openProfiles({ configDir, now: () => NOW + 1, uid: UID }).update("acme", (old) => old);
    expect(statSync(file).ino).toBe(before.ino);
    expect((await open().find("acme"))?.updatedAt).toBe("2030-01-02T03:04:05.678Z");
  });

  test("a field that is no part of a profile is not written", async () => {
    await open().update("acme", (old) => Object.assign({}, old, FULL, { password: "marked" }));
    expect(readFileSync(file, "utf8")).not.toContain("marked");
  });

  test("a failing change leaves everything as it was", async () => {
    await open().update("acme", (old) => ({ ...old, ...FULL }));
    const before = readFileSync(file);
    await expect(
      open().update("acme", () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(readFileSync(file)).toEqual(before);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test("fields that this version does not know are kept, known ones can go", async () => {
    stored(
      JSON.stringify({
        schemaVersion: 1,
        currentProfile: "acme",
        telemetry: { on: false },
        profiles: {
          acme: {
            ...FULL,
            company: { ...FULL.company, color: "blue" },
            sites: [
              { id: "s-1", name: "Plant", floor: 3 },
              { id: "s-9", name: "Gone", floor: 1 },
            ],
            routes: { sites: "guide", meters: "new" },
            note: "by hand",
          },
          other: { future: [1, 2] },
        },
      }),
    );
    await open().update("acme", (old) => ({
      ...old,
      sites: [{ id: "s-2", name: "New", externalId: null }, ...old.sites.slice(0, 1)],
      routes: { connections: "reference" },
    }));
    expect(content()).toEqual({
      schemaVersion: 1,
      currentProfile: "acme",
      telemetry: { on: false },
      profiles: {
        acme: {
          ...FULL,
          company: { ...FULL.company, color: "blue" },
          sites: [
            { id: "s-2", name: "New", externalId: null },
            { id: "s-1", name: "Plant", externalId: null, floor: 3 },
          ],
          routes: { meters: "new", connections: "reference" },
          note: "by hand",
          updatedAt: "2030-01-02T03:04:05.678Z",
        },
        other: { future: [1, 2] },
      },
    });
  });

  test("what belongs to another company is not carried over", async () => {
    const company = { id: "c-1", name: "Acme", color: "blue" };
    stored(JSON.stringify({ schemaVersion: 1, currentProfile: "a", profiles: { a: { company } } }));
    const next = { id: "c-2", name: "Other", externalId: null };
    await open().update("a", (old) => ({ ...old, company: next }));
    expect(content()).toMatchObject({ profiles: { a: { company: next } } });
    expect(readFileSync(file, "utf8")).not.toContain("blue");
  });

  test("any profile comes back as it was written", async () => {
    const text = fc.string({ unit: "binary", maxLength: 12 });
    const maybe = fc.option(text);
    const named = fc.record({ id: text, name: text, externalId: maybe });
    const form = fc.constantFrom("guide" as const, "reference" as const);
    const anyProfile = fc.record({
      target: maybe,
      company: fc.option(named),
      sites: fc.array(named, { maxLength: 3 }),
      connection: fc.option(fc.record({ id: text, url: maybe, username: maybe })),
      routes: fc.record({ sites: form, connections: form }, { requiredKeys: [] }),
    });
    const reserved = ["__proto__", "constructor", "prototype"];
    const names = fc
      .stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
      .filter((name) => !reserved.includes(name));
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.array(anyProfile, { minLength: 1, maxLength: 3 }),
        async (name, all) => {
          let last: Profile | null = null;
          for (const each of all) {
            last = await open().update(name, (old) => ({ ...old, ...each }));
            // A lone half of a character can't be stored as UTF-8; everything else comes back as it was.
            expect(JSON.stringify({ ...last, ...each })).toBe(JSON.stringify(last));
          }
          expect(await open().find(name)).toEqual(last);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("use and remove", () => {
  test("use takes an existing profile or the default", async () => {
    await open().update("acme", (old) => old);
    await open().use("acme");
    expect(await open().current()).toBe("acme");
    await open().use("default");
    expect(await open().current()).toBe("default");
    await expect(open().use("nobody")).rejects.toMatchObject({ exit: "not-found" });
    expect(await open().current()).toBe("default");
  });

  test("removing the current profile goes back to the default", async () => {
    await open().update("b", (old) => old);
    await open().update("a", (old) => old);
    await open().use("b");
    expect((await open().list()).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(await open().remove("b")).toBe(true);
    expect(await open().remove("b")).toBe(false);
    expect(await open().current()).toBe("default");
    expect((await open().list()).map(({ name }) => name)).toEqual(["a"]);
  });
});

test.each([2, 6])("%i processes that write at once lose nothing", async (writers) => {
  const script = await bundleChild(folder);
  const children = Array.from({ length: writers }, (_, index) =>
    startChild(script, ["write", configDir, `w${index}`, "5"]),
  );
  for (const { ended } of children) {
    expect(await ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
  }
  const wanted = Array.from({ length: writers }, (_, index) =>
    Array.from({ length: 5 }, (_, turn) => `w${index}-${turn}`),
  ).flat();
  const names = (await open().list()).map(({ name }) => name);
  expect(names).toEqual(["shared", ...wanted].sort());
  const shared = await open().find("shared");
  expect(shared?.sites.map(({ id }) => id).sort()).toEqual(wanted);
  const keys = JSON.parse(readFileSync(join(configDir, "credentials.json"), "utf8"));
  expect(keys.keys.map(({ profile }: { profile: string }) => profile).sort()).toEqual(wanted);
  expect(readdirSync(configDir).sort()).toEqual(["config.json", "credentials.json"]);
});

describe("a file that begins with a byte order mark", () => {
  test("is read, and written without it", async () => {
    stored('\uFEFF{"schemaVersion":1,"currentProfile":"acme","profiles":{"acme":{}},"more":1}');
    expect(await open().current()).toBe("acme");
    await open().update("acme", (old) => ({ ...old, target: "local" }));
    expect(content()).toMatchObject({ more: 1, profiles: { acme: { target: "local" } } });
  });
});

describe("rehearsing", () => {
  test("changes nothing, with a file and without", async () => {
    await open().rehearse();
    expect(readdirSync(configDir)).toEqual([]);
    const text = '\uFEFF{"schemaVersion":1, "currentProfile":"default","profiles":{}}\n';
    stored(text);
    await open().rehearse();
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(configDir)).toEqual(["config.json"]);
  });

  test("tells that the folder can't be written", async () => {
    writeFileSync(configDir, "");
    await expect(open().rehearse()).rejects.toMatchObject({ exit: "local-state" });
  });
});

describe("names", () => {
  test.each(["default", "a", "A-b_9", "x".repeat(64)])("%s is allowed", (name) => {
    expect(checkProfileName(name)).toBe(name);
  });

  test.each([
    "",
    "a b",
    "a.b",
    "../x",
    "ä",
    "x".repeat(65),
    "__proto__",
    "constructor",
    "prototype",
    "a\n",
  ])("%j is refused", async (name) => {
    const refusal = { exit: "usage", code: "invalid_input" };
    expect(() => checkProfileName(name)).toThrow(expect.objectContaining(refusal));
    for (const action of [
      () => open().find(name),
      () => open().update(name, (old) => old),
      () => open().use(name),
      () => open().remove(name),
    ]) {
      await expect(action()).rejects.toMatchObject(refusal);
    }
    expect(existsSync(configDir)).toBe(false);
  });
});

/** Reading fails, writing fails, and the file stays byte for byte. */
async function expectRefused(error: object): Promise<void> {
  const before = readFileSync(file);
  const { mtimeMs, ino, mode } = statSync(file);
  for (const action of [
    () => open().current(),
    () => open().list(),
    () => open().find("default"),
    () => open().update("default", (old) => old),
    () => open().use("default"),
    () => open().remove("default"),
  ]) {
    await expect(action()).rejects.toMatchObject({ exit: "local-state", ...error });
  }
  // `toEqual` compares byte by byte, which takes seconds.
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(statSync(file)).toMatchObject({ mtimeMs, ino, mode });
  expect(existsSync(`${file}.lock`)).toBe(false);
}

describe("a file that can't be used is named and stays untouched", () => {
  const around = (profiles: string): string =>
    `{"schemaVersion":1,"currentProfile":"default","profiles":${profiles}}`;
  test.each([
    ["", "it is empty"],
    ['{\n  "schemaVersion": 1,\n  oops', "line 3"],
    ["[]", "the whole file: expected object"],
    ["null", "the whole file: expected object"],
    ['{"currentProfile":"default","profiles":{}}', "schemaVersion: expected 1"],
    ['{"schemaVersion":1,"profiles":{}}', "currentProfile: expected string"],
    ['{"schemaVersion":1,"currentProfile":"a b","profiles":{}}', "currentProfile"],
    [around("[]"), "profiles: expected object"],
    [around('{"a":7}'), "profiles.a: expected object"],
    [around('{"a":{"company":{"id":1,"name":"x"}}}'), "profiles.a.company.id: expected string"],
    [around('{"a":{"sites":[{"id":"x"}]}}'), "profiles.a.sites.0.name: expected string"],
    [around('{"a":{"routes":{"sites":"other"}}}'), "profiles.a.routes.sites: expected guide or"],
    [around('{"__proto__":{"target":"x"}}'), "contains an invalid profile name"],
    [around(`{"a":${'{"b":'.repeat(100_000)}1${"}".repeat(100_001)}`), "100 levels deep"],
  ])("damaged: %.60s", async (text, what) => {
    stored(text);
    await expectRefused({ code: "config_damaged", message: expect.stringContaining(what) });
    await expectRefused({ message: expect.stringContaining(file) });
  });

  test("written by a newer version", async () => {
    stored('{"schemaVersion":2,"everything":"new"}');
    await expectRefused({ code: "config_newer", message: expect.stringContaining(file) });
  });

  test.each([0o620, 0o602, 0o666])("changeable by others: %o", async (mode) => {
    stored('{"schemaVersion":1,"currentProfile":"default","profiles":{}}', mode);
    await expectRefused({
      code: "unsafe_permissions",
      message: expect.stringContaining(file),
      next: [{ words: ["chmod", "600", file], why: expect.any(String) }],
    });
  });

  test("a folder that others can change", async () => {
    stored('{"schemaVersion":1,"currentProfile":"default","profiles":{}}');
    chmodSync(configDir, 0o777);
    await expectRefused({
      code: "unsafe_permissions",
      next: [{ words: ["chmod", "700", configDir], why: expect.any(String) }],
    });
  });

  test("a link in place of the file", async () => {
    stored('{"schemaVersion":1,"currentProfile":"default","profiles":{}}');
    renameSync(file, join(folder, "elsewhere.json"));
    symlinkSync(join(folder, "elsewhere.json"), file);
    await expectRefused({
      code: "unsafe_permissions",
      message: expect.stringContaining(`${file} is a symbolic link`),
    });
  });

  test("a link in place of the folder", async () => {
    stored('{"schemaVersion":1,"currentProfile":"default","profiles":{}}');
    renameSync(configDir, join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), configDir);
    await expectRefused({
      code: "unsafe_permissions",
      message: expect.stringContaining(`${configDir} is a symbolic link`),
    });
  });

  test("somebody else's file", async () => {
    stored('{"schemaVersion":1,"currentProfile":"default","profiles":{}}');
    const other = openProfiles({ configDir, now: () => NOW, uid: (UID ?? 0) + 1 });
    await expect(other.list()).rejects.toMatchObject({
      code: "unsafe_permissions",
      message: expect.stringContaining("belongs to another user"),
    });
  });

  test("a folder in place of the file", async () => {
    mkdirSync(file, { recursive: true, mode: 0o700 });
    await expect(open().list()).rejects.toMatchObject({
      code: "unsafe_permissions",
      message: expect.stringContaining("is not a regular file"),
    });
  });
});
