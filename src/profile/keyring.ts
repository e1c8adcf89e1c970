/**
 * Keys in the operating system's keyring. Native code that talks to D-Bus may hang forever, so each call runs in a
 * child process that is killed on time-out. A key passes through pipes only, and never appears in a message.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import * as z from "zod/mini";
import { SECRET_VARIABLES } from "./secret-variables.ts";

export interface KeyringOptions {
  /** The Node binary for the child process, absolute. */
  readonly execPath: string;
  /** Where this tool is installed, absolute: the keyring package is resolved from there. */
  readonly toolFolder: string;
  /** Passed to the child, minus the variables it must not see. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds; rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborts a running call. */
  readonly signal: AbortSignal;
  /** The time-out of one call, in milliseconds; defaults to three seconds. */
  readonly limitMs?: number | undefined;
}

/** The keyring's answer, or why there is none, worded to end a sentence. */
export type KeyringResult<Value> =
  | { readonly available: true; readonly value: Value }
  | { readonly available: false; readonly reason: string };

/** This tool's keyring entries. A call rejects only with the signal's reason. */
export interface Keyring {
  /** An account's key; null if there is none. */
  read(account: string): Promise<KeyringResult<string | null>>;
  write(account: string, key: string): Promise<KeyringResult<null>>;
  /** Removes an account's key; false if there was none. */
  erase(account: string): Promise<KeyringResult<boolean>>;
}

type Action = "read" | "write" | "erase";
type Child = ChildProcessByStdio<Writable, Readable, null>;

const SERVICE = "nectar-cli";
const LIMIT_MS = 3_000;
const LONGEST_REASON = 160;

/** Must not reach the child: it needs no secrets, and the parent's NODE_OPTIONS are not meant for it. */
const WITHHELD: ReadonlySet<string> = new Set([...SECRET_VARIABLES, "NODE_OPTIONS"]);

/**
 * The child's script: one request as JSON on stdin, one answer as a line of JSON on stdout.
 * On Linux the library would fall back to the kernel keyring, which is cleared at the end of the session.
 */
const SCRIPT = `
let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => { text += chunk; });
process.stdin.on("end", () => {
  const { action, service, account, key, folder } = JSON.parse(text);
  const reply = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");
  let Entry;
  try {
    ({ Entry } = require("node:module").createRequire(folder + "/")("@napi-rs/keyring"));
  } catch (error) {
    return reply({ missing: true });
  }
  try {
    const entry = new Entry(service, account, { linux: { store: "secret-service" } });
    if (action === "read") return reply({ value: entry.getPassword() });
    if (action === "erase") return reply({ value: entry.deletePassword() });
    entry.setPassword(key);
    reply({ value: null });
  } catch (error) {
    reply({ failed: String(error && error.message) });
  }
});
`;

/** The library's messages → ours. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/dismissed|locked/i, "it is locked"],
  [/no result found|no default/i, "there is no keyring to store anything in"],
  [/denied|not allowed|not permitted|interaction/i, "access to it was denied"],
  [/d-?bus|zbus|secret service|autolaunch/i, "no keyring service is running"],
];

/** Opens the keyring. Starts nothing until a method is called. */
export function openKeyring(options: KeyringOptions): Keyring {
  const limitMs = options.limitMs ?? LIMIT_MS;
  async function ask<Value>(
    action: Action,
    account: string,
    key: string | null,
    shape: z.ZodMiniType<Value>,
  ): Promise<KeyringResult<Value>> {
    const { toolFolder: folder } = options;
    const request = { action, service: SERVICE, account, key, folder };
    const answer = await call(JSON.stringify(request), options, limitMs);
    if ("timedOut" in answer) return unavailable(`it did not answer within ${limitMs / 1000} s`);
    if ("missing" in answer) {
      return unavailable("the package @napi-rs/keyring is not installed, or not for this system");
    }
    if ("failed" in answer) return unavailable(reasonOf(String(answer["failed"]), key));
    const read = shape.safeParse(answer["value"]);
    return read.success
      ? { available: true, value: read.data }
      : unavailable("the process that queries it failed");
  }
  return {
    read: (account) => ask("read", account, null, z.nullable(z.string())),
    write: (account, key) => ask("write", account, key, z.null()),
    erase: (account) => ask("erase", account, null, z.boolean()),
  };
}

/** The script's output, or one of the two values below. */
type Answer = Readonly<Record<string, unknown>>;
const TIMED_OUT: Answer = { timedOut: true };
const NO_ANSWER: Answer = {};

/** Runs one child until it answers, then kills it. */
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
  const done = new AbortController();
  try {
    const timeUp = sleep(limitMs, AbortSignal.any([signal, done.signal]));
    const answer = await Promise.race([answerOf(child, request), timeUp.then(() => TIMED_OUT)]);
    // Ctrl-C kills the child too; its exit is not an answer then.
    signal.throwIfAborted();
    return answer;
  } finally {
    done.abort();
    child.kill("SIGKILL");
    // Even a child that can't be killed must not keep this process alive.
    child.stdin.destroy();
    child.stdout.destroy();
    child.unref();
  }
}

/** The child's first line of output. Does not wait for the stream to end: a grandchild may hold the pipe open. */
function answerOf(child: Child, request: string): Promise<Answer> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end !== -1) resolve(parse(text.slice(0, end)));
    });
    child.on("error", () => resolve(NO_ANSWER));
    child.on("close", () => resolve(NO_ANSWER));
    // A child that exits before reading is handled by its `close` event.
    child.stdin.on("error", () => {});
    child.stdin.end(request);
  });
}

function parse(line: string): Answer {
  try {
    const answer: object | null = JSON.parse(line);
    return { ...answer };
  } catch {
    // Not the script's output.
    return NO_ANSWER;
  }
}

function unavailable(reason: string): { readonly available: false; readonly reason: string } {
  return { available: false, reason };
}

function reasonOf(message: string, key: string | null): string {
  const known = REASONS.find(([pattern]) => pattern.test(message))?.[1];
  if (known !== undefined) return known;
  const line = message.split("\n")[0]?.slice(0, LONGEST_REASON) ?? "";
  // The library's message is shown only if it can't contain the key.
  return line === "" || (key !== null && message.includes(key))
    ? "it failed"
    : `it reported "${line}"`;
}
