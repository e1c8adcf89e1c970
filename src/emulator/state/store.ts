/** Where the emulator's objects live: in memory only, or in a folder that several processes share. */
import { withLock } from "../../disk/lock.ts";
import { LocalStateError } from "../../errors.ts";
import { Collections, type View } from "./collections.ts";
import type { Change, Counts } from "./entities.ts";
import { type FilePlace, fileIn, isUseless, placeOf, type StateFolder } from "./folder.ts";
import { ChangeLog } from "./log.ts";
import { WriteQueue } from "./writes.ts";

export interface EmulatorStore {
  /**
   * Asks the newest committed state, of whichever process.
   * @throws {LocalStateError} when the folder can't be read
   */
  read<T>(query: (view: View) => T): Promise<T>;
  /**
   * Decides on the newest state and commits the outcome, all of it or nothing.
   *
   * @param decide pushes its changes; what it pushed is not in its view yet. When it throws, nothing is written.
   *   It may be called again when the lock was lost, so it has no other effect.
   * @throws {LocalStateError} when the folder can't be read, written or locked
   */
  write<T>(decide: (view: View, changes: Change[]) => T): Promise<T>;
  /** How many objects there are. */
  counts(): Promise<Counts>;
  /** Waits for the writes that are under way, so that no lock is left behind. */
  close(): Promise<void>;
}

/** The file that holds the objects of the emulator of a state folder. */
export function dataFile(folder: StateFolder): string {
  return fileIn(folder, "data.ndjson");
}

/** A store that is gone with the process. */
export function createMemoryStore(): EmulatorStore {
  const state = new Collections();
  return {
    read: async (query) => query(state),
    write: async (decide) => {
      const changes: Change[] = [];
      const result = decide(state, changes);
      for (const change of changes) state.apply(change);
      return result;
    },
    counts: async () => state.counts(),
    close: async () => undefined,
  };
}

/**
 * Opens the store of a folder. The folder is only made with the first write.
 *
 * @throws {LocalStateError} `emulator_state_damaged`, `emulator_state_newer`, `unsafe_permissions`
 */
export async function openStore(folder: StateFolder): Promise<EmulatorStore> {
  const path = dataFile(folder);
  const place = placeOf(folder);
  const log = new ChangeLog(path, place);
  const writes = new WriteQueue(log, path, place);
  const look = () => lookAt(log, path, place);
  await look();
  if (log.isOutworn) await compact(log, path, place);

  return {
    async read(query) {
      await look();
      return query(log.state);
    },
    write: (decide) => writes.write(decide),
    async counts() {
      await look();
      return log.state.counts();
    },
    async close() {
      await writes.idle();
    },
  };
}

async function lookAt(log: ChangeLog, path: string, place: FilePlace): Promise<void> {
  try {
    log.refresh();
  } catch (error) {
    if (!isUseless(error)) throw error;
    // A look without the lock can meet a torn line while a writer is replacing it. Only what the lock shows is damage.
    await withLock(path, place, () => log.reload()).catch(() => {
      throw error;
    });
  }
}

async function compact(log: ChangeLog, path: string, place: FilePlace): Promise<void> {
  try {
    await withLock(path, place, async (stillMine) => {
      if (stillMine()) await log.compact();
    });
  } catch (error) {
    // An economy, never a condition: a folder that can only be read still serves.
    if (!(error instanceof LocalStateError)) throw error;
  }
}
