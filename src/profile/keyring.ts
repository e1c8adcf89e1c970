/**
 * Keys in the operating system's keyring. Native code that talks to D-Bus may hang for ever, so each call is a child
 * process that is ended when its time is up. A key goes through pipes only, and is never put into a message.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { SECRET_VARIABLES } from "./secret-variables.ts";

export interface KeyringOptions {
  /** The Node binary that the child process runs on, absolute. */
  readonly execPath: string;
  /** Where this tool is installed, absolute: the keyring's package is looked for from there. */
  readonly toolFolder: string;
  /** Handed on to the child, less what it must not have. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds; rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Stops a call that is under way. */
  readonly signal: AbortSignal;
  /** How long one call may take, in milliseconds; three seconds when not given. */
  readonly limitMs?: number | undefined;
}

/** What the keyring said, or why it said nothing, in words that end a sentence. */
export type KeyringAnswer<Value> =
  | { readonly available: true; readonly value: Value }
  | { readonly available: false; readonly reason: string };

/** The keyring's entries of this tool. A call rejects only with the signal's reason. */
export interface Keyring {
  /** The key of an account; null when there is none. */
  read(account: string): Promise<KeyringAnswer<string | null>>;
  write(account: string, key: string): Promise<KeyringAnswer<null>>;
  /** Removes an account's key; false when there was none. */
  erase(account: string): Promise<KeyringAnswer<boolean>>;
}

type Action = "read" | "write" | "erase";
type Child = ChildProcessByStdio<Writable, Readable, null>;

const SERVICE = "nectar-cli";
const LIMIT_MS = 3_000;
const LONGEST_REASON = 160;

/** Must not reach the child: it needs no secret, and what this Node was told to load is not meant for it. */
const WITHHELD: ReadonlySet<string> = new Set([...SECRET_VARIABLES, "NODE_OPTIONS"]);

/**
 * What the child runs: one request as JSON on stdin, one answer as a line of JSON on stdout.
 * On Linux the library would fall back to the kernel's keyring, which forgets at the end of the session.
 */
const SCRIPT = `
let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => { text += chunk; });
process.stdin.on("end", () => {
  const { action, service, account, key, folder } = JSON.parse(text);
  const tell = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");
  let Entry;
  try {
    ({ Entry } = require("node:module").createRequire(folder + "/")("@napi-rs/keyring"));
  } catch (error) {
    return tell({ missing: true });
  }
  try {
    const entry = new Entry(service, account, { linux: { store: "secret-service" } });
    if (action === "read") return tell({ value: entry.getPassword() });
    if (action === "erase") return tell({ value: entry.deletePassword() });
    entry.setPassword(key);
    tell({ value: null });
  } catch (error) {
    tell({ failed: String(error && error.message) });
  }
});
`;

/** The library's own words → ours. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/dismissed|locked/i, "it is locked"],
  [/no result found|no default/i, "there is no keyring to keep anything in"],
  [/denied|not allowed|not permitted|interaction/i, "access to it was denied"],
  [/d-?bus|zbus|secret service|autolaunch/i, "no keyring service answers here"],
];

/** Opens the keyring. Starts nothing until a method is called. */
export function openKeyring(options: KeyringOptions): Keyring {
  const limitMs = options.limitMs ?? LIMIT_MS;
  async function ask<Value>(
    action: Action,
    account: string,
    key: string | null,
    read: (value: unknown) => Value | undefined,
  ): Promise<KeyringAnswer<Value>> {
    const { toolFolder: folder } = options;
    const request = { action, service: SERVICE, account, key, folder };
    const answer = await call(JSON.stringify(request), options, limitMs);
    if ("silent" in answer) return unavailable(`it did not answer within ${limitMs / 1000} s`);
    if ("missing" in answer) {
      return unavailable("the package @napi-rs/keyring is not installed, or not for this system");
    }
    if ("failed" in answer) return unavailable(reasonOf(String(answer["failed"]), key));
    const value = read(answer["value"]);
    return value === undefined
      ? unavailable("the process that asks it failed")
      : { available: true, value };
  }
  return {
    read: (account) =>
      ask("read", account, null, (value) =>
        value === null || typeof value === "string" ? value : undefined,
      ),
    write: (account, key) =>
      ask("write", account, key, (value) => (value === null ? null : undefined)),
    erase: (account) =>
      ask("erase", account, null, (value) => (typeof value === "boolean" ? value : undefined)),
  };
}

/** What the script says, or one of the two below. */
type Answer = Readonly<Record<string, unknown>>;
const SILENT: Answer = { silent: true };
const ENDED: Answer = {};

/** Runs one child to its answer, and ends it. */
async function call(
  request: string,
  { execPath, toolFolder, env, sleep, signal }: KeyringOptions,
  limitMs: number,
): Promise<Answer> {
  signal.throwIfAborted();
  const handed = Object.entries(env).filter(([name]) => !WITHHELD.has(name.toUpperCase()));
  const child = spawn(execPath, ["-e", SCRIPT], {
    cwd: toolFolder,
    env: Object.fromEntries(handed),
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  const over = new AbortController();
  try {
    const timeUp = sleep(limitMs, AbortSignal.any([signal, over.signal]));
    const answer = await Promise.race([answerOf(child, request), timeUp.then(() => SILENT)]);
    // Ctrl-C ends the child as well: its end is no answer then.
    signal.throwIfAborted();
    return answer;
  } finally {
    over.abort();
    child.kill("SIGKILL");
    // Even a child that can't be killed must not keep this process alive.
    child.stdin.destroy();
    child.stdout.destroy();
    child.unref();
  }
}

/** The first line of the child's output: what it started may hold the pipe open, so its end is not waited for. */
function answerOf(child: Child, request: string): Promise<Answer> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end !== -1) resolve(parse(text.slice(0, end)));
    });
    child.on("error", () => resolve(ENDED));
    child.on("close", () => resolve(ENDED));
    // A child that ended before it read anything is told of by its end.
    child.stdin.on("error", () => {});
    child.stdin.end(request);
  });
}

function parse(line: string): Answer {
  try {
    const answer: unknown = JSON.parse(line);
    if (typeof answer === "object" && answer !== null) return { ...answer };
  } catch {
    // Not the script's words, so not its answer.
  }
  return ENDED;
}

function unavailable(reason: string): { readonly available: false; readonly reason: string } {
  return { available: false, reason };
}

function reasonOf(said: string, key: string | null): string {
  const known = REASONS.find(([pattern]) => pattern.test(said))?.[1];
  if (known !== undefined) return known;
  const line = said.split("\n")[0]?.slice(0, LONGEST_REASON) ?? "";
  // The library is not ours: what it says is shown only when the key can't be in it.
  return line === "" || (key !== null && said.includes(key)) ? "it failed" : `it said "${line}"`;
}
