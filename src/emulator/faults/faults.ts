/**
 * Stores faults and matches requests to them. Our own, not Nectar's.
 * A state folder has one file for them, so that `nectar emulator fault` affects an emulator embedded in a command as well
 * as a standing one; without a folder they are in memory. A request that matches none costs one `stat`.
 */
import * as z from "zod/mini";
import { readJsonFile, removeFile, stampOf, writeJsonFile } from "../../disk/json-file.ts";
import { withLock } from "../../disk/lock.ts";
import type { Fault, SetFault } from "../public.ts";
import {
  fileIn,
  KIND,
  placeOf,
  RESET,
  type StateFolder,
  underLock,
  usable,
} from "../state/folder.ts";
import { isAimedAt } from "./aim.ts";
import { combined, effectOf, faultSchema, parseFault } from "./fault.ts";

/** The version of the file format. A file with a higher version is refused. */
const SCHEMA_VERSION = 2;

const entrySchema = z.strictObject({
  id: z.string(),
  fault: faultSchema,
  skipped: z.int(),
  fired: z.int(),
});
const fileSchema = z.object({ schemaVersion: z.int(), faults: z.array(entrySchema) });

type Entry = z.infer<typeof entrySchema>;

export interface FaultStore {
  /** @throws {UsageError} `invalid_fault` */
  add(fault: unknown): Promise<SetFault>;
  /** In the order they were added. */
  list(): Promise<readonly SetFault[]>;
  /** @returns how many were removed */
  clear(): Promise<number>;
  /** @returns whether it existed */
  remove(id: string): Promise<boolean>;
  /**
   * Finds the faults that apply to a request, and counts the request before they take effect.
   * Of the faults with an effect, only the first active one applies, and later ones do not count the request, so several
   * faults apply in the order they were added. Faults that only change responses all apply.
   *
   * @param request.path the path below the version prefix
   * @returns the faults combined into one; null when none applies
   */
  take(request: { readonly method: string; readonly path: string }): Promise<Fault | null>;
}

interface Storage {
  load(): readonly Entry[];
  /** Stores what `decide` makes of a copy of the latest entries; it may be called again, so it must have no side effects. */
  change<T>(decide: (entries: Entry[]) => T): Promise<T>;
}

/**
 * Opens the faults of a state folder, or an empty list in memory. Does not access the folder until a method is called.
 * All methods throw a LocalStateError when the folder can't be read, written or locked, or its file is damaged.
 */
export function openFaults(
  options: Omit<StateFolder, "stateDir"> & {
    readonly stateDir: string | null;
    readonly ids: () => string;
  },
): FaultStore {
  const { stateDir, uid, by, ids } = options;
  const storage = stateDir === null ? inMemory() : inFile({ stateDir, uid, by });
  return {
    async add(given) {
      const entry: Entry = { id: ids(), fault: parseFault(given), skipped: 0, fired: 0 };
      return storage.change((entries) => {
        entries.push(entry);
        return shown(entry);
      });
    },
    list: async () => storage.load().map(shown),
    clear: async () =>
      storage.load().length === 0 ? 0 : storage.change((entries) => entries.splice(0).length),
    remove: (id) =>
      storage.change((entries) => {
        const index = entries.findIndex((entry) => entry.id === id);
        return index >= 0 && entries.splice(index, 1).length > 0;
      }),
    async take(request) {
      const matches = (entry: Entry) => remainingOf(entry) !== 0 && isAimedAt(entry.fault, request);
      // Nothing to count, so nothing to lock.
      if (!storage.load().some(matches)) return null;
      return storage.change((entries) => {
        const applied: Fault[] = [];
        for (const entry of entries) {
          const hasPrior = effectOf(entry.fault) !== null && applied.some(effectOf);
          if (hasPrior || !matches(entry)) continue;
          if (entry.skipped < (entry.fault.skip ?? 0)) {
            entry.skipped += 1;
          } else {
            entry.fired += 1;
            applied.push(entry.fault);
          }
        }
        return combined(applied);
      });
    },
  };
}

/** Removes the faults of a state folder, even if their file is damaged. */
export async function dropFaults(folder: StateFolder): Promise<void> {
  const path = faultFile(folder);
  if (stampOf(path, placeOf(folder)) === null) return;
  usable(() => readFaults(folder));
  await withLock(path, placeOf(folder), () => removeFile(path, placeOf(folder)));
}

function shown(entry: Entry): SetFault {
  const { id, fault, skipped, fired } = entry;
  return { id, ...fault, skipped, fired, remaining: remainingOf(entry) };
}

function remainingOf({ fault, fired }: Entry): number | null {
  const { times = 1 } = fault;
  return times === null ? null : Math.max(0, times - fired);
}

function inMemory(): Storage {
  let entries: readonly Entry[] = [];
  return {
    load: () => entries,
    async change(decide) {
      const changed = copyOf(entries);
      const value = decide(changed);
      entries = changed;
      return value;
    },
  };
}

function inFile(folder: StateFolder): Storage {
  const path = faultFile(folder);
  const place = placeOf(folder);
  let cached: { readonly stamp: string; readonly entries: readonly Entry[] } | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const load = (): readonly Entry[] => {
    const stamp = stampOf(path, place);
    if (stamp === null) return [];
    if (cached?.stamp !== stamp) cached = { stamp, entries: readFaults(folder) };
    return cached.entries;
  };

  const attempt = <T>(decide: (entries: Entry[]) => T): Promise<T> =>
    underLock(path, place, async (lock) => {
      const entries = copyOf(load());
      const value = decide(entries);
      lock.check();
      if (entries.length === 0) removeFile(path, place);
      else await writeJsonFile(path, { schemaVersion: SCHEMA_VERSION, faults: entries }, place);
      return value;
    });

  return {
    load,
    change(decide) {
      // One at a time, so that this process never waits for its own lock.
      const run = queue.then(() => attempt(decide));
      queue = run.catch(() => undefined);
      return run;
    },
  };
}

function copyOf(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry }));
}

function readFaults(folder: StateFolder): readonly Entry[] {
  const options = { kind: KIND, schema: fileSchema, version: SCHEMA_VERSION, repair: RESET };
  return readJsonFile(faultFile(folder), { ...placeOf(folder), ...options })?.value.faults ?? [];
}

function faultFile(folder: StateFolder): string {
  return fileIn(folder, "faults.json");
}
