/** Writes one of this tool's files so that it is whole or as it was, also after a power loss. */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { ensureFolder } from "./paths.ts";
import { notWritable, type PlaceVariable } from "./trouble.ts";

/**
 * Writes a file of mode 0600 by way of a temporary file beside it; its folder is made with 0700.
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
