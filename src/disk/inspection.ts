/** Looks through one of the tool's folders without changing anything: what is unsafe, locked, or left behind. */
import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fchmodSync,
  openSync,
  readdirSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { LocalStateError } from "../errors.ts";
import { checkFolder, openChecked } from "./checked.ts";
import { notWritable, type PlaceVariable } from "./disk-errors.ts";
import { type LockingProcess, tryLock, withLock } from "./lock.ts";
import { type FoundLock, findLock } from "./lock-record.ts";
import { leftoversOf, removeLeftovers } from "./temporary-file.ts";

/** Something that is wrong, and how to repair it; null where only its user can. */
export interface Unsafe {
  readonly error: LocalStateError;
  readonly repair: (() => void) | null;
}

/** Something that a process left behind. */
export interface Left {
  readonly path: string;
  readonly repair: () => Promise<void>;
}

export interface Inspection {
  readonly exists: boolean;
  readonly unsafe: readonly Unsafe[];
  /** Locks of processes that are running. */
  readonly held: readonly FoundLock[];
  /** Locks of processes that are gone. */
  readonly stale: readonly Left[];
  /** Temporary files that killed writers left, which may hold a key. */
  readonly leftovers: readonly Left[];
}

export interface InspectionOptions {
  readonly uid?: number | undefined;
  readonly movedBy: PlaceVariable;
  readonly by: LockingProcess;
  /** Whether a file must be unreadable for other users. */
  readonly isSecret: (path: string) => boolean;
}

/** Written by Node, and checked by the entry point before each use. */
const NOT_OURS = "compile-cache";
const LOCK = /\.lock$/;
const TEMPORARY = /\.(?:tmp-[0-9a-f]+|\d+)$/;

/** @param top the folder; it need not exist */
export function inspect(top: string, options: InspectionOptions): Inspection {
  const unsafe: Unsafe[] = [];
  const found: string[] = [];
  const attempt = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof LocalStateError)) throw error;
      unsafe.push({ error, repair: repairOf(error) });
      return false;
    }
  };
  const walk = (folder: string): void => {
    if (!attempt(() => checkFolder(folder, options))) return;
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.name === NOT_OURS) attempt(() => checkFolder(path, options));
      else if (!entry.isDirectory()) {
        const secret = options.isSecret(path);
        attempt(() => close(openChecked(path, constants.O_RDONLY, { ...options, secret })));
        found.push(path);
      } else if (LOCK.test(entry.name)) found.push(path);
      else walk(path);
    }
  };
  walk(top);
  attempt(() => checkWritable(top, options.movedBy));
  const locks = found
    .filter((path) => LOCK.test(path))
    .flatMap((path) => {
      const locked = path.replace(LOCK, "");
      const lock = findLock(locked, options, options.by);
      return lock === null ? [] : [{ ...lock, path: locked }];
    });
  const bases = new Set(
    found.filter((path) => TEMPORARY.test(path)).map((path) => path.replace(TEMPORARY, "")),
  );
  const isLocked = (path: string) => locks.some((lock) => lock.path === path && !lock.isStale);
  return {
    exists: existsSync(top),
    unsafe,
    held: locks.filter(({ isStale }) => !isStale),
    stale: locks
      .filter(({ isStale }) => isStale)
      .map(({ path }) => ({
        path,
        repair: async () => (await tryLock(path, options))?.release(),
      })),
    // A writer that is running has both a lock and a temporary file.
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

function entriesOf(folder: string): readonly Dirent[] {
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
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing || above === folder) throw notWritable(folder, error, movedBy) ?? error;
    checkWritable(above, movedBy);
  }
}

/** The error of a mode that is too open suggests the `chmod` that closes it. */
function repairOf({ next }: LocalStateError): Unsafe["repair"] {
  const [program, mode = "", path = ""] = next[0]?.words ?? [];
  if (program !== "chmod") return null;
  return () => {
    // Never through a link that has replaced it in the meantime.
    const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      fchmodSync(handle, Number.parseInt(mode, 8));
    } finally {
      closeSync(handle);
    }
  };
}

function close(handle: number | null): void {
  if (handle !== null) closeSync(handle);
}
