/** The emulator's own folder inside the tool's state folder: where its files are, and how they are read, written and locked. */
import { join } from "node:path";
import type { FileOptions } from "../../disk/checked.ts";
import type { LockingProcess } from "../../disk/lock.ts";
import { LocalStateError } from "../../errors.ts";

/** A state folder, and the process that uses it. */
export interface StateFolder {
  /** The tool's state folder; the emulator's files go into its `emulator` folder. */
  readonly stateDir: string;
  /** The process's user; without it the owner of the files is not checked. */
  readonly uid?: number | undefined;
  /** Named to others that wait for this one's locks. */
  readonly by?: LockingProcess | undefined;
}

/** How the emulator's files are handled. All are for their user alone: keys and secrets of webhooks are in them. */
export interface FilePlace extends FileOptions {
  readonly by: LockingProcess | undefined;
}

/** Begins the codes of the errors. */
export const KIND = "emulator_state";

/** What helps when a file is damaged. */
export const RESET = {
  words: ["nectar", "emulator", "reset"],
  why: "start with an empty local emulator; nothing outside this machine is touched",
} as const;

/** A file of the emulator. */
export function fileIn({ stateDir }: StateFolder, name: string): string {
  return join(stateDir, "emulator", name);
}

export function placeOf({ stateDir, uid, by }: StateFolder): FilePlace {
  return { movedBy: "NECTAR_STATE_DIR", top: stateDir, uid, by, secret: true };
}

/** What a file holds; null when that can't be used. One that is not safe is never passed over. */
export function usable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isUseless(error)) throw error;
    return null;
  }
}

/** Whether a file is safe, and holds something that can't be used: damage, or a newer release's data. */
export function isUseless(error: unknown): boolean {
  if (!(error instanceof LocalStateError)) return false;
  return error.code === `${KIND}_damaged` || error.code === `${KIND}_newer`;
}
