/** Reads a file that the user names, or stdin: never more than it may hold, and never something that has no end. */
import { constants, type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { bytesOf, readStdin, type StandardInput, TooMuch } from "./stdin.ts";

/** What is needed of a command's context. */
export interface Surroundings {
  /** With the working folder, absolute. */
  readonly machine: { readonly cwd: string };
  readonly streams: StandardInput;
  readonly signal: AbortSignal;
}

/** In bytes. Our choice: far more than any plan or seed needs. */
const MOST_BYTES = 64 * 1024 * 1024;

const WHY: ReadonlyMap<unknown, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
]);

/**
 * The text of a file, without a byte order mark.
 *
 * @param flag the option or argument that named it, for messages
 * @param path `-` is stdin; relative to the working folder
 * @throws UsageError `invalid_input` that names the file: it is missing, no plain file, larger than 64 MiB, or not UTF-8
 */
export async function readInputFile(
  flag: string,
  path: string,
  { machine, streams, signal }: Surroundings,
): Promise<string> {
  const name = path === "-" ? "stdin" : path;
  const refused = (why: string) => new UsageError("invalid_input", `${flag}: ${name}: ${why}`);
  let bytes: Buffer;
  try {
    bytes =
      path === "-"
        ? await readStdin(streams, signal, MOST_BYTES)
        : await readPlainFile(resolve(machine.cwd, path), refused);
  } catch (error) {
    if (error instanceof TooMuch)
      throw refused(`it is larger than ${MOST_BYTES / 1024 / 1024} MiB`);
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (error instanceof UsageError || typeof code !== "string" || signal.aborted) throw error;
    throw refused(WHY.get(code) ?? `it can't be read (${code})`);
  }
  try {
    // Drops a byte order mark, and refuses bytes that would silently become other characters.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refused("it is not UTF-8");
  }
}

async function readPlainFile(path: string, refused: (why: string) => UsageError): Promise<Buffer> {
  // A pipe that nobody writes to must not block.
  const handle: FileHandle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw refused("it is a folder");
    if (!found.isFile())
      throw refused("it is not a plain file; what comes from elsewhere can be read with -");
    if (found.size > MOST_BYTES) throw new TooMuch();
    // It may grow.
    return await bytesOf(handle.createReadStream({ autoClose: false }), MOST_BYTES);
  } finally {
    await handle.close();
  }
}
