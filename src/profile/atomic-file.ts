/** Writes one of this tool's files so that it is whole or as it was, also after a power loss. */
import { closeSync, fsyncSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ensureFolder } from "./paths.ts";
import { notWritable, type PlaceVariable } from "./trouble.ts";

/**
 * Writes a file of mode 0600 by way of a temporary file beside it; its folder is made with 0700. Whoever calls it is the
 * file's one writer at that time, by a lock.
 *
 * @param movedBy the variable that moves the folder, for the error
 * @throws LocalStateError `folder_not_writable`
 */
export async function writePrivateFile(
  file: string,
  text: string,
  movedBy: PlaceVariable,
): Promise<void> {
  const folder = dirname(file);
  await ensureFolder(folder, movedBy);
  try {
    const { default: writeFileAtomic } = await import("write-file-atomic");
    await writeFileAtomic(file, text, { mode: 0o600, fsync: true });
    syncFolder(folder);
    removeLeftovers(file);
  } catch (error) {
    throw notWritable(folder, error, movedBy) ?? error;
  }
}

/** Without this a power loss may undo the renaming. Not every system lets a folder be synced; there it is left. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(handle);
  } catch {
    // The file itself is on disk.
  } finally {
    closeSync(handle);
  }
}

/**
 * Removes the temporary files that writers of a file left beside it when they were killed; one of them may hold a key.
 * For the file's one writer: what stands there then belongs to nobody who lives.
 *
 * @returns how many there were
 */
export function removeLeftovers(file: string): number {
  const left = leftoversOf(file);
  for (const one of left) rmSync(one, { force: true });
  return left.length;
}

/** The temporary files beside a file, by the names that write-file-atomic and atomically (in conf) give them. */
export function leftoversOf(file: string): readonly string[] {
  const begin = `${basename(file)}.`;
  try {
    return readdirSync(dirname(file))
      .filter(
        (name) =>
          name.startsWith(begin) && /^(?:\d+|tmp-[0-9a-f]+)$/.test(name.slice(begin.length)),
      )
      .map((name) => join(dirname(file), name));
  } catch {
    return [];
  }
}
