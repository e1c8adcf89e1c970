/**
 * Safety checks for the tool's own folders and files. One that another user could have created or changed is rejected,
 * never repaired.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  type Stats,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { codeOf, type ErrorDetails } from "../errors.ts";
import {
  makeSafe,
  moveAway,
  notReadable,
  notWritable,
  unsafe,
  useAnother,
  useCopy,
} from "./disk-errors.ts";
import { keptAs, OWN_FOLDER, type PlaceVariable } from "./own-files.ts";

/** Where one of the tool's files lives. */
export interface FolderOptions {
  /** The process's user; when omitted, the owner is not checked. */
  readonly uid?: number | undefined;
  /** The variable that overrides the folder's location; used in messages. */
  readonly movedBy: PlaceVariable;
  /** The tool's top folder; it and each folder below it are checked. Defaults to the file's folder. */
  readonly top?: string | undefined;
}

export interface FileOptions extends FolderOptions {
  /** Whether the file must also be unreadable for other users. */
  readonly secret: boolean;
}

const WRITABLE_BY_OTHERS = 0o022;
const READABLE_BY_OTHERS = 0o044;
/** Set-user-ID, set-group-ID, sticky: the marks of a folder that is shared on purpose. */
const SPECIAL = 0o7000;
/** Windows has neither owner nor mode bits; there the file relies on the ACL of the user's folder. */
const HAS_MODES = sep === "/";

/**
 * Checks that a folder can be trusted: a real directory, not a link, owned by our user, not writable by others. Advises a
 * change only to what is surely the tool's own.
 *
 * @returns false if it does not exist
 * @throws LocalStateError `unsafe_permissions`
 */
export function checkFolder(path: string, options: FolderOptions): boolean {
  let found: Stats;
  try {
    found = lstatSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  const { uid, top = path, movedBy } = options;
  const isNamedByUs = path !== top || basename(path) === OWN_FOLDER;
  const away = isNamedByUs ? moveAway(path) : useAnother(movedBy);
  if (found.isSymbolicLink()) throw unsafe(path, "is a symbolic link", away);
  if (!found.isDirectory()) throw unsafe(path, "is not a folder", away);
  checkAccess(path, found, {
    ...{ uid, secret: false, mode: MODES.folder },
    advice: (change) => {
      const shared = sharedWith(path, found, { ...options, top });
      if (shared === null) return change;
      const { hint } = useAnother(movedBy);
      return { hint: `${shared}, so nothing is changed there. ${hint}` };
    },
  });
  return true;
}

/** Why an existing folder is not surely for the tool alone; null where it is, so that its owner and mode may be changed. */
function sharedWith(
  path: string,
  { mode, uid: owner }: Stats,
  { uid, top, movedBy }: FolderOptions & { readonly top: string },
): string | null {
  if (mode & SPECIAL) return "It is marked as shared (sticky, or set-group-ID)";
  if (keptAs(path, top, movedBy) === "cache") return null;
  const isNamedByUs = path !== top || basename(path) === OWN_FOLDER;
  const unknown = isNamedByUs ? null : "Others may use it";
  let names: readonly string[];
  try {
    names = readdirSync(path);
  } catch {
    return unknown;
  }
  const foreign = names.find((name) => keptAs(join(path, name), top, movedBy) === null);
  if (foreign !== undefined) return `It holds "${foreign}", which is not nectar's`;
  return names.length > 0 || owner === uid ? null : unknown;
}

/**
 * Creates a folder and any missing parents with mode 0700, whatever the umask. An existing folder is checked and left
 * unchanged.
 *
 * @throws LocalStateError `folder_not_writable` if it can't be created, is not a folder, or is not writable;
 *   `unsafe_permissions`
 */
export function ensureFolder(path: string, options: FolderOptions): void {
  try {
    for (const folder of foldersOf(path, options)) {
      if (checkFolder(folder, options)) continue;
      makeFolder(folder);
      // Another process may have created it in the meantime.
      checkFolder(folder, options);
    }
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(path, codeOf(error), options.movedBy) ?? error;
  }
}

/**
 * Checks a file's folders, opens the file and checks it too. Never follows a link and never blocks on a pipe.
 *
 * @param flags for `open(2)`; with `O_CREAT` the file gets mode 0600
 * @returns a descriptor that the caller must close; null if the file or one of its folders does not exist
 * @throws LocalStateError `unsafe_permissions` for a link, another owner or a mode that is too open; `not_readable`
 */
export function openChecked(file: string, flags: number, options: FileOptions): number | null {
  try {
    for (const folder of foldersOf(dirname(file), options)) {
      if (!checkFolder(folder, options)) return null;
    }
    const handle = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
    try {
      // Checked through the open descriptor, so the file can't be swapped in between.
      const found = fstatSync(handle);
      if (!found.isFile()) throw notRegular(file);
      checkAccess(file, found, {
        ...options,
        mode: MODES.file,
        advice: (change) => (found.nlink > 1 ? useCopy(file) : change),
      });
      return handle;
    } catch (error) {
      closeSync(handle);
      throw error;
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return null;
    if (code === "ELOOP" || code === "EMLINK") {
      throw unsafe(file, "is a symbolic link", moveAway(file));
    }
    if (code === "ENXIO" || code === "EISDIR") throw notRegular(file);
    throw notReadable(file, error, options.movedBy) ?? error;
  }
}

/** The folders from the tool's top folder down to `folder`. */
export function foldersOf(folder: string, { top = folder }: FolderOptions): readonly string[] {
  const names = relative(top, folder).split(sep);
  const below = names[0] === "" ? [] : names.map((_, index) => names.slice(0, index + 1));
  return [top, ...below.map((parts) => join(top, ...parts))];
}

/** @param again whether the parents were already created: /proc, for one, rejects new folders even then */
function makeFolder(path: string, again = false): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || again || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    makeFolder(path, true);
    return;
  }
  // `mkdir` applies the umask; a strict one would leave a folder that its owner can't enter.
  chmodSync(path, 0o700);
}

/**
 * Closes a file or folder of the tool's own to other users. Looks again at what it opens: something else may have
 * replaced it in the meantime.
 *
 * @throws LocalStateError `unsafe_permissions` where it is not what was found before
 */
export function closeToOthers(path: string, { uid, movedBy }: FolderOptions): void {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(handle);
    const isFile = found.isFile() && found.nlink === 1;
    const isFolder = found.isDirectory() && !(found.mode & SPECIAL);
    if (!(isFile || isFolder) || (uid !== undefined && found.uid !== uid)) {
      throw unsafe(path, "was replaced in the meantime", useAnother(movedBy));
    }
    fchmodSync(handle, isFile ? MODES.file : MODES.folder);
  } finally {
    closeSync(handle);
  }
}

const MODES = { file: "600", folder: "700" } as const;

function checkAccess(
  path: string,
  found: Stats,
  expected: {
    readonly uid?: number | undefined;
    readonly secret: boolean;
    readonly mode: string;
    /** What to advise, given the change that would make it safe. */
    readonly advice: (change: ErrorDetails) => ErrorDetails;
  },
): void {
  if (!HAS_MODES) return;
  const { uid, secret, mode, advice } = expected;
  if (uid !== undefined && found.uid !== uid) {
    const chown = makeSafe("sudo", "chown", String(uid), path);
    throw unsafe(path, "belongs to another user", advice(chown));
  }
  const what =
    found.mode & WRITABLE_BY_OTHERS
      ? "changed"
      : secret && found.mode & READABLE_BY_OTHERS
        ? "read"
        : null;
  if (what === null) return;
  throw unsafe(path, `can be ${what} by other users`, advice(makeSafe("chmod", mode, path)));
}

function notRegular(file: string): Error {
  return unsafe(file, "is not a regular file", moveAway(file));
}
