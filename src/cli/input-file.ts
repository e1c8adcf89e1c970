/** Reads a file that the user names, or stdin, up to a size limit. Never reads devices or pipes by path. */
import { constants, type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { codeOf, type ErrorDetails, lastWord, UsageError } from "../errors.ts";
import type { Input } from "../terminal/open-streams.ts";
import type { Output } from "../terminal/streams.ts";

export interface InputSource {
  /** The working folder, absolute. */
  readonly cwd: string;
  readonly streams: StandardInput;
  readonly signal: AbortSignal;
}

/** In bytes. Our choice: far more than any plan or seed needs. */
const MAX_BYTES = 64 * 1024 * 1024;

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["ENOTDIR", "part of the path is not a folder"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
]);

/**
 * The text of a file, without a byte order mark.
 *
 * @param flag the option or argument that names the file, for messages
 * @param path relative to the working folder; `-` is stdin
 * @throws UsageError `invalid_input` that names the file: it is missing, not a regular file, larger than 64 MiB, or not UTF-8
 */
export async function readInputFile(
  flag: string,
  path: string,
  { cwd, streams, signal }: InputSource,
): Promise<string> {
  const name = path === "-" ? "stdin" : path;
  const refused = (why: string, details?: ErrorDetails) =>
    new UsageError("invalid_input", `${flag}: ${name}: ${why}`, details);
  const limit = {
    bytes: MAX_BYTES,
    error: () => refused(`it is larger than ${MAX_BYTES / 1024 / 1024} MiB`),
  };
  let bytes: Buffer;
  try {
    bytes =
      path === "-"
        ? await readStdin(streams, signal, limit)
        : await readPlainFile(resolve(cwd, path), limit, refused);
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof UsageError || code === "" || signal.aborted) throw error;
    throw refused(REASONS.get(code) ?? `it can't be read (${code})`);
  }
  try {
    // Drops a byte order mark. `fatal` rejects invalid bytes, which would otherwise become U+FFFD.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const at = firstWrong(bytes);
    const line = bytes.subarray(0, at).filter((byte) => byte === LINE_FEED).length + 1;
    const from = bytes.includes(0) ? "UTF-16" : "WINDOWS-1252";
    const file = path === "-" ? [] : lastWord(path);
    const byte = bytes[at]?.toString(16).toUpperCase();
    throw refused(`it is not UTF-8: byte 0x${byte} on line ${line}`, {
      hint: `Save it as UTF-8 where it comes from, or convert it; it is probably ${from}.`,
      next: [
        {
          words: ["iconv", "-f", from, "-t", "UTF-8", ...file],
          why: "its text as UTF-8, to be written to another file",
        },
      ],
    });
  }
}

const LINE_FEED = 0x0a;

/** Where bytes stop being UTF-8: there, another character is read than was written. */
function firstWrong(bytes: Buffer): number {
  const read = Buffer.from(bytes.toString("utf8"));
  return bytes.findIndex((byte, at) => byte !== read[at]);
}

async function readPlainFile(
  path: string,
  limit: Limit,
  refused: (why: string) => UsageError,
): Promise<Buffer> {
  // Opening a pipe without a writer must not block.
  const handle: FileHandle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw refused("it is a folder");
    if (!found.isFile())
      throw refused("it is not a regular file; pipe it in and use - to read from stdin");
    if (found.size > limit.bytes) throw limit.error();
    // The file may still grow.
    return await bytesOf(handle.createReadStream({ autoClose: false }), limit);
  } finally {
    await handle.close();
  }
}

/** stdin, and where to print a hint when it is a terminal. */
export interface StandardInput {
  readonly stdin: Input;
  readonly stderr: Pick<Output, "write">;
}

/** How large the input may be, and what is thrown where it is larger. */
interface Limit {
  readonly bytes: number;
  readonly error: () => UsageError;
}

/** @throws the signal's reason when it aborts */
async function readStdin(
  { stdin, stderr }: StandardInput,
  signal: AbortSignal,
  limit: Limit,
): Promise<Buffer> {
  if (stdin.isTTY) stderr.write("Reading from stdin; end with Ctrl-D.\n");
  const onAbort = () => {
    if ("destroy" in stdin && typeof stdin.destroy === "function") stdin.destroy();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const bytes = await bytesOf(stdin, limit);
    signal.throwIfAborted();
    return bytes;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function bytesOf(stream: AsyncIterable<string | Buffer>, limit: Limit): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit.bytes) throw limit.error();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Our choice: far more than a key or a password needs. */
const LINE_LIMIT: Limit = {
  bytes: 64 * 1024,
  error: () => new UsageError("invalid_input", "stdin has more than 64 KiB; it takes one line"),
};

/**
 * All of stdin as text, with spaces kept and one trailing line end removed.
 *
 * @throws UsageError when it is too long; the signal's reason when it aborts
 */
export async function readLine(streams: StandardInput, signal: AbortSignal): Promise<string> {
  return (await readStdin(streams, signal, LINE_LIMIT)).toString("utf8").replace(/\r?\n$/, "");
}
