/** What can be wrong with the files of this tool, in words. Makes errors; touches no file. */
import { LocalStateError } from "../errors.ts";

/** The variables that move this tool's folders. */
export type PlaceVariable = "NECTAR_CONFIG_DIR" | "NECTAR_STATE_DIR";

const WHY: ReadonlyMap<unknown, string> = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "the operation is not permitted"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "no space is left"],
  ["EDQUOT", "the quota is used up"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["EEXIST", "something that is not a folder is there"],
  ["EISDIR", "a folder is there in the place of a file"],
  ["ELOOP", "the path goes round in circles"],
  ["ENOENT", "no folder can be made there"],
  ["ENAMETOOLONG", "the path is too long"],
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
  movedBy?: PlaceVariable,
): LocalStateError | null {
  const why = WHY.get(codeOf(error));
  if (why === undefined) return null;
  return new LocalStateError("folder_not_writable", `can't write in ${folder}: ${why}`, {
    hint: `Make the folder writable, or name another one with ${movedBy ?? "NECTAR_CONFIG_DIR or NECTAR_STATE_DIR"}.`,
  });
}

/** The error for a file or folder that others could read or change. `repair` is the words of a command. */
export function unsafe(path: string, what: string, repair: readonly string[]): LocalStateError {
  return new LocalStateError("unsafe_permissions", `${path} ${what}, so it is not used`, {
    next: [{ words: repair, why: "make it safe" }],
  });
}
