/** Where `auth login` keeps a key, and what the other commands make of it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import { fakeKeyring } from "../support/fake-keyring.ts";
import { freshPlace, type Place, type Run, type RunOptions } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";

const KEY = "marked-key-81c4";
const LOGIN = ["auth", "login", "--key-stdin"];

/** On a busy machine the keyring's process may take longer than its limit, which no test here is about. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (_ms, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
};

/** A vendor that knows the key, and a place with a keyring. */
async function ready() {
  const vendor = await stubServer((response, { headers, path }) => {
    if (headers["x-api-key"] !== KEY) return json(response, 401, { detail: "No such key." });
    return json(response, 200, path.endsWith("/company") ? [] : { version: "2.2" });
  });
  const place = freshPlace();
  const keyring = fakeKeyring(join(place.folder, "tool"));
  const runs: Run[] = [];
  const run = async (words: readonly string[], options: RunOptions = {}) => {
    const one = await place.run(words, { toolFolder: keyring.toolFolder, clock, ...options });
    runs.push(one);
    return one;
  };
  const login = (...more: string[]) =>
    run([...LOGIN, "--api-url", vendor.url, ...more], { stdin: `${KEY}\n` });
  return { vendor, place, keyring, run, runs, login, file: credentialsOf(place) };
}

const credentialsOf = ({ folder }: Place) => join(folder, "config", "credentials.json");

/** Every byte that was printed or written, but for the keyring itself. */
function everything(place: Place, runs: readonly Run[]): string {
  const files = readdirSync(place.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "entries.json")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  return [...files, ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr])].join("\n");
}

describe("nectar auth login", () => {
  it("keeps the key in the keyring, from where every command takes it", async () => {
    const { vendor, place, keyring, run, runs, login, file } = await ready();
    const { origin } = new URL(vendor.url);
    expect((await login("--json")).json()).toEqual({
      profile: "default",
      target: vendor.url,
      store: "keyring",
      where: "OS keyring",
      fingerprint: expect.stringMatching(/^sha256:/),
      valid: true,
    });
    expect(keyring.entries()).toEqual({ [`default@${origin}`]: KEY });
    expect(JSON.parse(readFileSync(file, "utf8")).keys).toMatchObject([
      { profile: "default", origin, store: "keyring" },
    ]);
    expect((await run(["companies", "list", "--json"])).stdout).toBe("[]\n");
    expect((await run(["auth", "status", "--json"])).json()).toMatchObject({
      source: "keyring",
      where: "OS keyring",
      valid: true,
    });
    const elsewhere = await run(["companies", "list", "--profile", "x", "--api-url", vendor.url]);
    expect(elsewhere.status).toBe(4);
    expect((await run(["auth", "logout", "--json"])).json()).toEqual({
      profile: "default",
      removed: 1,
    });
    expect(keyring.entries()).toEqual({});
    expect((await run(["companies", "list"])).status).toBe(4);
    expect(everything(place, runs)).not.toContain(KEY);
  });

  it("says where, on the screen as well", async () => {
    const { login, file } = await ready();
    expect((await login()).stdout).toContain("OS keyring");
    const inFile = await login("--store", "file");
    expect(inFile.stdout).toContain(file);
    expect(inFile.stdout).not.toContain("OS keyring");
  });

  it("takes the file where the keyring fails, and says why", async () => {
    const { keyring, login, file, run } = await ready();
    keyring.become("locked");
    const done = await login();
    expect(done.status).toBe(0);
    expect(done.stderr).toBe(
      "The OS keyring is not available: it is locked. The key is stored in a file that only you can read.\n",
    );
    expect(done.stdout).toContain(file);
    expect(done.stdout + done.stderr).not.toContain(KEY);
    expect((await run(["auth", "status", "--json"])).json()).toMatchObject({
      source: "file",
      where: file,
    });
  });

  it("stores nothing when the keyring is asked for and fails", async () => {
    const { vendor, place, keyring, runs, login, run, file } = await ready();
    keyring.become("denied");
    const refused = await login("--store", "keyring", "--json");
    expect(refused.status).toBe(9);
    expect(refused.stdout).toBe("");
    expect(refused.error()).toMatchObject({
      code: "keyring_unavailable",
      hint: expect.stringContaining("--store file"),
    });
    expect(existsSync(file)).toBe(false);
    expect((await run(["profiles", "list", "--json"])).stdout).toBe("[]\n");
    expect(vendor.asked.map(({ path }) => path)).toEqual(["/v2.2/ping"]);
    expect(everything(place, runs)).not.toContain(KEY);
  });

  it("does not ask the keyring when the file is asked for", async () => {
    const { keyring, login, file } = await ready();
    const done = await login("--store", "file", "--json");
    expect(done.json()).toMatchObject({ store: "file", where: file });
    expect(done.stderr).toBe("");
    expect(keyring.calls()).toEqual([]);
    expect(readFileSync(file, "utf8")).toContain(KEY);
  });

  it("takes no other store, and no --no-save", async () => {
    const { vendor, keyring, login } = await ready();
    for (const more of [["--store", "cloud"], ["--store", ""], ["--no-save"]]) {
      expect((await login(...more)).status).toBe(2);
    }
    expect(vendor.asked).toEqual([]);
    expect(keyring.calls()).toEqual([]);
  });
});

describe("a key in a keyring that has gone silent", () => {
  it("ends every command that needs it with one clear line, and sends nothing", async () => {
    const { vendor, place, keyring, run, runs, login } = await ready();
    await login();
    keyring.become("denied");
    const asked = vendor.asked.length;
    for (const words of [
      ["companies", "list"],
      ["auth", "status"],
      ["auth", "logout"],
    ]) {
      const ended = await run([...words, "--json"]);
      expect([words, ended.status]).toEqual([words, 9]);
      expect(ended.error()).toMatchObject({ code: "keyring_unavailable" });
    }
    expect(vendor.asked).toHaveLength(asked);
    const env = { NECTAR_API_KEY: KEY };
    expect((await run(["companies", "list", "--json"], { env })).stdout).toBe("[]\n");
    const deleted = await run(["profiles", "delete", "default", "--yes"]);
    expect(deleted.status).toBe(9);
    expect((await run(["profiles", "show", "default"])).status).toBe(0);
    keyring.become("works");
    expect((await run(["profiles", "delete", "default", "--yes"])).status).toBe(0);
    expect(keyring.entries()).toEqual({});
    expect(everything(place, runs)).not.toContain(KEY);
  });
});
