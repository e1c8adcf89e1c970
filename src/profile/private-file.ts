/** Reads a file that belongs to one user alone, and refuses one that others could have changed. Writes nothing. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from "node:fs";
import { dirname, sep } from "node:path";
import { LocalStateError } from "../errors.ts";
import { codeOf, unsafe } from "./trouble.ts";

export interface PrivateFileOptions {
  /** The process's user; without it the owner is not checked. */
  readonly uid?: number | undefined;
  /** Whether others must not even read it. */
  readonly secret: boolean;
}

const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "the operation is not permitted"],
  ["ENOTDIR", "a part of the path is not a folder"],
]);
const WRITABLE_BY_OTHERS = 0o022;
const READABLE_BY_OTHERS = 0o044;
/** Windows has neither owner nor mode bits: there the user's own folder guards the file. */
const HAS_MODES = sep === "/";

/**
 * The text of a file, after its folder and the file itself have been found safe.
 *
 * @returns null when the file, or its folder, does not exist
 * @throws LocalStateError `unsafe_permissions` for a link, another owner, or a mode that lets others in;
 *   `not_readable` when it can't be opened
 */
export function readPrivateFile(file: string, options: PrivateFileOptions): string | null {
  // Synchronous: nothing else is to be done before it is read, and it takes a third of the time.
  try {
    const folder = dirname(file);
    checkEntry(folder, lstatSync(folder), { ...options, secret: false }, "700");
    // The entry is looked at through the open file, so it can't be exchanged in between; a pipe must not block.
    const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = fstatSync(handle);
      checkEntry(file, found, options, "600");
      if (!found.isFile()) throw unsafe(file, "is not a file", moveAway(file));
      return readFileSync(handle, "utf8");
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return null;
    if (code === "ELOOP" || code === "EMLINK") throw isLink(file);
    const why = code === null ? undefined : UNREADABLE.get(code);
    if (why === undefined) throw error;
    throw new LocalStateError("not_readable", `can't read ${file}: ${why}`, {
      hint: "Make it readable for you, or name another folder with NECTAR_CONFIG_DIR.",
    });
  }
}

function checkEntry(
  path: string,
  found: Stats,
  { uid, secret }: PrivateFileOptions,
  mode: string,
): void {
  if (found.isSymbolicLink()) throw isLink(path);
  if (!HAS_MODES) return;
  if (uid !== undefined && found.uid !== uid) {
    throw unsafe(path, "belongs to another user", ["sudo", "chown", String(uid), path]);
  }
  const chmod = ["chmod", mode, path];
  if (found.mode & WRITABLE_BY_OTHERS) throw unsafe(path, "can be changed by other users", chmod);
  if (secret && found.mode & READABLE_BY_OTHERS) {
    throw unsafe(path, "can be read by other users", chmod);
  }
}

function isLink(path: string): LocalStateError {
  return unsafe(path, "is a symbolic link", moveAway(path));
}

function moveAway(path: string): readonly string[] {
  return ["mv", path, `${path}.away`];
}
