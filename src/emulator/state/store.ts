/** Where the emulator's objects live: in memory only, or in a folder that several processes share. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { LocalStateError } from "../../errors.ts";
import { Collections, type View } from "./collections.ts";
import type { Change, Counts } from "./entities.ts";
import { withLock } from "./lock.ts";
import { ChangeLog } from "./log.ts";
import { fileFailure } from "./state-errors.ts";
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
export function dataFile(stateDir: string): string {
  return join(emulatorFolder(stateDir), "data.ndjson");
}

/** The emulator's own folder inside the state folder. */
export function emulatorFolder(stateDir: string): string {
  return join(stateDir, "emulator");
}

/** Makes the emulator's folder, for this user only. */
export function makeFolder(stateDir: string): void {
  const folder = emulatorFolder(stateDir);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileFailure(error, folder);
  }
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
 * @param options.stateDir the tool's state folder; the data goes into its `emulator` folder
 * @throws {LocalStateError} `emulator_state_damaged` or `emulator_state_newer`
 */
export async function openStore(options: { stateDir: string }): Promise<EmulatorStore> {
  const path = dataFile(options.stateDir);
  const log = new ChangeLog(path);
  const writes = new WriteQueue(log, path, () => makeFolder(options.stateDir));
  await look(log, path);
  if (log.isOutworn) await compact(log, path);

  return {
    async read(query) {
      await look(log, path);
      return query(log.state);
    },
    write: (decide) => writes.write(decide),
    async counts() {
      await look(log, path);
      return log.state.counts();
    },
    async close() {
      await writes.idle();
    },
  };
}

async function look(log: ChangeLog, path: string): Promise<void> {
  try {
    log.refresh();
  } catch (error) {
    if (!(error instanceof LocalStateError) || error.code !== "emulator_state_damaged") throw error;
    // A look without the lock can meet a torn line while a writer is replacing it. Only what the lock shows is damage.
    await withLock(path, () => log.reload()).catch(() => {
      throw error;
    });
  }
}

async function compact(log: ChangeLog, path: string): Promise<void> {
  try {
    await withLock(path, ({ stillMine }) => {
      if (stillMine()) log.compact();
    });
  } catch (error) {
    // An economy, never a condition: a folder that can only be read still serves.
    if (!(error instanceof LocalStateError)) throw error;
  }
}
