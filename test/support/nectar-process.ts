/** Runs the built tool as a child process, in folders that are the test's own and with nothing of the tester's environment. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeAll } from "vitest";
import { BIN, buildTool } from "./built-tool.ts";

/** How long anything may take before it counts as hung, in milliseconds. No time is asserted otherwise. */
export const HANG_MS = 30_000;

/** What is started beside a test may run for as long as the test, which on a busy machine is longer. */
const STANDS_MS = 2 * HANG_MS;

export interface Ended {
  /** Null when a signal ended the process. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  /** The raw process, for a test that does something to its streams. */
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Waits until the text stands on stdout or stderr. */
  shows(text: string): Promise<void>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What comes on stdin; nothing when not given. Null leaves it open, and nothing ever comes. */
  readonly stdin?: string | null;
  /** A shell redirection such as `>&-`. */
  readonly redirect?: string;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** When it is ended and taken to hang, in milliseconds. Null: it stands until the test ends. */
  readonly limitMs?: number | null;
}

/** A fresh machine, as far as the tool can see. Gone when the test ends. */
export interface Home {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  start(words: readonly string[], options?: StartOptions): Running;
  run(words: readonly string[], options?: StartOptions): Promise<Ended>;
  /** What runs have left in the config and state folders, without Node's own cache of compiled code (Node 22 and later). */
  kept(): readonly string[];
}

export interface StandingEmulator {
  readonly url: string;
  readonly key: string;
  readonly running: Running;
}

beforeAll(buildTool);

const children = new Set<ChildProcess>();
const folders: string[] = [];
afterEach(async () => {
  const ends = [...children].map(
    (child) =>
      new Promise((resolve) => {
        child.once("close", resolve);
        child.kill("SIGKILL");
      }),
  );
  await Promise.all(ends);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Folders and an environment of their own. */
export function freshHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), "nectar-e2e-"));
  folders.push(folder);
  mkdirSync(join(folder, "bin"));
  symlinkSync(BIN, join(folder, "bin", "nectar"));
  const path = [join(folder, "bin"), dirname(process.execPath), process.env["PATH"] ?? ""];
  const env = {
    PATH: path.join(delimiter),
    HOME: folder,
    NECTAR_CONFIG_DIR: join(folder, "config"),
    NECTAR_STATE_DIR: join(folder, "state"),
    // Nobody answers there, so that no key of a test gets into the keyring of whoever runs it.
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, "no-bus")}`,
  };
  const start: Home["start"] = (words, options = {}) => {
    const command = [process.execPath, ...(options.node ?? []), BIN, ...words];
    const { redirect } = options;
    const [file = "", ...args] =
      redirect === undefined
        ? command
        : ["/bin/sh", "-c", `exec "$@" ${redirect}`, "sh", ...command];
    return startProcess(file, args, {
      cwd: folder,
      env: { ...env, ...options.env },
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      limitMs: options.limitMs === undefined ? STANDS_MS : options.limitMs,
    });
  };
  const run: Home["run"] = (words, options) => start(words, { limitMs: HANG_MS, ...options }).ended;
  const kept = () =>
    ["config", "state"]
      .filter((name) => existsSync(join(folder, name)))
      .flatMap((name) => readdirSync(join(folder, name)).map((one) => join(name, one)))
      .filter((path) => path !== join("state", "compile-cache"));
  return { folder, env, start, run, kept };
}

/** Starts any program; what is left of it when the test ends is killed. */
export function startProcess(
  file: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly stdin?: string | null;
    /** As in `StartOptions`; longer than `HANG_MS` for what is known to take its time. */
    readonly limitMs?: number | null;
  },
): Running {
  const { cwd, env, stdin, limitMs = HANG_MS } = options;
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  children.add(child);
  if (stdin !== undefined) {
    // A program that does not read it closes its end.
    child.stdin?.on("error", () => {});
    if (stdin !== null) child.stdin?.end(stdin);
  }
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    tell();
  });
  let over = false;
  const said = () => `\nstdout: ${stdout}\nstderr: ${stderr}`;
  const ended = new Promise<Ended>((resolve, reject) => {
    const hangs = () => {
      child.kill("SIGKILL");
      reject(new Error(`${args.join(" ")} had not ended after ${limitMs} ms${said()}`));
    };
    const timer = limitMs === null ? undefined : setTimeout(hangs, limitMs);
    child.once("error", reject);
    child.once("close", (status, signal) => {
      clearTimeout(timer);
      children.delete(child);
      over = true;
      tell();
      resolve({ status, signal, stdout, stderr });
    });
  });
  // A test may look at what is shown alone; a hang is then reported by whoever waits for the end.
  ended.catch(() => {});
  return {
    pid: child.pid ?? 0,
    child,
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = stdout.includes(text) || stderr.includes(text);
          if (!found && !over) return;
          listeners.delete(look);
          if (found) resolve();
          else reject(new Error(`ended without showing ${JSON.stringify(text)}${said()}`));
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Starts `nectar emulator start` on a free port and waits until it listens. It stands as long as the test, however slow. */
export async function startEmulator(
  home: Home,
  words: readonly string[] = [],
  options: StartOptions = {},
): Promise<StandingEmulator> {
  const command = ["emulator", "start", "--port", "0", "--json", ...words];
  const running = home.start(command, { limitMs: null, ...options });
  let stdout = "";
  running.child.stdout?.on("data", (text: string) => {
    stdout += text;
  });
  await running.shows("}");
  const { url, key }: { url: string; key: string } = JSON.parse(stdout);
  return { url, key, running };
}
