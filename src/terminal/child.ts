/** Runs another program on this process's own streams. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** As POSIX shells have it; see "Exit Status for Commands" in IEEE Std 1003.1. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const BY_SIGNAL = 128;

/** How a program ended. */
export interface Ended {
  /** Its exit status: 128 plus the signal's number if a signal ended it. Where it did not start, what a shell would say. */
  readonly status: number;
  /** Why it did not start; null if it did, whatever its exit status. */
  readonly notStarted: string | null;
}

/**
 * Runs a program and waits for it.
 *
 * @param hasTerminal whether both are in the foreground of a terminal, which then sends Ctrl-C and its hang-up to both
 * @param onSignal registers the receiver of this process's signals; null removes it
 */
export async function runProgram(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  hasTerminal: boolean,
  onSignal: (receiver: ((signal: NodeJS.Signals) => void) | null) => void,
): Promise<Ended> {
  const child = spawn(program, args, { stdio: "inherit", env });
  onSignal((signal) => {
    const hasReceivedIt = hasTerminal && signal !== "SIGTERM";
    if (!hasReceivedIt) child.kill(signal);
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") {
          resolve({ status: NOT_FOUND, notStarted: "there is no such command" });
        } else if (error.code === "EACCES") {
          resolve({ status: NOT_EXECUTABLE, notStarted: "it can't be executed" });
        } else reject(error);
      });
      child.once("exit", (code, signal) =>
        resolve({
          status: code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]),
          notStarted: null,
        }),
      );
    });
  } finally {
    onSignal(null);
  }
}
