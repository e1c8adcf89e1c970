/** Where the emulator's objects live: in memory only, or in one JSON file that several processes share. */
import { constants } from "node:buffer";
import { readJsonFile, replaceFile, stampOf } from "../disk/json-file.ts";
import { lockLost, type Taken, tryLock, withLock } from "../disk/lock.ts";
import { LocalStateError } from "../errors.ts";
import { dropFaults } from "./faults/faults.ts";
import { Collections, type View } from "./state/collections.ts";
import type { Change, Counts } from "./state/entities.ts";
import { fileIn, KIND, placeOf, RESET, type StateFolder, usable } from "./state/folder.ts";
import { dropDamagedKey } from "./state/key.ts";
import { STATE_VERSION, stateSchema, toState, toText } from "./state/seed-form.ts";

/** How often writes start over after losing their lock; it takes a process that sleeps at the wrong moment to lose it once. */
const ATTEMPTS = 5;

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
  /**
   * Takes the lock of the one who sends webhooks: of all processes on a folder, one at a time.
   * @returns null when somebody else holds it
   */
  lockSending(): Promise<Taken | null>;
  /** Waits for the writes that are under way, so that no lock is left behind. */
  close(): Promise<void>;
}

/** A store that is gone with the process. */
export function createMemoryStore(): EmulatorStore {
  const state = new Collections();
  return {
    read: async (query) => query(state),
    write: async (decide) => {
      const { value, changes } = decided(decide, state);
      applyAll(changes, state);
      return value;
    },
    counts: async () => state.counts(),
    // Nobody else sends from this memory.
    lockSending: async () => ({ isMine: () => true, release: async () => {} }),
    close: async () => undefined,
  };
}

/**
 * Opens the store of a folder. The folder is only made with the first write.
 *
 * @throws {LocalStateError} `emulator_state_damaged`, `emulator_state_newer`, `unsafe_permissions`
 */
export async function openStore(folder: StateFolder): Promise<EmulatorStore> {
  const file = openFile(folder);
  file.look();
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  // One lock after the other, so that this process never waits for a lock of its own.
  const run = async () => {
    while (waiting.length > 0) {
      const writes = waiting;
      waiting = [];
      await file.commit(writes).then(
        (outcomes) => {
          for (const tell of outcomes) tell();
        },
        (error: unknown) => {
          for (const { fail } of writes) fail(error);
        },
      );
    }
    running = null;
  };
  return {
    read: async (query) => query(file.look()),
    write: (decide) =>
      new Promise((resolve, fail) => {
        const attempt = (view: View) => {
          const { value, changes } = decided(decide, view);
          return { changes, tell: () => resolve(value) };
        };
        waiting.push({ attempt, fail });
        running ??= run();
      }),
    counts: async () => file.look().counts(),
    lockSending: () => tryLock(fileIn(folder, "webhooks"), placeOf(folder)),
    close: async () => {
      while (running !== null) await running;
    },
  };
}

/**
 * Empties a folder, damaged or not: all objects and all faults. The key stays, unless its file is damaged. A running
 * emulator of the same folder sees it with its next request.
 *
 * @returns how many objects there were; none when they can't be read
 * @throws {LocalStateError} when the folder can't be written or locked, or is not safe
 */
export async function resetEmulator(folder: StateFolder): Promise<Counts> {
  dropDamagedKey(folder);
  await dropFaults(folder);
  const path = stateFile(folder);
  const place = placeOf(folder);
  if (stampOf(path, place) === null) return new Collections().counts();
  return withLock(path, place, async (stillMine) => {
    const counts = (usable(() => readState(folder)) ?? new Collections()).counts();
    // Replaced and not removed: so whoever has read the old one sees that this is another.
    await writeState(folder, new Collections(), stillMine);
    return counts;
  });
}

/** The file that holds the objects of the emulator of a state folder. */
function stateFile(folder: StateFolder): string {
  return fileIn(folder, "data.json");
}

/** A write that waits. */
interface Waiting {
  /** Decides. `tell` tells its caller the outcome, once the changes are on disk. */
  attempt(view: View): { readonly changes: readonly Change[]; readonly tell: () => void };
  fail(error: unknown): void;
}

/** The file of a folder, and what this process has read of it. */
function openFile(folder: StateFolder) {
  const path = stateFile(folder);
  const place = placeOf(folder);
  let known: { readonly stamp: string | null; readonly state: Collections } = {
    stamp: null,
    state: new Collections(),
  };

  /** The newest state; one that is damaged leaves what was read before as it is. */
  const look = (): Collections => {
    // Before the file is read: what is written in between is read once more.
    const stamp = stampOf(path, place);
    if (stamp !== known.stamp) known = { stamp, state: readState(folder) };
    return known.state;
  };

  /** Commits the writes in their order, with one replacing of the file. @returns what tells their callers */
  const commitOnce = (writes: readonly Waiting[]): Promise<readonly (() => void)[]> =>
    withLock(path, place, async (stillMine) => {
      // On a copy: until the new file is there, everybody reads the old state.
      const next = look().copy();
      let isChanged = false;
      const outcomes = writes.map(({ attempt, fail }) => {
        try {
          const { changes, tell } = attempt(next);
          applyAll(changes, next);
          isChanged ||= changes.length > 0;
          return tell;
        } catch (error) {
          return () => fail(error);
        }
      });
      if (isChanged) {
        await writeState(folder, next, stillMine);
        const stamp = stampOf(path, place);
        // Another process may have taken the lock since: then its file is read.
        known = { stamp: stillMine() ? stamp : "unknown", state: next };
      }
      return outcomes;
    });

  return {
    look,
    async commit(writes: readonly Waiting[]): Promise<readonly (() => void)[]> {
      for (let left = ATTEMPTS - 1; ; left -= 1) {
        try {
          return await commitOnce(writes);
        } catch (error) {
          const isLost = error instanceof LocalStateError && error.code === "lock_lost";
          if (!isLost || left === 0) throw error;
        }
      }
    },
  };
}

function decided<T>(decide: (view: View, changes: Change[]) => T, view: View) {
  const changes: Change[] = [];
  return { value: decide(view, changes), changes };
}

function applyAll(changes: readonly Change[], state: Collections): void {
  for (const change of changes) state.apply(change);
}

function readState(folder: StateFolder): Collections {
  const file = readJsonFile(stateFile(folder), {
    ...placeOf(folder),
    ...{ kind: KIND, schema: stateSchema, version: STATE_VERSION, repair: RESET },
    // What fits into one text can be written and read.
    maxBytes: constants.MAX_STRING_LENGTH,
  });
  return file === null ? new Collections() : toState(file.value);
}

/** @throws {LocalStateError} `lock_lost`; then nothing was written */
function writeState(
  folder: StateFolder,
  state: Collections,
  stillMine: () => boolean,
): Promise<void> {
  const path = stateFile(folder);
  return replaceFile(path, toText(state), {
    ...placeOf(folder),
    // Once renamed, the file survives the end of this process, however it ends. Only a power loss can take the last
    // writes with it, which costs a sandbox little, and each of its writes several milliseconds to prevent.
    synced: false,
    beforeReplacing: () => {
      if (!stillMine()) throw lockLost(path);
    },
  });
}
