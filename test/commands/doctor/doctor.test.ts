/** `nectar doctor`: what it finds in broken states, what it repairs, and what it leaves alone. */
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../../src/api/http.ts";
import { freshPlace, type Place, type Run, type RunOptions } from "../../support/run-cli.ts";
import { json, stubServer } from "../../support/stub-server.ts";

const KEY = "marked-key-77aa";
/** No process has this ID. */
const GONE = 2 ** 22 + 1;

interface Report {
  readonly checks: readonly {
    readonly name: string;
    readonly state: string;
    readonly message: string;
    readonly next: readonly { readonly command: string }[];
  }[];
  readonly fixed: readonly string[];
}

async function doctor(place: Place, words: readonly string[] = [], options: RunOptions = {}) {
  const run = await place.run(["doctor", "--json", ...words], options);
  const report = run.json<Report>();
  const of = (name: string) => {
    const found = report.checks.find((check) => check.name === name);
    if (found === undefined) throw new Error(`no check ${name}`);
    return found;
  };
  return { run, report, of };
}

function notOk({ checks }: Report): string[] {
  return checks
    .filter(({ state }) => state === "failed" || state === "warning")
    .map(({ name, state }) => `${name}: ${state}`);
}

/** Writes a file of the tool's, and the folders above it. */
function write(place: Place, path: string, content: unknown, mode = 0o600): string {
  const file = join(place.folder, path);
  mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content), { mode });
  chmodSync(file, mode);
  return file;
}

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

const ACCEPTING = { env: { NECTAR_API_KEY: KEY } };

describe("nectar doctor", () => {
  it("finds nothing where all is well, and creates nothing", async () => {
    const place = freshPlace();
    const server = await stubServer((response) => json(response, 200, { version: "2.2" }));
    const { run, report, of } = await doctor(place, ["--api-url", server.url], ACCEPTING);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(notOk(report)).toEqual([]);
    expect(of("key").message).toBe("from the environment: NECTAR_API_KEY");
    expect(of("ping").state).toBe("ok");
    expect(of("clock").state).toBe("ok");
    expect(of("tls").state).toBe("skipped");
    expect(readdirSync(place.folder)).toEqual([]);
    expect(run.stdout).not.toContain(KEY);
    expect(run.stdout).not.toContain(place.folder);
    expect(of("config folder").message).toBe("~/config does not exist yet");
    const offline = await doctor(place, ["--local"]);
    expect([offline.run.status, notOk(offline.report)]).toEqual([0, []]);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("ends with 4 without a key, and shows the list all the same", async () => {
    const place = freshPlace();
    const { run, report, of } = await doctor(place);
    expect(run.status).toBe(4);
    expect(notOk(report)).toEqual(["key: failed"]);
    expect(of("key").next[0]?.command).toBe("nectar auth login");
    expect(run.error().message).toBe("1 check failed: key");
    const plain = await place.run(["doctor"]);
    expect(plain.stdout.split("\n")).toContainEqual(
      expect.stringMatching(/^failed\tkey\tno API key/),
    );
    expect((await place.run(["doctor", "-q"])).stdout).toBe("key\n");
    const shown = await place.run(["doctor"], { columns: 200, env: { NO_COLOR: "1" } });
    expect(shown.stdout).toMatch(/^failed +key +no API key.*\n {2}nectar auth login/m);
    const narrow = await place.run(["doctor"], { columns: 70, env: { NO_COLOR: "1" } });
    expect(narrow.stdout.split("\n").filter((line) => line.length > 70)).toEqual([]);
  });

  it("says at which step the way to the API ends", async () => {
    const refusing = await stubServer((response) => json(response, 401, { detail: "No." }));
    const at = (url: string) => doctor(freshPlace(), ["--api-url", url], ACCEPTING);
    const refused = await at(refusing.url);
    expect([refused.run.status, notOk(refused.report)]).toEqual([4, ["ping: failed"]]);
    expect(refused.of("clock").state).toBe("ok");

    const closed = await at("http://127.0.0.1:9/v2.2");
    expect([closed.run.status, notOk(closed.report)]).toEqual([6, ["connect: failed"]]);
    expect(closed.of("ping").state).toBe("skipped");

    const plain = await at(refusing.url.replace("http:", "https:"));
    expect([plain.run.status, notOk(plain.report)]).toEqual([6, ["tls: failed"]]);

    const nowhere = await at("https://nowhere.invalid/v2.2");
    expect([nowhere.run.status, notOk(nowhere.report)]).toEqual([6, ["name: failed"]]);
  });

  it("does not wait for a server that never responds", async () => {
    let timeIsUp = () => {};
    const server = await stubServer(() => timeIsUp());
    /** Six seconds are over as soon as it is asked; the command's own deadline never comes. */
    const clock: Clock = {
      now: () => Date.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (ms <= 6_000) timeIsUp = resolve;
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
    };
    const { run, of } = await doctor(freshPlace(), ["--api-url", server.url], {
      ...ACCEPTING,
      clock,
    });
    expect(run.status).toBe(6);
    expect([of("ping").state, of("clock")]).toMatchObject([
      "failed",
      { state: "skipped", message: "see ping" },
    ]);
    expect(of("ping").message).toContain("no result within 6 s");
  });

  it("warns of a clock that is wrong", async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    const server = await stubServer((response) => json(response, 200, {}, { date }));
    const { run, of } = await doctor(freshPlace(), ["--api-url", server.url], ACCEPTING);
    expect(run.status).toBe(0);
    expect(of("clock").state).toBe("warning");
    expect(of("clock").message).toContain("ahead of the server's");
  });

  it("names a proxy without its password, and one that is none", async () => {
    const at = ["--api-url", "https://nowhere.invalid/v2.2"];
    const withProxy = (value: string): Promise<{ run: Run; report: Report }> =>
      doctor(freshPlace(), at, { env: { NECTAR_API_KEY: KEY, https_proxy: value } });
    const closed = await withProxy("http://user:marked-secret@127.0.0.1:9");
    expect([closed.run.status, notOk(closed.report)]).toEqual([6, ["connect: failed"]]);
    expect(closed.run.stdout).toContain("127.0.0.1:9, from https_proxy");
    expect(closed.run.stdout + closed.run.stderr).not.toContain("marked-secret");
    const none = await withProxy("socks5://127.0.0.1:9");
    expect([none.run.status, notOk(none.report)]).toEqual([2, ["proxy: failed"]]);
  });
});

describe("nectar doctor --fix", () => {
  it("makes own folders and files safe, also below an unsafe one, and says so", async () => {
    const place = freshPlace();
    const key = write(place, "state/emulator/key.json", { key: "x" }, 0o644);
    const keys = write(place, "config/credentials.json", { schemaVersion: 1, keys: [] }, 0o640);
    const state = join(place.folder, "state");
    chmodSync(state, 0o777);
    const { run, report, of } = await doctor(place, ["--local"]);
    expect(run.status).toBe(9);
    expect(of("state folder").state).toBe("failed");
    expect(of("state folder").next[0]?.command).toBe("nectar doctor --fix --local");
    // One cause, one finding.
    expect(notOk(report)).toEqual(["config folder: failed", "state folder: failed"]);
    expect([mode(state), mode(key), mode(keys)]).toEqual([0o777, 0o644, 0o640]);
    expect(report.fixed).toEqual([]);
    expect(run.stdout + run.stderr).not.toContain(place.folder);

    const fixed = await doctor(place, ["--local", "--fix"]);
    expect([fixed.run.status, notOk(fixed.report)]).toEqual([0, []]);
    expect(fixed.report.fixed).toHaveLength(3);
    expect([mode(state), mode(key), mode(keys)]).toEqual([0o700, 0o600, 0o600]);
  });

  it.each([
    ["NECTAR_CONFIG_DIR", 0o1777],
    ["NECTAR_CONFIG_DIR", 0o777],
    ["NECTAR_STATE_DIR", 0o1777],
    ["NECTAR_STATE_DIR", 0o777],
  ])("changes nothing in a folder that others use: %s, mode %o", async (variable, shared) => {
    const place = freshPlace();
    const paths = [
      write(place, "sh/foreign", "x", 0o666),
      write(place, "sh/sub/f", "y", 0o666),
      write(place, "sh/report.2024", "z", 0o666),
      write(place, "sh/emulator/mine.txt", "z", 0o666),
      write(place, "target", "t", 0o666),
    ];
    const folder = join(place.folder, "sh");
    mkdirSync(join(folder, "other.lock"));
    utimesSync(join(folder, "other.lock"), 1, 1);
    linkSync(join(place.folder, "target"), join(folder, "hard"));
    chmodSync(folder, shared);
    const { run, report } = await doctor(place, ["--local", "--fix"], {
      env: { [variable]: folder },
    });
    expect(run.status).toBe(9);
    expect(report.fixed).toEqual([]);
    expect(run.stdout + run.stderr).toContain(`Set ${variable} to a folder of your own.`);
    expect(run.stdout + run.stderr).not.toMatch(/chmod|"mv /);
    expect(paths.map(mode)).toEqual(paths.map(() => 0o666));
    expect(statSync(folder).mode & 0o7777).toBe(shared);
    chmodSync(folder, 0o700);
    const closed = await doctor(place, ["--local", "--fix"], { env: { [variable]: folder } });
    expect([closed.run.status, closed.report.fixed]).toEqual([0, []]);
    expect(paths.map(mode)).toEqual(paths.map(() => 0o666));
    expect(existsSync(join(folder, "other.lock"))).toBe(true);
  });

  it("leaves a file of its own that has another name elsewhere, and says what to do", async () => {
    const place = freshPlace();
    const other = write(place, "other.json", { schemaVersion: 1, keys: [] }, 0o666);
    mkdirSync(join(place.folder, "config"), { mode: 0o700 });
    linkSync(other, join(place.folder, "config", "credentials.json"));
    const { run, report, of } = await doctor(place, ["--local", "--fix"]);
    expect([run.status, report.fixed, mode(other)]).toEqual([9, [], 0o666]);
    expect(of("config folder").message).toContain("It is a hard link");
    const commands = of("config folder").next.map(({ command }) => command);
    const file = "~/config/credentials.json";
    expect(commands).toEqual([`cp ${file} ${file}.copy`, `mv ${file}.copy ${file}`]);
  });

  it("knows the name of everything that the tool keeps", async () => {
    const place = freshPlace();
    const run = async (words: readonly string[], options: RunOptions = {}) =>
      expect((await place.run(words, options)).status).toBe(0);
    await run(["onboard", "--local", "--company-name", "A", "--site", "B"]);
    await run(["emulator", "fault", "--status", "500"]);
    const server = await stubServer((response) => json(response, 200, { version: "2.2" }));
    await run(["auth", "login", "--key-stdin", "--store", "file", "--api-url", server.url], {
      stdin: KEY,
    });
    const folders = ["config", "state", "state/ledger", "state/emulator"];
    for (const folder of folders) chmodSync(join(place.folder, folder), 0o777);
    const { report } = await doctor(place, ["--local", "--fix"]);
    expect(report.fixed).toHaveLength(folders.length);
  });

  it("does not touch what a link leads to", async () => {
    const place = freshPlace();
    const other = write(place, "other/file.json", {}, 0o666);
    mkdirSync(join(place.folder, "config"), { mode: 0o700 });
    symlinkSync(other, join(place.folder, "config", "config.json"));
    const { run, of } = await doctor(place, ["--local", "--fix"]);
    expect(run.status).toBe(9);
    expect(of("config folder").message).toContain("is a symbolic link");
    expect(of("config folder").next[0]?.command).toBe(
      "mv ~/config/config.json ~/config/config.json.away",
    );
    expect(mode(other)).toBe(0o666);
  });

  it("removes the lock and the temporary files of a run that is gone, and no other", async () => {
    const place = freshPlace();
    const run = await place.run([
      "onboard",
      "--local",
      "--company-name",
      "A",
      "--site",
      "B",
      "--no-wait",
    ]);
    expect(run.status).toBe(0);
    const ledger = readdirSync(join(place.folder, "state", "ledger"))[0] ?? "";
    const file = join("state", "ledger", ledger);
    const lock = join(place.folder, `${file}.lock`);
    mkdirSync(lock);
    const { dev, ino, birthtimeNs } = statSync(lock, { bigint: true });
    const lockedBy = (pid: number) =>
      write(place, `${file}.holder`, {
        identity: `${dev}:${ino}:${birthtimeNs}`,
        run: "another",
        holder: { pid, host: "test-host", startedAt: Date.now(), command: "nectar onboard" },
      });
    const left = write(place, `${file}.tmp-0123456789abcdef`, "half");

    lockedBy(process.ppid);
    const held = await doctor(place, ["--local", "--fix"]);
    expect([held.run.status, notOk(held.report), held.report.fixed]).toEqual([0, [], []]);
    expect(held.of("locks").message).toBe(`held by a run: nectar onboard, process ${process.ppid}`);
    expect([existsSync(lock), existsSync(left)]).toEqual([true, true]);

    lockedBy(GONE);
    const stale = await doctor(place, ["--local"]);
    expect(notOk(stale.report)).toEqual(["locks: warning", "leftovers: warning"]);
    expect([stale.run.status, existsSync(lock), existsSync(left)]).toEqual([0, true, true]);
    const before = readFileSync(join(place.folder, file), "utf8");
    const fixed = await doctor(place, ["--local", "--fix"]);
    expect(notOk(fixed.report)).toEqual([]);
    expect([existsSync(lock), existsSync(left)]).toEqual([false, false]);
    expect(readFileSync(join(place.folder, file), "utf8")).toBe(before);
  });

  it("removes the registration of an emulator that is gone", async () => {
    const place = freshPlace();
    const registration = write(place, "state/emulator/standing.json", {
      url: "http://127.0.0.1:9/v2.2",
      pid: GONE,
      startedAt: "2026-01-01T00:00:00.000Z",
    });
    expect(notOk((await doctor(place, ["--local"])).report)).toEqual(["emulator: warning"]);
    const { report } = await doctor(place, ["--local", "--fix"]);
    expect(notOk(report)).toEqual([]);
    expect(report.fixed).toEqual(["removed the registration of an emulator that is gone"]);
    expect(existsSync(registration)).toBe(false);
  });

  it.each(["data.json", "faults.json"])("names a damaged %s of the emulator", async (name) => {
    const place = freshPlace();
    write(place, `state/emulator/${name}`, "{");
    const { run, report } = await doctor(place, ["--local", "--fix"]);
    expect([run.status, notOk(report)]).toEqual([9, ["emulator: failed"]]);
  });

  it("repairs nothing that holds data: damaged files are named", async () => {
    const place = freshPlace();
    const config = write(place, "config/config.json", "{");
    const { run, report } = await doctor(place, ["--local", "--fix"]);
    expect([run.status, notOk(report)]).toEqual([9, ["profile: failed"]]);
    expect(readFileSync(config, "utf8")).toBe("{");
  });
});

describe("what a person can do about a file", () => {
  const file = (path: string) => (place: Place) => join(place.folder, path);
  const config = file("config/config.json");
  const keys = file("config/credentials.json");
  const ledger = (place: Place) => {
    const folder = join(place.folder, "state", "ledger");
    return join(folder, readdirSync(folder)[0] ?? "");
  };
  const damage = (path: string) => writeFileSync(path, '{"a');
  const link = (path: string) => {
    renameSync(path, `${path}.real`);
    symlinkSync(`${path}.real`, path);
  };
  const folder = (path: string) => {
    rmSync(path);
    mkdirSync(path, { mode: 0o700 });
  };
  const remote = ["--api-url", "https://nowhere.invalid/v2.2", "--profile", "default"];

  it.each([
    ["a damaged config.json", config, damage, ["--local"], "damaged"],
    ["a damaged credentials.json", keys, damage, remote, "damaged"],
    ["a damaged ledger", ledger, damage, ["--local"], "damaged"],
    ["a config.json that is a link", config, link, ["--local"], "away"],
    ["a ledger that is a link", ledger, link, ["--local"], "away"],
    ["a credentials.json that is a folder", keys, folder, remote, "away"],
    ["a config.json that is a folder", config, folder, ["--local"], "away"],
  ])(
    "is on stdout and on stderr, in a pipe and on a terminal: %s",
    async (_, find, harm, at, as) => {
      const place = freshPlace();
      await place.run(["onboard", "--local", "--company-name", "A", "--site", "B", "--no-wait"]);
      write(place, "config/credentials.json", { schemaVersion: 1, keys: [] });
      const path = find(place);
      harm(path);
      const shown = path.replace(place.folder, "~");
      const command = `mv ${shown} ${shown}.${as}`;
      const piped = await place.run(["doctor", ...at]);
      expect(piped.status).toBe(9);
      expect(piped.stdout).toMatch(new RegExp(`^next\t[a-z ]+\t${literal(command)}$`, "m"));
      const terminal = await place.run(["doctor", ...at], { columns: 200 });
      for (const text of [piped.stderr, terminal.stderr, terminal.stdout]) {
        expect(text).not.toContain(":.");
        expect(text).toMatch(new RegExp(`^ {2}${literal(command)}( {3}.*)?$`, "m"));
      }
      const { run, report } = await doctor(place, at);
      const commands = report.checks.flatMap(({ next }) => next.map((one) => one.command));
      expect(commands).toContain(command);
      expect(run.error().next[0]?.command).toBe(command);
      for (const one of [piped, terminal, run]) expect(one.output).not.toContain(place.folder);
    },
  );

  it("names a folder that is a file, and nothing that follows from it", async () => {
    const place = freshPlace();
    const { NECTAR_CONFIG_DIR = "" } = place.env;
    writeFileSync(NECTAR_CONFIG_DIR, "");
    const { of } = await doctor(place, ["--local"]);
    expect(of("config folder").message).toBe(
      "~/config is not a folder, so it is not used. Set NECTAR_CONFIG_DIR to a folder of your own.",
    );
    const below = { env: { NECTAR_CONFIG_DIR: join(NECTAR_CONFIG_DIR, "below") } };
    const { run } = await doctor(place, ["--local"], below);
    expect([run.status, run.output.includes("unexpected")]).toEqual([9, false]);
  });
});

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

describe("open creates", () => {
  it("are named with the time until which they may still happen", async () => {
    const place = freshPlace();
    await place.run(["onboard", "--local", "--company-name", "A", "--site", "B", "--no-wait"]);
    const folder = join(place.folder, "state", "ledger");
    const file = join(folder, readdirSync(folder)[0] ?? "");
    const ledger = JSON.parse(readFileSync(file, "utf8"));
    const until = Date.now() + 60_000;
    const times = { sentAt: until - 60_000, until };
    const what = { kind: "site", key: "k", name: "B", companyId: null, request: "", before: [] };
    writeFileSync(
      file,
      JSON.stringify({ ...ledger, intents: [{ ...what, ...times, failure: null }] }),
    );
    const { run, of } = await doctor(place, ["--local"]);
    expect(run.status).toBe(0);
    expect(of("open creates").state).toBe("warning");
    expect(of("open creates").message).toContain(new Date(until).toISOString());
    writeFileSync(file, "{}");
    expect((await doctor(place, ["--local"])).run.status).toBe(9);
  });
});
