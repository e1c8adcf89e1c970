/** One writer at a time among all processes that share an emulator's folder. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf, fileFailure, locked } from "./state-errors.ts";

/** A lock that was not refreshed for so long, in milliseconds, belongs to a process that is gone. */
const STALE_MS = 5000;

/** Some 15 seconds of small random waits: longer than a dead process's lock can last. */
const RETRIES = { retries: 260, factor: 1.2, minTimeout: 2, maxTimeout: 40, randomize: true };

interface HeldLock {
  /**
   * Whether the lock is still held. It can be lost: to a process that took it for stale while this one slept,
   * or in the moment in which two processes clear the same dead lock. Ask right before writing.
   */
  stillMine(): boolean;
}

/**
 * Does some work while holding the lock of a file.
 *
 * @param path the file; its folder must exist
 * @param work should be synchronous, so that the lock is held for microseconds
 * @throws {LocalStateError} `emulator_state_locked` when it does not come free, `emulator_state_unwritable` when the folder refuses it
 */
export async function withLock<T>(
  path: string,
  work: (lock: HeldLock) => T | Promise<T>,
): Promise<T> {
  // Loaded on the first write, so that a command that only reads never pays for it.
  // A CommonJS package: bundled, it has no named exports.
  const { default: lockfile } = await import("proper-lockfile");
  let lost = false;
  let release: () => Promise<void>;
  try {
    // The lock retries whatever went wrong; a folder that refuses writing should be told at once.
    accessSync(dirname(path), constants.W_OK);
    release = await lockfile.lock(path, {
      realpath: false,
      stale: STALE_MS,
      retries: RETRIES,
      onCompromised: () => {
        lost = true;
      },
    });
  } catch (error) {
    throw codeOf(error) === "ELOCKED" ? locked(path) : fileFailure(error, path);
  }
  const mine = identityOf(path);
  const stillMine = () => !lost && identityOf(path) === mine;
  try {
    return await work({ stillMine });
  } finally {
    // Releasing a lock that was lost would take it away from its new holder.
    if (stillMine()) await release().catch(() => undefined);
  }
}

function identityOf(path: string): string | null {
  const stat = statSync(`${path}.lock`, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`;
}
