/** Composition root: the only file that reads `process`. Builds the context, runs the program, sets the exit status. */
import { randomUUID } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "./commands/context.ts";
import { colorFlag } from "./commands/globals.ts";
import { InterruptedError } from "./errors.ts";
import { runProgram } from "./program.ts";
import { takeSecrets } from "./secret-variables.ts";
import { openStreams } from "./terminal/streams.ts";
import { VERSION } from "./version.ts";

const ENDINGS = { SIGINT: "sigint", SIGTERM: "sigterm", SIGHUP: "sighup" } as const;

/** The result could not be written, for instance on a full disk: the row of local state in the exit table. */
const UNWRITTEN = 9;

const CONTINUE = "Run the same command again: it finds what is there and goes on.";

/** Runs the tool on this process. */
export async function main(): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!stopped.signal.aborted) {
        stopped.abort(new InterruptedError(ENDINGS[signal], { hint: CONTINUE }));
      } else {
        // The second one ends the process at once, the system's way.
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }
    });
  }
  const words = process.argv.slice(2);
  const { stdout, stderr } = process;
  const env = takeSecrets(process.env);
  let stdin: typeof process.stdin | null = null;
  let unwritten = false;
  const streams = openStreams({
    get stdin() {
      stdin = process.stdin;
      return stdin;
    },
    stdout,
    stderr,
    env,
    colorFlag: colorFlag(words),
    onBrokenPipe: () => {},
    onWriteError: (error, stream) => {
      unwritten = true;
      process.exitCode = UNWRITTEN;
      if (stream === "stdout") stderr.write(`nectar: can't write the result: ${error.message}\n`);
    },
  });
  const status = await runProgram(words, {
    machine: machine(),
    streams,
    env,
    version: VERSION,
    signal: stopped.signal,
  });
  if (!unwritten) process.exitCode = status;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
  // A terminal that was read from keeps the process alive.
  release(stdin);
}

function release(stdin: typeof process.stdin | null): void {
  stdin?.pause();
  stdin?.unref?.();
}

function machine(): Machine {
  return {
    platform: process.platform,
    home: homedir(),
    cwd: process.cwd(),
    pid: process.pid,
    host: hostname(),
    uid: process.getuid?.(),
    execPath: process.execPath,
    // Behind the link that the shell finds; looked at only when something is to be loaded from there.
    get toolFolder() {
      return dirname(realpathSync(process.argv[1] ?? process.execPath));
    },
    clock: {
      now: () => Date.now(),
      sleep: async (ms, signal) => {
        try {
          await sleep(ms, undefined, { signal });
        } catch {
          throw signal.reason;
        }
      },
    },
    random: () => Math.random(),
    newId: () => randomUUID(),
    isAlive: (pid) => {
      try {
        return process.kill(pid, 0) && !isZombie(pid);
      } catch (error) {
        return error instanceof Error && "code" in error && error.code === "EPERM";
      }
    },
    openUrl: async (url) => (await import("./terminal/browser.ts")).openInBrowser(url),
  };
}

/**
 * Whether a process has ended and only waits for its parent to notice. A signal still finds it; in a container whose
 * first process looks after nobody, it stays like that. Told by Linux alone; see proc_pid_stat(5).
 */
function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name before it is in brackets and may hold anything.
    return /^\) [ZX]/.test(stat.slice(stat.lastIndexOf(")")));
  } catch {
    return false;
  }
}
