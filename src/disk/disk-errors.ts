/** Errors for the tool's own files. Builds errors only; touches no file. */
import { basename, dirname } from "node:path";
import { codeOf, type ErrorDetails, LocalStateError, type NextCommand } from "../errors.ts";
import type { PlaceVariable } from "./own-files.ts";

const WHY: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "operation not permitted"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "no space left on the disk"],
  ["EDQUOT", "the disk quota is exceeded"],
  ["ENOTDIR", "part of the path is not a folder"],
  ["EEXIST", "the path exists and is not a folder"],
  ["EISDIR", "a folder exists where the file should be"],
  ["ENOTEMPTY", "a non-empty folder already exists there"],
  ["ELOOP", "the path contains a loop of links"],
  ["ENOENT", "the folder can't be created"],
  ["ENAMETOOLONG", "the path is too long"],
  ["EIO", "the disk reported an error"],
]);

/** Codes for a file that can't be replaced although its folder is writable. */
const IN_PLACE: ReadonlyMap<string, string> = new Map([
  ["EBUSY", "is a mount point or in use, and can't be replaced"],
  ["ETXTBSY", "is in use and can't be replaced"],
]);

/**
 * The error for a folder that is not writable; null for any other failure.
 *
 * @param code a system error's code
 */
export function notWritable(
  folder: string,
  code: string,
  movedBy: PlaceVariable,
): LocalStateError | null {
  const why = WHY.get(code);
  if (why === undefined) return null;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const remedy = isFull ? "Free some space" : "Make the folder writable";
  return new LocalStateError("folder_not_writable", `can't write to ${folder}: ${why}`, {
    hint: `${remedy}, or set ${movedBy} to another one.`,
  });
}

/** The error for a file that can't be replaced, or for its folder; null for any other failure. */
export function notReplaceable(
  file: string,
  error: unknown,
  movedBy: PlaceVariable,
): LocalStateError | null {
  const why = IN_PLACE.get(codeOf(error));
  if (why === undefined) return notWritable(dirname(file), codeOf(error), movedBy);
  return new LocalStateError("folder_not_writable", `${file} ${why}`, {
    hint: `If ${basename(file)} is mounted, mount its folder instead, or set ${movedBy} to another folder.`,
  });
}

/** The error for a file that can't be opened; null for any other failure. */
export function notReadable(
  path: string,
  error: unknown,
  movedBy: PlaceVariable,
): LocalStateError | null {
  const why = WHY.get(codeOf(error));
  if (why === undefined) return null;
  return new LocalStateError("not_readable", `can't read ${path}: ${why}`, {
    hint: `Make it readable for your user, or set ${movedBy} to another folder.`,
  });
}

/** The error for a file or folder that others could read or change, and what to do about it. */
export function unsafe(path: string, what: string, advice: ErrorDetails): LocalStateError {
  return new LocalStateError("unsafe_permissions", `${path} ${what}, so it is not used`, advice);
}

/** The advice to run a command that makes a file or folder of the tool's own safe. */
export function makeSafe(...words: readonly string[]): ErrorDetails {
  return { next: [{ words, why: "make it safe" }] };
}

/** The advice to move a file or folder of the tool's own out of the way. */
export function moveAway(path: string): ErrorDetails {
  return { next: [moving(path, "away")] };
}

/** The advice for a folder that may serve others: nothing is done to it. */
export function useAnother(movedBy: PlaceVariable): ErrorDetails & { readonly hint: string } {
  return { hint: `Set ${movedBy} to a folder of your own.` };
}

/** The advice for a file whose mode is too open, where changing it would change the same file elsewhere. */
export function useCopy(path: string): ErrorDetails {
  const copy = `${path}.copy`;
  return {
    hint: "It is a hard link: the same file has another name, so its mode is left as it is. Replace it with a copy.",
    next: [
      { words: ["cp", path, copy], why: "copy it" },
      { words: ["mv", copy, path], why: "put the copy in its place" },
    ],
  };
}

function moving(path: string, as: string): NextCommand {
  return { words: ["mv", path, `${path}.${as}`], why: "move it away" };
}

/**
 * The error for a file that can't be parsed. `what` must not quote the file, which may hold a secret.
 *
 * @param kind the prefix of the error code: `config` → `config_damaged`
 * @param repair the command that fixes it; defaults to moving the file away
 */
export function damaged(
  file: string,
  kind: string,
  what: string,
  repair?: NextCommand,
): LocalStateError {
  return new LocalStateError(`${kind}_damaged`, `${file} is damaged: ${what}`, {
    hint: "Nothing was changed. Repair the file by hand, or run:",
    next: [repair ?? moving(file, "damaged")],
  });
}

/** The error for a file from a newer release, whose data this one could lose. */
export function newer(
  file: string,
  kind: string,
  version: { readonly written: number; readonly known: number },
  movedBy: PlaceVariable,
  repair?: NextCommand,
): LocalStateError {
  return new LocalStateError(
    `${kind}_newer`,
    `${file} was written by a newer nectar (schema version ${version.written}, this one supports ${version.known})`,
    {
      hint: `Update nectar, or set ${movedBy} to another folder. Nothing was changed.`,
      next: repair === undefined ? [] : [repair],
    },
  );
}
