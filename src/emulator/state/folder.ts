/** The `emulator` folder inside the tool's state folder: file paths, and options for reading, writing and locking. */
import { join } from "node:path";
import type { FileOptions } from "../../disk/checked.ts";
import { type HeldLock, type LockingProcess, withLock } from "../../disk/lock.ts";
import { EMULATOR_FOLDER, type EmulatorFile } from "../../disk/own-files.ts";
import { LocalStateError } from "../../errors.ts";

/** A state folder, and the process that uses it. */
export interface StateFolder {
  /** The tool's state folder; the emulator's files go into its `emulator` folder. */
  readonly stateDir: string;
  /** The process's user ID; without it, file ownership is not checked. */
  readonly uid?: number | undefined;
  /** Shown to processes that wait for this one's locks. */
  readonly by?: LockingProcess | undefined;
}

/** File options. All of the emulator's files are private to the user: they contain keys and webhook secrets. */
export interface FilePlace extends FileOptions {
  readonly by: LockingProcess | undefined;
}

/** The prefix of error codes. */
export const KIND = "emulator_state";

/** The suggested fix for a damaged file. */
export const RESET = {
  words: ["nectar", "emulator", "reset"],
  why: "empty the local emulator; nothing outside this machine is affected",
} as const;

export function fileIn({ stateDir }: StateFolder, name: EmulatorFile): string {
  return join(stateDir, EMULATOR_FOLDER, name);
}

export function placeOf({ stateDir, uid, by }: StateFolder): FilePlace {
  return { movedBy: "NECTAR_STATE_DIR", top: stateDir, uid, by, secret: true };
}

/** @returns what `read` returns, or null for damaged or newer data; errors about unsafe files are rethrown */
export function usable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isUnusable(error)) throw error;
    return null;
  }
}

/** Whether the file is safe but its contents are damaged or from a newer release. */
export function isUnusable(error: unknown): boolean {
  if (!(error instanceof LocalStateError)) return false;
  return error.code === `${KIND}_damaged` || error.code === `${KIND}_newer`;
}

/** How often to try a write that loses its lock, which happens only to a process suspended at the wrong moment. */
const ATTEMPTS = 5;

/** Runs work under a file's lock, and again when the lock was lost before the file was replaced. */
export async function underLock<T>(
  path: string,
  place: FilePlace,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    try {
      return await withLock(path, place, work);
    } catch (error) {
      const isLost = error instanceof LocalStateError && error.code === "lock_lost";
      if (!isLost || left === 0) throw error;
    }
  }
}
