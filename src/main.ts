/** Composition root: the only file that reads `process`. Creates the context, runs the program, sets the exit status. */
import { readFileSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf, exitCode, InterruptedError, LocalStateError } from "./errors.ts";
import { SECRET_VARIABLES, takeSecrets } from "./profile/secret-variables.ts";
import { openProgram } from "./program.ts";
import { openStreams } from "./terminal/open-streams.ts";

/** The version in package.json, such as `0.1.0`; set by the build. */
declare const __NECTAR_VERSION__: string;

const SIGNALS = [
  ["SIGINT", "sigint"],
  ["SIGTERM", "sigterm"],
  ["SIGHUP", "sighup"],
] as const;

const CONTINUE = "Run the same command again: it finds what already exists and continues.";

/** Runs the tool in this process. */
export async function main(): Promise<void> {
  const stopped = new AbortController();
  const { platform, pid, execPath, version: nodeVersion } = process;
  const [, script] = process.argv;
  const env = takeSecrets(process.env);
  const cwd = workingFolder();
  let stdin: typeof process.stdin | null = null;
  /** The exit status of a run whose result could not be written, for instance on a full disk. */
  let unwritten: number | null = null;
  let status: number | null = null;
  /** Receives the signals instead of this process, while another program runs in it. */
  let passOn: ((signal: NodeJS.Signals) => void) | null = null;
  const streams = openStreams({
    get stdin() {
      stdin = process.stdin;
      return stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    onWriteError: (error) => {
      // Only the first failure is reported.
      if (program.hasExplained) return;
      const failure = new LocalStateError(
        "result_not_written",
        `can't write the result: ${error.message}`,
        { hint: "What the command did is not undone. Free some disk space and run it again." },
      );
      unwritten = exitCode(failure.exit);
      process.exitCode = unwritten;
      void program.explain(failure);
    },
  });
  const program = openProgram({ streams, env, version: __NECTAR_VERSION__ }, async () => {
    const [{ homedir, hostname }, { setTimeout: sleep }, { startedAs }] = await Promise.all([
      import("node:os"),
      import("node:timers/promises"),
      import("./app/hints.ts"),
    ]);
    return {
      ...{ signal: stopped.signal, platform, pid, execPath, nodeVersion, cwd },
      ...{ home: homedir(), host: hostname() },
      uid: process.getuid?.(),
      startedAs: () => startedAs({ script: script ?? null, execPath, cwd, env: process.env }),
      // The script may be a symlink on the PATH. Resolved only when something is loaded from there.
      toolFolder: () => dirname(realpathSync(script ?? execPath)),
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
      newId: () => globalThis.crypto.randomUUID(),
      isAgent: async () => (await (await import("@vercel/detect-agent")).determineAgent()).isAgent,
      isAlive: (other) => {
        try {
          return process.kill(other, 0) && !isZombie(other);
        } catch (error) {
          return codeOf(error) === "EPERM";
        }
      },
      runProgram: async (words, variables) => {
        const { runProgram } = await import("./terminal/child.ts");
        const all = {
          ...env,
          ...Object.fromEntries(SECRET_VARIABLES.map((name) => [name, env[name]])),
          ...variables,
        };
        const hasTerminal = process.stdin.isTTY;
        return runProgram(words, all, hasTerminal, (listener) => {
          passOn = listener;
        });
      },
      openUrl: async (url) => (await import("./terminal/browser.ts")).openInBrowser(url),
    };
  });

  for (const [signal, exit] of SIGNALS) {
    process.on(signal, () => {
      if (passOn !== null) {
        passOn(signal);
        return;
      }
      const error = new InterruptedError(exit, { hint: CONTINUE });
      if (!stopped.signal.aborted) {
        stopped.abort(error);
        return;
      }
      // A second signal terminates the process at once, with the default handler.
      const end = (): void => {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      };
      if (program.hasExplained) end();
      else void program.explain(error).finally(end);
    });
  }
  process.once("beforeExit", () => {
    // The event loop is empty but the run has not finished: without this the process would silently exit with 0.
    if (status !== null) return;
    process.exitCode = exitCode("bug");
    void program.explain(new Error("the run stopped before it finished"));
  });
  status = await program.run(process.argv.slice(2));
  process.exitCode = unwritten ?? status;
  for (const [signal] of SIGNALS) process.removeAllListeners(signal);
  // A terminal that has been read from keeps the process alive.
  release(stdin);
}

/** One that was removed while a shell is in it holds no file, and nothing lies below it: as one that never existed. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/nonexistent";
  }
}

function release(stdin: typeof process.stdin | null): void {
  stdin?.pause();
  stdin?.unref?.();
}

/**
 * Whether a process has exited but not been reaped by its parent. It can still be signalled; in a container whose first
 * process does not reap, it stays a zombie. Linux only; see proc_pid_stat(5).
 */
function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The state follows the process name, which is in parentheses and may contain anything.
    return /^\) [ZX]/.test(stat.slice(stat.lastIndexOf(")")));
  } catch {
    return false;
  }
}
