/** What can be wrong with the files of this tool, in words. Makes errors; touches no file. */
import { basename, dirname } from "node:path";
import { LocalStateError, type NextCommand } from "../errors.ts";

/** The variables that move this tool's folders. */
export type PlaceVariable = "NECTAR_CONFIG_DIR" | "NECTAR_STATE_DIR";

const WHY: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "the operation is not permitted"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "no space is left"],
  ["EDQUOT", "the quota is used up"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["EEXIST", "something that is not a folder is there"],
  ["EISDIR", "a folder is there in the place of a file"],
  ["ENOTEMPTY", "a folder that is not empty is there"],
  ["ELOOP", "the path has a loop of links"],
  ["ENOENT", "no folder can be made there"],
  ["ENAMETOOLONG", "the path is too long"],
  ["EIO", "the disk fails"],
]);

/** The codes of a file that can't be replaced while its folder can be written. */
const IN_PLACE: ReadonlyMap<string, string> = new Map([
  ["EBUSY", "is a mount of its own, or in use, and can't be replaced"],
  ["ETXTBSY", "is in use and can't be replaced"],
]);

/** A system error's code, such as `ENOENT`; null for anything else. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** The error for a folder that can't be written; null when the failure is of another kind. */
export function notWritable(
  folder: string,
  error: unknown,
  movedBy: PlaceVariable,
): LocalStateError | null {
  const why = WHY.get(codeOf(error) ?? "");
  if (why === undefined) return null;
  return new LocalStateError("folder_not_writable", `can't write in ${folder}: ${why}`, {
    hint: `Make the folder writable, or name another one with ${movedBy}.`,
  });
}

/** The error for a file that can't be replaced, or for its folder; null when the failure is of another kind. */
export function notReplaceable(
  file: string,
  error: unknown,
  movedBy: PlaceVariable,
): LocalStateError | null {
  const why = IN_PLACE.get(codeOf(error) ?? "");
  if (why === undefined) return notWritable(dirname(file), error, movedBy);
  return new LocalStateError("folder_not_writable", `${file} ${why}`, {
    hint: `If ${basename(file)} is mounted, mount its folder instead; or name another folder with ${movedBy}.`,
  });
}

/** The error for a file that can't be opened; null when the failure is of another kind. */
export function notReadable(
  path: string,
  error: unknown,
  movedBy: PlaceVariable,
): LocalStateError | null {
  const why = WHY.get(codeOf(error) ?? "");
  if (why === undefined) return null;
  return new LocalStateError("not_readable", `can't read ${path}: ${why}`, {
    hint: `Make it readable for you, or name another folder with ${movedBy}.`,
  });
}

/** The error for a file or folder that others could read or change. `repair` is the command that helps, in words. */
export function unsafe(path: string, what: string, repair: readonly string[]): LocalStateError {
  return new LocalStateError("unsafe_permissions", `${path} ${what}, so it is not used`, {
    next: [{ words: repair, why: "make it safe" }],
  });
}

export function isLink(path: string): LocalStateError {
  return unsafe(path, "is a symbolic link", moveAway(path));
}

/** A command that takes a file out of the way. */
export function moveAway(path: string, as = "away"): readonly string[] {
  return ["mv", path, `${path}.${as}`];
}

/**
 * The error for a file that can't be understood. `what` must not quote the file: it may hold a secret.
 *
 * @param kind begins the error's code: `config_damaged`
 * @param repair what helps; moving the file away when not given
 */
export function damaged(
  file: string,
  kind: string,
  what: string,
  repair?: NextCommand,
): LocalStateError {
  return new LocalStateError(`${kind}_damaged`, `${file} is damaged: ${what}`, {
    hint: "Nothing was changed. Repair the file by hand, or run the command below.",
    next: [repair ?? { words: moveAway(file, "damaged"), why: "move the file away" }],
  });
}

/** The error for a file of a newer release, which may hold what this one would lose. */
export function newer(
  file: string,
  kind: string,
  version: { readonly found: number; readonly known: number },
  movedBy: PlaceVariable,
  repair?: NextCommand,
): LocalStateError {
  return new LocalStateError(
    `${kind}_newer`,
    `${file} was written by a newer nectar (schema version ${version.found}, this one knows ${version.known})`,
    {
      hint: `Update nectar, or name another folder with ${movedBy}. Nothing was changed.`,
      next: repair === undefined ? [] : [repair],
    },
  );
}
