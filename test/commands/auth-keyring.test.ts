/** The built tool with a real keyring: gnome-keyring-daemon on a D-Bus of the test's own. And with one that never answers. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { BIN, ROOT } from "../support/built-tool.ts";
import { fakeKeyring } from "../support/fake-keyring.ts";
import { type Ended, freshHome, type Home, startProcess } from "../support/nectar-process.ts";
import { json, stubServer } from "../support/stub-server.ts";

const KEY = "marked-key-81c4";
const BUS = "dbus-run-session";
const PROGRAMS = [BUS, "gnome-keyring-daemon", "secret-tool"];

const lacking = PROGRAMS.filter((name) => spawnSync(name, ["--version"]).error !== undefined);
if (lacking.length > 0) {
  process.stderr.write(`The tests with a real keyring do not run: no ${lacking.join(", no ")}.\n`);
}

const sessions: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) {
    const closed = new Promise((resolve) => session.once("close", resolve));
    session.stdin?.end();
    await closed;
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A session bus with a keyring; it ends with the test. */
async function startSession(
  home: Home,
  unlock: boolean,
): Promise<Readonly<Record<string, string>>> {
  // Short, because a socket's path may not be long.
  const runtime = mkdtempSync(join(tmpdir(), "bus-"));
  folders.push(runtime);
  const env = { ...home.env, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: join(runtime, "data") };
  mkdirSync(env.XDG_DATA_HOME);
  return { ...env, DBUS_SESSION_BUS_ADDRESS: await openBus(env, unlock) };
}

async function openBus(env: Readonly<Record<string, string>>, unlock: boolean): Promise<string> {
  const daemon = "gnome-keyring-daemon --components=secrets";
  const start = unlock ? `printf secret | ${daemon} --unlock >&2 &&` : "";
  const script = `${start} echo "bus $DBUS_SESSION_BUS_ADDRESS"; exec cat >&2`;
  const session = spawn(BUS, ["--", "sh", "-c", script], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  sessions.push(session);
  let said = "";
  session.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  await expect.poll(() => said).toMatch(/^bus .+\n/);
  return said.slice("bus ".length).trim();
}

/** A vendor that knows the key, and what became of every byte. */
async function ready(home: Home) {
  const vendor = await stubServer((response, { headers, path }) => {
    if (headers["x-api-key"] !== KEY) return json(response, 401, { detail: "No such key." });
    return json(response, 200, path.endsWith("/company") ? [] : { version: "2.2" });
  });
  const runs: Ended[] = [];
  const shown = () => {
    const files = readdirSync(home.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== "entries.json")
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    return [...files, ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr])].join("\n");
  };
  return { vendor, runs, shown };
}

const file = (home: Home) => join(home.folder, "config", "credentials.json");

describe.runIf(lacking.length === 0)("nectar auth with a real keyring", () => {
  it("keeps the key there and nowhere else, uses it, and removes it", async () => {
    const home = freshHome();
    const env = await startSession(home, true);
    const { vendor, runs, shown } = await ready(home);
    const run = async (words: readonly string[], stdin?: string) => {
      const ended = await home.run(words, { env, ...(stdin === undefined ? {} : { stdin }) });
      runs.push(ended);
      return ended;
    };
    const account = `default@${new URL(vendor.url).origin}`;
    const lookup = async () => {
      const words = ["lookup", "service", "nectar-cli", "username", account];
      const found = await promisify(execFile)("secret-tool", words, { env }).catch(() => null);
      return found?.stdout.trim() ?? null;
    };

    const words = ["auth", "login", "--key-stdin", "--api-url", vendor.url, "--json"];
    const login = await run(words, `${KEY}\n`);
    expect([login.status, login.stderr]).toEqual([0, ""]);
    expect(JSON.parse(login.stdout)).toMatchObject({ store: "keyring", where: "OS keyring" });
    expect(await lookup()).toBe(KEY);
    expect(JSON.parse(readFileSync(file(home), "utf8")).keys).toMatchObject([
      { profile: "default", store: "keyring" },
    ]);

    const list = await run(["companies", "list", "--json"]);
    expect([list.status, list.stdout]).toEqual([0, "[]\n"]);
    expect(vendor.asked.at(-1)?.headers["x-api-key"]).toBe(KEY);
    const status = JSON.parse((await run(["auth", "status", "--json"])).stdout);
    expect(status).toMatchObject({ source: "keyring", where: "OS keyring", valid: true });

    const moved = await run([...words, "--store", "file"], KEY);
    expect(JSON.parse(moved.stdout)).toMatchObject({ store: "file", where: file(home) });
    expect(await lookup()).toBeNull();
    expect(readFileSync(file(home), "utf8")).toContain(KEY);
    const back = await run([...words, "--store", "keyring"], KEY);
    expect(JSON.parse(back.stdout)).toMatchObject({ store: "keyring" });
    expect(await lookup()).toBe(KEY);
    expect(shown()).not.toContain(KEY);

    expect((await run(["auth", "logout"])).status).toBe(0);
    expect(await lookup()).toBeNull();
    expect((await run(["companies", "list"])).status).toBe(4);
    expect(shown()).not.toContain(KEY);
  });

  it("says so in one line when the keyring is locked", async () => {
    const home = freshHome();
    const env = await startSession(home, true);
    const { vendor, runs, shown } = await ready(home);
    const words = ["auth", "login", "--key-stdin", "--api-url", vendor.url];
    runs.push(await home.run(words, { env, stdin: KEY }));
    // A new session, as after the next boot: nobody has typed the keyring's password yet.
    const locked = { ...env, DBUS_SESSION_BUS_ADDRESS: await openBus(env, false) };
    const list = await home.run(["companies", "list"], { env: locked });
    expect(list.status).toBe(9);
    expect(list.stderr).toMatch(
      /^nectar: the key of the profile "default" for http:\/\/127\.0\.0\.1:\d+ is in the OS keyring, which is not available: it (?:is locked|did not answer within 3 s)\n/,
    );
    const given = { ...locked, NECTAR_API_KEY: KEY };
    const other = await home.run(["companies", "list", "--json"], { env: given });
    expect(other.stdout).toBe("[]\n");
    const again = await home.run([...words, "--profile", "b"], { env: locked, stdin: KEY });
    expect(again.stderr).toMatch(/^The OS keyring is not available: it /);
    runs.push(list, other, again);
    const shownWithoutFile = shown().replace(readFileSync(file(home), "latin1"), "");
    expect(shownWithoutFile).not.toContain(KEY);
  });
});

describe("nectar auth without a keyring", () => {
  it("takes the file where there is no session bus, and says why", async () => {
    const home = freshHome();
    const { vendor } = await ready(home);
    const words = ["auth", "login", "--key-stdin", "--api-url", vendor.url];
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${home.folder}/no-bus` };
    const login = await home.run(words, { env, stdin: KEY });
    expect(login.status).toBe(0);
    expect(login.stderr).toMatch(
      /^The OS keyring is not available: .+\. The key is stored in a file/,
    );
    expect(login.stdout).toContain(file(home));
    const refused = await home.run([...words, "--store", "keyring"], { env, stdin: KEY });
    expect(refused.status).toBe(9);
    for (const { stdout, stderr } of [login, refused]) expect(stdout + stderr).not.toContain(KEY);
  });

  it("does not wait for one that never answers, and ends", async () => {
    const home = freshHome();
    const { vendor, runs, shown } = await ready(home);
    const keyring = fakeKeyring(home.folder);
    keyring.become("hangs");
    // Installed beside that package.
    const bin = join(home.folder, "bin", "nectar.js");
    cpSync(dirname(BIN), dirname(bin), { recursive: true });
    cpSync(join(ROOT, "dist"), join(home.folder, "dist"), { recursive: true });
    const words = ["auth", "login", "--key-stdin", "--api-url", vendor.url];
    const { folder: cwd, env } = home;
    const tool = startProcess(process.execPath, [bin, ...words], { cwd, env, stdin: KEY });
    const login = await tool.ended;
    runs.push(login);
    expect(login.status).toBe(0);
    expect(login.stderr).toContain("it did not answer within 3 s");
    expect(keyring.calls()).toHaveLength(1);
    expect(existsSync(file(home))).toBe(true);
    rmSync(file(home));
    rmSync(join(home.folder, "dist"), { recursive: true });
    expect(shown()).not.toContain(KEY);
  });
});
