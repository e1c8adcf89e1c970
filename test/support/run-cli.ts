/** Runs a command line in this process, with streams that are collected and folders that are the test's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import { openProgram } from "../../src/program.ts";
import { openStreams } from "../../src/terminal/open-streams.ts";

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they were written. */
  readonly output: string;
  /** stdout as JSON; an object without its `schemaVersion`, which test/surface/json.test.ts looks at. */
  json<Value = Record<string, unknown>>(): Value;
  /** The one error object on stderr. */
  error(): ErrorObject;
}

export interface ErrorObject {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly details?: readonly string[];
  readonly next: readonly { readonly command: string; readonly why: string }[];
  readonly httpStatus: number | null;
  readonly retryable: boolean;
  readonly created: {
    readonly companyId: string | null;
    readonly siteIds: readonly string[];
    readonly connectionId: string | null;
  };
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** stdout is a terminal of this width. */
  readonly columns?: number;
  /** stderr is a terminal of this width; nothing can be asked there. */
  readonly talkColumns?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Where the keyring's package is looked for; in the test's own folder there is none. */
  readonly toolFolder?: string;
  /** The words that the tool was started with; default: `nectar`. */
  readonly startedAs?: readonly string[];
  /** What opens web pages; without it there is no browser. */
  readonly openUrl?: (url: string) => Promise<void>;
  readonly newId?: () => string;
}

export interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  run(words: readonly string[], options?: RunOptions): Promise<Run>;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const realClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal });
    } catch {
      throw signal.reason;
    }
  },
};

/** A fresh machine as far as the tool can see: its own configuration and state folders. Gone when the test ends. */
export function freshPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), "nectar-test-"));
  folders.push(folder);
  const env = {
    HOME: folder,
    NECTAR_CONFIG_DIR: join(folder, "config"),
    NECTAR_STATE_DIR: join(folder, "state"),
  };
  return {
    folder,
    env,
    run: (words, options = {}) =>
      runCli(words, folder, { ...options, env: { ...env, ...options.env } }),
  };
}

async function runCli(words: readonly string[], home: string, options: RunOptions): Promise<Run> {
  const output: Buffer[] = [];
  const stdout = collector(output, options.columns);
  const stderr = collector(output, options.talkColumns);
  const env = options.env ?? {};
  const streams = openStreams({
    stdin: options.stdin === undefined ? Readable.from([]) : Readable.from([options.stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
  });
  const program = openProgram({ streams, env, version: "0.0.0-test" }, async () => ({
    signal: options.signal ?? new AbortController().signal,
    platform: "linux",
    home,
    cwd: home,
    pid: process.pid,
    host: "test-host",
    uid: process.getuid?.(),
    execPath: process.execPath,
    nodeVersion: process.version,
    startedAs: () => options.startedAs ?? ["nectar"],
    toolFolder: () => options.toolFolder ?? home,
    clock: options.clock ?? realClock,
    random: () => Math.random(),
    isAgent: async () => false,
    newId: options.newId ?? (() => crypto.randomUUID()),
    isAlive: (pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    },
    runProgram: async () => ({ status: 0, notStarted: null }),
    openUrl: options.openUrl ?? (() => Promise.reject(new Error("no browser"))),
  }));
  const status = await program.run(words);
  return {
    status,
    stdout: stdout.text(),
    stderr: stderr.text(),
    output: Buffer.concat(output).toString("utf8"),
    json() {
      const document = JSON.parse(stdout.text());
      if (!Array.isArray(document)) delete document.schemaVersion;
      return document;
    },
    error: () => JSON.parse(stderr.text()).error,
  };
}

/** @param output what others write is collected there as well */
function collector(output: Buffer[], columns: number | undefined) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      output.push(Buffer.from(chunk));
      done();
    },
  });
  const text = () => Buffer.concat(chunks).toString("utf8");
  return columns === undefined
    ? { stream, text }
    : { stream: Object.assign(stream, { isTTY: true, columns }), text };
}
