/**
 * What is trusted of the tool's own folders and files: a file or folder that another user could have made or changed is
 * refused, never repaired.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import {
  codeOf,
  isLink,
  moveAway,
  notReadable,
  notWritable,
  type PlaceVariable,
  unsafe,
} from "./disk-errors.ts";

/** The folder of a file of ours. */
export interface FolderOptions {
  /** The process's user; without it the owner is not checked. */
  readonly uid?: number | undefined;
  /** The variable that moves the folder elsewhere, for a message. */
  readonly movedBy: PlaceVariable;
  /** The tool's own top folder, from which on each folder is checked; the file's folder when not given. */
  readonly top?: string | undefined;
}

export interface FileOptions extends FolderOptions {
  /** Whether others must not even read it. */
  readonly secret: boolean;
}

const WRITABLE_BY_OTHERS = 0o022;
const READABLE_BY_OTHERS = 0o044;
/** Windows has neither owner nor mode bits: there the user's own folder guards the file. */
const HAS_MODES = sep === "/";

/**
 * Checks a folder of ours before it is trusted: a directory, no link, of our own user, not writable by others.
 *
 * @returns false when it does not exist
 * @throws LocalStateError `unsafe_permissions`
 */
export function checkFolder(path: string, { uid }: { readonly uid?: number | undefined }): boolean {
  let found: Stats;
  try {
    found = lstatSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  if (found.isSymbolicLink()) throw isLink(path);
  if (!found.isDirectory()) throw unsafe(path, "is not a folder", moveAway(path));
  checkAccess(path, found, { uid, secret: false, mode: "700" });
  return true;
}

/**
 * Makes a folder, and what is missing above it, with mode 0700 under any umask. One that exists is checked and left as
 * it is.
 *
 * @throws LocalStateError `folder_not_writable` when it can't be made, is not a folder, or can't be written;
 *   `unsafe_permissions`
 */
export function ensureFolder(path: string, options: FolderOptions): void {
  try {
    for (const folder of foldersOf(path, options)) {
      if (checkFolder(folder, options)) continue;
      makeFolder(folder);
      // Another process may have made it in between.
      checkFolder(folder, options);
    }
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(path, error, options.movedBy) ?? error;
  }
}

/**
 * Opens a file after its folders have been found safe, and checks it before it is handed out. Never follows a link, and
 * never waits for the other end of a pipe.
 *
 * @param flags of `open(2)`; with `O_CREAT` the file gets mode 0600
 * @returns a descriptor that the caller closes; null when the file or a folder of it does not exist
 * @throws LocalStateError `unsafe_permissions` for a link, another owner, or a mode that lets others in; `not_readable`
 */
export function openChecked(file: string, flags: number, options: FileOptions): number | null {
  try {
    for (const folder of foldersOf(dirname(file), options)) {
      if (!checkFolder(folder, options)) return null;
    }
    const handle = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
    try {
      // Looked at through the open file, so it can't be exchanged in between.
      const found = fstatSync(handle);
      if (!found.isFile()) throw notPlain(file);
      checkAccess(file, found, { ...options, mode: "600" });
      return handle;
    } catch (error) {
      closeSync(handle);
      throw error;
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return null;
    if (code === "ELOOP" || code === "EMLINK") throw isLink(file);
    if (code === "ENXIO" || code === "EISDIR") throw notPlain(file);
    throw notReadable(file, error, options.movedBy) ?? error;
  }
}

/** A folder of ours and those above it, down from the tool's top folder. */
export function foldersOf(folder: string, { top = folder }: FolderOptions): readonly string[] {
  const names = relative(top, folder).split(sep);
  const below = names[0] === "" ? [] : names.map((_, index) => names.slice(0, index + 1));
  return [top, ...below.map((parts) => join(top, ...parts))];
}

/** @param again whether what is above was made already: a place such as /proc takes no folder whatever is above */
function makeFolder(path: string, again = false): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    // What is there is checked when it is read.
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || again || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    // Another run may have made it in between.
    makeFolder(path, true);
    return;
  }
  // `mkdir` takes the umask off its mode; a strict one would leave a folder that its owner can't enter.
  chmodSync(path, 0o700);
}

function checkAccess(
  path: string,
  found: Stats,
  expected: { readonly uid?: number | undefined; readonly secret: boolean; readonly mode: string },
): void {
  if (!HAS_MODES) return;
  const { uid, secret, mode } = expected;
  if (uid !== undefined && found.uid !== uid) {
    throw unsafe(path, "belongs to another user", ["sudo", "chown", String(uid), path]);
  }
  const chmod = ["chmod", mode, path];
  if (found.mode & WRITABLE_BY_OTHERS) throw unsafe(path, "can be changed by other users", chmod);
  if (secret && found.mode & READABLE_BY_OTHERS) {
    throw unsafe(path, "can be read by other users", chmod);
  }
}

function notPlain(file: string): Error {
  return unsafe(file, "is not a plain file", moveAway(file));
}
