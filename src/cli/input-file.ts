/** Reads a file that the user names, or stdin: never more than it may hold, and never something that has no end. */
import { constants, type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import type { Input, Output } from "../terminal/streams.ts";

/** What is read from. */
export interface InputSource {
  /** The working folder, absolute. */
  readonly cwd: string;
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
  { cwd, streams, signal }: InputSource,
): Promise<string> {
  const name = path === "-" ? "stdin" : path;
  const refused = (why: string) => new UsageError("invalid_input", `${flag}: ${name}: ${why}`);
  let bytes: Buffer;
  try {
    bytes =
      path === "-"
        ? await readStdin(streams, signal, MOST_BYTES)
        : await readPlainFile(resolve(cwd, path), refused);
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
  // Opening a pipe without a writer must not block.
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

/** stdin, and where to ask for input when it is a terminal. */
export interface StandardInput {
  readonly stdin: Input;
  readonly stderr: Pick<Output, "write">;
}

/** More came than was to be read. */
class TooMuch extends Error {}

/**
 * @param most in bytes
 * @throws TooMuch; the signal's reason when it aborts
 */
async function readStdin(
  { stdin, stderr }: StandardInput,
  signal: AbortSignal,
  most: number,
): Promise<Buffer> {
  if (stdin.isTTY) stderr.write("Reading from stdin; end with Ctrl-D.\n");
  const onAbort = () => {
    if ("destroy" in stdin && typeof stdin.destroy === "function") stdin.destroy();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const bytes = await bytesOf(stdin, most);
    signal.throwIfAborted();
    return bytes;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** @throws TooMuch */
async function bytesOf(stream: AsyncIterable<string | Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > most) throw new TooMuch();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** In bytes. Our choice: far more than a key or a password needs. */
const LONGEST_LINE = 64 * 1024;

/**
 * All of stdin as one line: spaces kept, one line end at its end removed.
 *
 * @throws UsageError when it is too long; the signal's reason when it aborts
 */
export async function readLine(streams: StandardInput, signal: AbortSignal): Promise<string> {
  try {
    const bytes = await readStdin(streams, signal, LONGEST_LINE);
    return bytes.toString("utf8").replace(/\r?\n$/, "");
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    throw new UsageError("invalid_input", "more than 64 KiB came on stdin; it takes one line");
  }
}
