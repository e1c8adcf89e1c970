/** All of stdin, up to a limit. */
import type { Input, Output } from "../terminal/streams.ts";

/** Where it comes from, and where a person is told to type. */
export interface StandardInput {
  readonly stdin: Input;
  readonly stderr: Pick<Output, "write">;
}

/** More came than was to be read. */
export class TooMuch extends Error {}

/**
 * @param most in bytes
 * @throws TooMuch; the signal's reason when it aborts
 */
export async function readStdin(
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
export async function bytesOf(
  stream: AsyncIterable<string | Buffer>,
  most: number,
): Promise<Buffer> {
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
