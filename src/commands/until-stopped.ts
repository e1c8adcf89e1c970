/** How a command that runs until it is stopped ends. */
import { InterruptedError } from "../errors.ts";
import type { Context } from "./context.ts";

/**
 * Waits for Ctrl-C, which is its ordinary end, or for stdout to lose its reader.
 *
 * @param hint what a program that ended it otherwise should know
 * @throws {InterruptedError} for any other signal
 */
export async function untilStopped(
  { signal, streams }: Pick<Context, "signal" | "streams">,
  hint: string,
): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    streams.stdout.raw.once("error", () => resolve());
  });
  if (!signal.aborted) return;
  const reason: unknown = signal.reason;
  if (!(reason instanceof InterruptedError)) throw reason;
  if (reason.exit !== "sigint") throw new InterruptedError(reason.exit, { hint });
}
