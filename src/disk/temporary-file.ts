/**
 * The temporary files next to the tool's files: each holds the new content until it replaces a file, and is left behind
 * only by a writer that is killed.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFile,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

/** A part of a file, in bytes. */
export interface FileRange {
  readonly from: number;
  readonly to: number;
}

/** A file's new content, whole or in chunks; a range is copied from the file that is replaced. */
export type Content = string | Uint8Array | Iterable<string | FileRange>;

/** The suffixes of temporary files: ours, conf's, and those of release 0.1.0. */
const TEMPORARY = /^(?:tmp-[0-9a-f]+|\d+)$/;

/** After how many characters or bytes of a long file other work gets its turn. */
const LONG_WRITE = 1_000_000;

/** How much of a file is copied at a time. */
const COPY_BYTES = 256 * 1024;

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
      await writeChunks(handle, content, file);
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
async function writeChunks(handle: number, content: Content, replaced: string): Promise<void> {
  let written = 0;
  for (const chunk of chunksOf(content, replaced)) {
    written += chunk.length;
    if (written < LONG_WRITE) writeFileSync(handle, chunk);
    else {
      await writeLater(handle, chunk);
      written = 0;
    }
  }
}

function* chunksOf(content: Content, replaced: string): Generator<string | Uint8Array> {
  if (typeof content === "string" || content instanceof Uint8Array) {
    yield content;
    return;
  }
  let source: number | null = null;
  try {
    for (const chunk of content) {
      if (typeof chunk === "string") yield chunk;
      else if (chunk.from < chunk.to) {
        source ??= openSync(replaced, constants.O_RDONLY | constants.O_NOFOLLOW);
        yield* readRange(source, chunk);
      }
    }
  } finally {
    if (source !== null) closeSync(source);
  }
}

/** Yields the same buffer again and again. */
function* readRange(handle: number, { from, to }: FileRange): Generator<Uint8Array> {
  const bytes = Buffer.allocUnsafe(Math.min(to - from, COPY_BYTES));
  for (let at = from; at < to; ) {
    const length = readSync(handle, bytes, 0, Math.min(to - at, bytes.length), at);
    if (length === 0) throw new Error("a file became shorter while it was copied");
    yield bytes.subarray(0, length);
    at += length;
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
  const begin = `${basename(file)}.`;
  try {
    return readdirSync(dirname(file), { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .filter((name) => name.startsWith(begin) && TEMPORARY.test(name.slice(begin.length)))
      .map((name) => join(dirname(file), name));
  } catch {
    return [];
  }
}
