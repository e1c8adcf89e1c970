/** Looks through one of the tool's folders without changing anything: what is unsafe, locked, or left behind. */
import { accessSync, closeSync, constants, existsSync, readdirSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf, LocalStateError } from "../errors.ts";
import { checkFolder, closeToOthers, type FolderOptions, openChecked } from "./checked.ts";
import { notReadable, notWritable } from "./disk-errors.ts";
import { type LockingProcess, tryLock, withLock } from "./lock.ts";
import { findLock } from "./lock-record.ts";
import { keptAs, type PlaceVariable, TEMPORARY } from "./own-files.ts";
import { leftoversOf, removeLeftovers } from "./temporary-file.ts";

/** Something that is wrong, and how to repair it; null where only its user can. */
export interface Unsafe {
  readonly error: LocalStateError;
  readonly repair: (() => void) | null;
}

export type Inspection = ReturnType<typeof inspect>;

export interface InspectionOptions {
  readonly uid?: number | undefined;
  readonly movedBy: PlaceVariable;
  readonly by: LockingProcess;
}

const LOCK = /\.lock$/;

/**
 * Looks at what is the tool's own, by name; anything else in the folder is left out.
 *
 * @param top the folder; it need not exist
 */
export function inspect(top: string, given: InspectionOptions) {
  const options = { ...given, top };
  const { movedBy } = options;
  const unsafe: Unsafe[] = [];
  const found: string[] = [];
  const attempt = (path: string, work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (thrown) {
      const error = thrown instanceof LocalStateError ? thrown : notReadable(path, thrown, movedBy);
      if (error === null) throw thrown;
      unsafe.push({ error, repair: repairOf(path, error, options) });
      return false;
    }
  };
  const walk = (folder: string): boolean => {
    if (!attempt(folder, () => checkFolder(folder, options))) return false;
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      const kept = keptAs(path, top, movedBy);
      // What is in the cache is Node's.
      if (kept === "cache") attempt(path, () => checkFolder(path, options));
      else if (kept === "folder") walk(path);
      else if (kept !== null) {
        found.push(path);
        if (LOCK.test(path) && entry.isDirectory()) continue;
        const secret = kept === "secret";
        const open = () => close(openChecked(path, constants.O_RDONLY, { ...options, secret }));
        attempt(path, open);
      }
    }
    return true;
  };
  if (walk(top)) attempt(top, () => checkWritable(top, movedBy));
  const locks = found
    .filter((path) => LOCK.test(path))
    .flatMap((path) => {
      const locked = path.replace(LOCK, "");
      const lock = lockOf(locked, options);
      return lock === null ? [] : [{ ...lock, path: locked }];
    });
  const bases = new Set(
    found.filter((path) => TEMPORARY.test(path)).map((path) => path.replace(TEMPORARY, "")),
  );
  const isLocked = (path: string) => locks.some((lock) => lock.path === path && !lock.isStale);
  return {
    exists: existsSync(top),
    unsafe,
    /** Locks of processes that are running. */
    held: locks.filter(({ isStale }) => !isStale),
    /** Locks of processes that are gone. */
    stale: locks
      .filter(({ isStale }) => isStale)
      .map(({ path }) => ({
        path,
        repair: async () => (await tryLock(path, options))?.release(),
      })),
    /** Temporary files that killed writers left, which may hold a key. One that is running has a lock, too. */
    leftovers: [...bases]
      .filter((path) => leftoversOf(path).length > 0 && !isLocked(path))
      .map((path) => ({
        path,
        repair: async () => {
          await withLock(path, options, () => removeLeftovers(path));
        },
      })),
  };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Missing; any other reason is found by `checkWritable`.
    return [];
  }
}

/** @throws LocalStateError `folder_not_writable` if the folder, or the nearest one that exists above it, is not writable */
function checkWritable(folder: string, movedBy: PlaceVariable): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const above = dirname(folder);
    const code = codeOf(error);
    if (code !== "ENOENT" || above === folder) throw notWritable(folder, code, movedBy) ?? error;
    checkWritable(above, movedBy);
    return;
  }
  // Some file systems tell no sizes at all.
  const { blocks, bavail } = statfsSync(folder);
  const full = blocks > 0 && bavail === 0 ? notWritable(folder, "ENOSPC", movedBy) : null;
  if (full !== null) throw full;
}

/** What the error's advice says, where that is to close a file or folder to others. */
function repairOf(
  path: string,
  { next }: LocalStateError,
  options: FolderOptions,
): Unsafe["repair"] {
  return next[0]?.words[0] === "chmod" ? () => closeToOthers(path, options) : null;
}

/** An unsafe record of the holder is one of the findings already. */
function lockOf(path: string, options: InspectionOptions) {
  try {
    return findLock(path, options, options.by);
  } catch (error) {
    if (!(error instanceof LocalStateError)) throw error;
    return null;
  }
}

function close(handle: number | null): void {
  if (handle !== null) closeSync(handle);
}
