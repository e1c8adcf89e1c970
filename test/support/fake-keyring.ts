/**
 * A folder in which the tool finds a keyring package that is a test's own: it keeps its entries in a file, fails or hangs
 * as it is told, and writes down what each of its processes was started with.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Mood = "works" | "hangs" | "locked" | "denied" | "forgets" | "quotes" | "ends";

export interface FakeKeyring {
  /** What the tool is told it is installed in. */
  readonly toolFolder: string;
  /** From the next call on. `reading` is the mood of reads alone. */
  become(mood: Mood, reading?: Mood): void;
  /** Account → key. */
  entries(): Readonly<Record<string, string>>;
  /** What each call was and what its process had been given, in order. */
  calls(): readonly FakeCall[];
}

export interface FakeCall {
  readonly action: "read" | "write" | "erase";
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const PACKAGE = `
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const file = (name) => __dirname + "/" + name;
const load = () => JSON.parse(readFileSync(file("entries.json"), "utf8"));
const keep = (entries) => writeFileSync(file("entries.json"), JSON.stringify(entries));
exports.Entry = class {
  constructor(service, account, options) {
    if (service !== "nectar-cli") throw new Error("another service: " + service);
    if (options.linux.store !== "secret-service") throw new Error("not the secret service");
    this.account = account;
  }
  begin(action, key) {
    const { pid, argv, execArgv, env } = process;
    const line = { action, pid, argv: [...execArgv, ...argv], env };
    appendFileSync(file("calls.jsonl"), JSON.stringify(line) + "\\n");
    const moods = JSON.parse(readFileSync(file("moods.json"), "utf8"));
    const mood = (action === "read" && moods.reading) || moods.mood;
    if (mood === "hangs") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (mood === "ends") process.kill(process.pid, "SIGKILL");
    if (mood === "locked") throw new Error("Secret Service: unlock prompt was dismissed");
    if (mood === "denied") throw new Error("Couldn't access platform storage: AccessDenied");
    if (mood === "quotes") throw new Error("can't keep " + key);
    return mood;
  }
  getPassword() {
    this.begin("read");
    return load()[this.account] ?? null;
  }
  setPassword(key) {
    if (this.begin("write", key) !== "forgets") keep({ ...load(), [this.account]: key });
  }
  deletePassword() {
    this.begin("erase");
    const { [this.account]: gone, ...rest } = load();
    keep(rest);
    return gone !== undefined;
  }
};
`;

/** Lays the package into a folder that is the test's own. */
export function fakeKeyring(toolFolder: string): FakeKeyring {
  const folder = join(toolFolder, "node_modules", "@napi-rs", "keyring");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.js"), PACKAGE);
  writeFileSync(join(folder, "package.json"), '{"name":"@napi-rs/keyring","main":"index.js"}');
  writeFileSync(join(folder, "entries.json"), "{}");
  const become: FakeKeyring["become"] = (mood, reading) =>
    writeFileSync(join(folder, "moods.json"), JSON.stringify({ mood, reading }));
  become("works");
  const calls = join(folder, "calls.jsonl");
  return {
    toolFolder,
    become,
    entries: () => JSON.parse(readFileSync(join(folder, "entries.json"), "utf8")),
    calls: () =>
      existsSync(calls)
        ? readFileSync(calls, "utf8")
            .trimEnd()
            .split("\n")
            .map((line): FakeCall => JSON.parse(line))
        : [],
  };
}
