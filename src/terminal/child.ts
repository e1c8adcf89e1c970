/** Runs another program on this process's own streams. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** As POSIX shells have it; see "Exit Status for Commands" in IEEE Std 1003.1. */
export const NOT_FOUND = 127;
export const NOT_EXECUTABLE = 126;
const BY_SIGNAL = 128;

/**
 * Runs a program and waits for it.
 *
 * @param hasTerminal whether both are in the foreground of a terminal, which then sends Ctrl-C and its hang-up to both
 * @param onSignal registers the receiver of this process's signals; null removes it
 * @returns its exit status: 128 plus the signal's number if a signal ended it, 127 if there is no such program, 126 if it
 *   can't be executed
 */
export async function runProgram(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  hasTerminal: boolean,
  onSignal: (receiver: ((signal: NodeJS.Signals) => void) | null) => void,
): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit", env });
  onSignal((signal) => {
    const hasReceivedIt = hasTerminal && signal !== "SIGTERM";
    if (!hasReceivedIt) child.kill(signal);
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") resolve(NOT_FOUND);
        else if (error.code === "EACCES") resolve(NOT_EXECUTABLE);
        else reject(error);
      });
      child.once("exit", (code, signal) =>
        resolve(code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    onSignal(null);
  }
}
