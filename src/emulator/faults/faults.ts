/**
 * The faults that are set, and which request meets which of them. Our own, not Nectar's.
 * Those of a state folder are in one file, so that `nectar emulator fault` reaches the emulator inside a command as well
 * as one that stands by; without a folder they are in memory. A request costs one `stat` as long as it meets none.
 */
import * as z from "zod/mini";
import { readJsonFile, removeFile, stampOf, writeJsonFile } from "../../disk/json-file.ts";
import { lockLost, withLock } from "../../disk/lock.ts";
import type { SetFault } from "../public.ts";
import { fileIn, KIND, placeOf, RESET, type StateFolder, usable } from "../state/folder.ts";
import { isAimedAt } from "./aim.ts";
import { effectOf, type Fault, faultSchema, parseFault, together } from "./fault.ts";

/** The version of the file's format. A file with a higher one is refused, never guessed at. */
const SCHEMA_VERSION = 2;

/** How often a change starts over after losing its lock. */
const ATTEMPTS = 5;

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
  /** In the order in which they were added. */
  list(): Promise<readonly SetFault[]>;
  /** @returns how many there were */
  clear(): Promise<number>;
  /** @returns whether there was one with this ID */
  remove(id: string): Promise<boolean>;
  /**
   * Finds the faults that a request meets, and counts them before they take effect.
   * Of those with an effect it meets the first one whose turn it is; those behind that one do not see it. So faults that
   * were added one after the other are met one after the other. Of those that only change answers it meets all.
   *
   * @param request.path the path below the version prefix
   * @returns what they come to together; null when it meets none
   */
  take(request: { readonly method: string; readonly path: string }): Promise<Fault | null>;
}

/** The entries, wherever they are kept. */
interface Kept {
  look(): readonly Entry[];
  /** Replaces them by what `decide` makes of the newest ones; it may be called again, so it has no other effect. */
  change<T>(decide: (entries: readonly Entry[]) => Decision<T>): Promise<T>;
}

interface Decision<T> {
  readonly entries: readonly Entry[];
  readonly value: T;
}

/**
 * Opens the faults of a state folder, or empty ones in memory. Touches nothing before it is asked.
 * All methods throw a LocalStateError when the folder can't be read, written or locked, or its file is damaged.
 *
 * @param options.stateDir null for memory
 * @param options.ids gives a new UUID each time
 */
export function openFaults(
  options: Omit<StateFolder, "stateDir"> & {
    readonly stateDir: string | null;
    readonly ids: () => string;
  },
): FaultStore {
  const { stateDir, uid, by, ids } = options;
  const kept = stateDir === null ? inMemory() : inFile({ stateDir, uid, by });
  return {
    async add(given) {
      const entry: Entry = { id: ids(), fault: parseFault(given), skipped: 0, fired: 0 };
      return kept.change((entries) => ({ entries: [...entries, entry], value: shown(entry) }));
    },
    list: async () => kept.look().map(shown),
    clear: async () =>
      kept.look().length === 0
        ? 0
        : kept.change((entries) => ({ entries: [], value: entries.length })),
    remove: (id) =>
      kept.change((entries) => {
        const left = entries.filter((entry) => entry.id !== id);
        return { entries: left, value: left.length < entries.length };
      }),
    async take(request) {
      const meets = (entry: Entry) => remainingOf(entry) !== 0 && isAimedAt(entry.fault, request);
      // Nothing to count, so nothing to lock.
      if (!kept.look().some(meets)) return null;
      return kept.change((entries) => {
        const met: Fault[] = [];
        const counted = entries.map((entry): Entry => {
          const isBehind = effectOf(entry.fault) !== null && met.some(effectOf);
          if (isBehind || !meets(entry)) return entry;
          if (entry.skipped < (entry.fault.skip ?? 0)) {
            return { ...entry, skipped: entry.skipped + 1 };
          }
          met.push(entry.fault);
          return { ...entry, fired: entry.fired + 1 };
        });
        return { entries: counted, value: together(met) };
      });
    },
  };
}

/**
 * Removes the faults of a state folder, also from a file that is damaged.
 * @throws {LocalStateError} when the folder can't be written or locked
 */
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

function inMemory(): Kept {
  let entries: readonly Entry[] = [];
  return {
    look: () => entries,
    async change(decide) {
      const decision = decide(entries);
      entries = decision.entries;
      return decision.value;
    },
  };
}

function inFile(folder: StateFolder): Kept {
  const path = faultFile(folder);
  const place = placeOf(folder);
  let known: { readonly stamp: string; readonly entries: readonly Entry[] } | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const look = (): readonly Entry[] => {
    const stamp = stampOf(path, place);
    if (stamp === null) return [];
    if (known?.stamp !== stamp) {
      // It may be removed between the two looks.
      known = { stamp, entries: readFaults(folder) };
    }
    return known.entries;
  };

  const attempt = async <T>(decide: (entries: readonly Entry[]) => Decision<T>): Promise<T> => {
    for (let left = ATTEMPTS; left > 0; left -= 1) {
      const outcome = await withLock(path, place, async (stillMine) => {
        const { entries, value } = decide(look());
        if (!stillMine()) return null;
        if (entries.length === 0) removeFile(path, place);
        else await writeJsonFile(path, { schemaVersion: SCHEMA_VERSION, faults: entries }, place);
        return { value };
      });
      if (outcome !== null) return outcome.value;
    }
    throw lockLost(path);
  };

  return {
    look,
    change(decide) {
      // One after the other, so that this process never waits for a lock of its own.
      const run = queue.then(() => attempt(decide));
      queue = run.catch(() => undefined);
      return run;
    },
  };
}

function readFaults(folder: StateFolder): readonly Entry[] {
  const options = { kind: KIND, schema: fileSchema, version: SCHEMA_VERSION, repair: RESET };
  return readJsonFile(faultFile(folder), { ...placeOf(folder), ...options })?.value.faults ?? [];
}

function faultFile(folder: StateFolder): string {
  return fileIn(folder, "faults.json");
}
