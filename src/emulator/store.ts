/** The emulator's object store: in memory, or in one JSON file that several processes share. */
import { constants } from "node:buffer";
import { readJsonFile, replaceFile, stampOf } from "../disk/json-file.ts";
import { type HeldLock, tryLock, withLock } from "../disk/lock.ts";
import { dropFaults } from "./faults/faults.ts";
import { Collections, type View } from "./state/collections.ts";
import type { Change, Counts } from "./state/entities.ts";
import {
  fileIn,
  KIND,
  placeOf,
  RESET,
  type StateFolder,
  underLock,
  usable,
} from "./state/folder.ts";
import { dropDamagedKey } from "./state/key.ts";
import { COMPANIES, STATE_VERSION, stateSchema, toState, toText } from "./state/seed-form.ts";

export interface EmulatorStore {
  /**
   * Queries the latest committed state, whichever process wrote it.
   * @throws {LocalStateError} when the folder can't be read
   */
  read<T>(query: (view: View) => T): Promise<T>;
  /**
   * Runs `decide` on the latest state and commits its changes, all of them or none.
   *
   * @param decide pushes its changes, which its view does not show yet. When it throws, nothing is written.
   *   It may be called again when the lock was lost, so it must have no side effects.
   * @throws {LocalStateError} when the folder can't be read, written or locked
   */
  write<T>(decide: (view: View, changes: Change[]) => T): Promise<T>;
  /**
   * Removes everything, even if it is damaged; in a folder, its faults too. @returns how many objects were removed
   * @throws {LocalStateError} when the folder can't be written or locked
   */
  reset(): Promise<Counts>;
  /**
   * Takes the lock for sending webhooks, which one process per folder holds at a time.
   * @returns null when another process holds it
   */
  lockSending(): Promise<HeldLock | null>;
  /** Waits for pending writes, so that no lock is left behind. */
  close(): Promise<void>;
}

export function createMemoryStore(): EmulatorStore {
  let state = new Collections();
  return {
    read: async (query) => query(state),
    write: async (decide) => {
      const { value, changes } = decided(decide, state);
      state.applyAll(changes);
      return value;
    },
    reset: async () => {
      const counts = state.counts();
      state = new Collections();
      return counts;
    },
    // No other process can send from this memory.
    lockSending: async () => ({ isMine: () => true, check: () => {}, release: async () => {} }),
    close: async () => undefined,
  };
}

/**
 * Opens the store of a folder. The folder is created on the first write.
 *
 * @throws {LocalStateError} `emulator_state_damaged`, `emulator_state_newer`, `unsafe_permissions`
 */
export async function openStore(folder: StateFolder): Promise<EmulatorStore> {
  const file = openFile(folder);
  file.load();
  let waiting: PendingWrite[] = [];
  let running: Promise<void> | null = null;
  // One lock at a time, so that this process never waits for its own lock.
  const run = async () => {
    while (waiting.length > 0) {
      // Requests that arrive together are written together.
      await new Promise((resolve) => setImmediate(resolve));
      const writes = waiting;
      waiting = [];
      await file.commit(writes).then(
        (outcomes) => {
          for (const settle of outcomes) settle();
        },
        (error: unknown) => {
          for (const { fail } of writes) fail(error);
        },
      );
    }
    running = null;
  };
  return {
    read: (query) => file.read(query),
    write: (decide) =>
      new Promise((resolve, fail) => {
        const attempt = (view: View) => {
          const { value, changes } = decided(decide, view);
          return { changes, settle: () => resolve(value) };
        };
        waiting.push({ attempt, fail });
        running ??= run();
      }),
    reset: () => resetEmulator(folder),
    lockSending: () => tryLock(fileIn(folder, "webhooks"), placeOf(folder)),
    close: async () => {
      while (running !== null) await running;
    },
  };
}

/**
 * Removes all objects and faults of a folder, even a damaged one. The key stays, unless its file is damaged. A running
 * emulator of the same folder sees the change on its next request.
 *
 * @returns how many objects were removed; zeros when they can't be read
 * @throws {LocalStateError} when the folder can't be written or locked, or is not safe
 */
export async function resetEmulator(folder: StateFolder): Promise<Counts> {
  dropDamagedKey(folder);
  await dropFaults(folder);
  const path = stateFile(folder);
  const place = placeOf(folder);
  if (stampOf(path, place) === null) return new Collections().counts();
  return withLock(path, place, async (lock) => {
    const counts = (usable(() => readState(folder)) ?? new Collections()).counts();
    // Replaced rather than removed, so that processes that have read the old file notice the change.
    await writeState(folder, new Collections(), lock);
    return counts;
  });
}

function stateFile(folder: StateFolder): string {
  return fileIn(folder, "data.json");
}

interface PendingWrite {
  /** Computes the changes. Call `settle` once they are on disk: it resolves the caller's promise. */
  attempt(view: View): { readonly changes: readonly Change[]; readonly settle: () => void };
  fail(error: unknown): void;
}

/** No file has this stamp, so it is read. */
const UNREAD = "unread";

/** The state file of a folder, with a cache of its contents. */
function openFile(folder: StateFolder) {
  const path = stateFile(folder);
  const place = placeOf(folder);
  let cached: { readonly stamp: string | null; readonly state: Collections } = {
    stamp: null,
    state: new Collections(),
  };
  /** While the cache is ahead of the file. */
  let writing: Promise<unknown> | null = null;

  /** The latest state. When the file is damaged, it throws and leaves the cache unchanged. */
  const load = (): Collections => {
    // Taken before reading, so that a write in between causes another read.
    const stamp = stampOf(path, place);
    if (stamp !== cached.stamp) cached = { stamp, state: readState(folder) };
    return cached.state;
  };

  /** Commits writes in order, replacing the file once. @returns functions that settle the callers' promises */
  const commit = (writes: readonly PendingWrite[]): Promise<readonly (() => void)[]> =>
    underLock(path, place, async (lock) => {
      const state = load();
      let isChanged = false;
      const outcomes = writes.map(({ attempt, fail }) => {
        try {
          const { changes, settle } = attempt(state);
          state.applyAll(changes);
          isChanged ||= changes.length > 0;
          return settle;
        } catch (error) {
          return () => fail(error);
        }
      });
      if (!isChanged) return outcomes;
      // If the write fails, the file is read again.
      cached = { stamp: UNREAD, state };
      try {
        writing = writeState(folder, state, lock);
        await writing;
        const stamp = stampOf(path, place);
        // If another process has taken the lock since, its file must be read.
        if (lock.isMine()) cached = { stamp, state };
      } finally {
        writing = null;
      }
      return outcomes;
    });

  return {
    ...{ load, commit },
    async read<T>(query: (view: View) => T): Promise<T> {
      while (writing !== null) await writing.catch(() => undefined);
      return query(load());
    },
  };
}

function decided<T>(decide: (view: View, changes: Change[]) => T, view: View) {
  const changes: Change[] = [];
  return { value: decide(view, changes), changes };
}

function readState(folder: StateFolder): Collections {
  const file = readJsonFile(stateFile(folder), {
    ...placeOf(folder),
    ...{ kind: KIND, schema: stateSchema, version: STATE_VERSION, list: COMPANIES, repair: RESET },
    // Anything that fits into one string can be written and read.
    maxBytes: constants.MAX_STRING_LENGTH,
  });
  return file === null ? new Collections() : toState(file.value);
}

/** @throws {LocalStateError} `lock_lost`; then nothing was written */
function writeState(folder: StateFolder, state: Collections, lock: HeldLock): Promise<void> {
  return replaceFile(stateFile(folder), toText(state), {
    ...placeOf(folder),
    // Once renamed, the file survives a crash of this process. Only a power loss can lose the last writes, which matters
    // little to a sandbox; preventing it would cost several milliseconds per write.
    synced: false,
    beforeReplacing: lock.check,
  });
}
