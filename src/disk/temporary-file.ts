/**
 * The temporary files next to the tool's files: each holds the new content until it replaces a file, and is left behind
 * only by a writer that is killed. And a folder for the time of one command.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFile,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { TEMPORARY } from "./own-files.ts";

/** A file's new content, whole or in chunks. */
export type Content = string | Uint8Array | Iterable<string>;

/** After how many characters or bytes of a long file other work gets its turn. */
const LONG_WRITE = 1_000_000;

/** Waits until the disk has what was written to a descriptor. */
export const sync = promisify(fsync);
const writeLater = promisify(writeFile);

/** Writes a temporary file next to `file`, under a new, unpredictable name; flushed to disk if `synced`. */
export async function writeBeside(
  file: string,
  content: Content,
  synced: boolean,
): Promise<string> {
  const temporary = `${file}.tmp-${randomBytes(8).toString("hex")}`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    const handle = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      // `open` applied the umask.
      fchmodSync(handle, 0o600);
      await writeChunks(handle, content);
      if (synced) await sync(handle);
    } finally {
      closeSync(handle);
    }
    return temporary;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Mostly synchronously: a write that need not reach the disk takes less time than leaving this thread. */
async function writeChunks(handle: number, content: Content): Promise<void> {
  const isWhole = typeof content === "string" || content instanceof Uint8Array;
  let written = 0;
  for (const chunk of isWhole ? [content] : content) {
    written += chunk.length;
    if (written < LONG_WRITE) writeFileSync(handle, chunk);
    else {
      await writeLater(handle, chunk);
      written = 0;
    }
  }
}

/**
 * Removes the temporary files that killed writers left, which may hold a key. Needs the file's lock: then no running
 * process owns them.
 *
 * @returns how many there were
 */
export function removeLeftovers(file: string): number {
  const left = leftoversOf(file);
  for (const one of left) rmSync(one, { force: true });
  return left.length;
}

/** The temporary files of a file. */
export function leftoversOf(file: string): readonly string[] {
  const own = basename(file);
  try {
    return readdirSync(dirname(file), { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .filter((name) => TEMPORARY.test(name) && name.replace(TEMPORARY, "") === own)
      .map((name) => join(dirname(file), name));
  } catch {
    return [];
  }
}

/**
 * Creates a folder that only this user can use (mode 0700), below the system's folder for temporary files.
 *
 * @returns its path, and a function that removes it with all that is in it
 */
export function makeTemporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "nectar-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
