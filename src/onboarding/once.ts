/** Creating one object exactly once over an API that has no idempotency key: look, then adopt or create. */
import { InterruptedError, NectarError, NetworkError, NotFoundError } from "../errors.ts";

export interface OncePorts {
  readonly clock: { sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
}

/** How long to give the server to finish what it may still be doing, before each look. Milliseconds. */
const LOOK_AFTER_MS = [300, 1_500, 3_000] as const;
/** After a time-out the server may be at work still; a gateway's own limit is usually 60 s, of which 30 have passed. */
const LOOK_AFTER_TIMEOUT_MS = [...LOOK_AFTER_MS, 10_000, 16_000] as const;
const MOST_CREATES = 3;

/**
 * Creates an object, and survives a lost answer without making a second one.
 *
 * @param create sends the create; a NetworkError whose `processed` is `unknown` means that its fate is not known
 * @param look the objects that count as this one and were not there before
 * @param interrupted an earlier run was about to send this create and did not live to see its answer: look first
 * @returns the object, whether its own answer or a look brought it
 * @throws NotFoundError `ambiguous` when a look finds two; the create's own error when its fate can't be learnt
 */
export async function createOnce<Made extends { readonly id: string }>(
  create: () => Promise<Made>,
  look: () => Promise<readonly Made[]>,
  ports: OncePorts,
  interrupted = false,
): Promise<Made> {
  if (interrupted) {
    const found = await lookFor(look, null, ports);
    if (found !== null) return found;
  }
  for (let tries = 1; ; tries += 1) {
    try {
      return await create();
    } catch (error) {
      if (!isUncertain(error) || ports.signal.aborted) throw error;
      const found = await lookFor(look, error, ports);
      if (found !== null) return found;
      if (tries >= MOST_CREATES) throw error;
    }
  }
}

/** Whether a create that failed surely made no object: the server said so, or never got it. */
export function cameToNothing(error: unknown): boolean {
  if (error instanceof NetworkError) return error.processed === "no";
  return error instanceof NectarError && !(error instanceof InterruptedError);
}

/** Whether the object may exist although no answer said so. */
function isUncertain(error: unknown): error is NetworkError {
  return error instanceof NetworkError && error.processed === "unknown";
}

async function lookFor<Made extends { readonly id: string }>(
  look: () => Promise<readonly Made[]>,
  lost: NetworkError | null,
  ports: OncePorts,
): Promise<Made | null> {
  for (const wait of lost?.code === "timeout" ? LOOK_AFTER_TIMEOUT_MS : LOOK_AFTER_MS) {
    await ports.clock.sleep(wait, ports.signal);
    const found = await looking(look, lost);
    const [first, second] = found;
    if (second !== undefined) {
      throw new NotFoundError("ambiguous", "two new objects match a create whose answer was lost", {
        lines: found.map(({ id }) => id),
        hint: "Somebody else may be creating the same; look at both and name the one that you mean.",
      });
    }
    if (first !== undefined) return first;
  }
  return null;
}

/** A look that fails leaves the create's fate open, which is what has to be reported. */
async function looking<Made>(
  look: () => Promise<readonly Made[]>,
  lost: NetworkError | null,
): Promise<readonly Made[]> {
  try {
    return await look();
  } catch (error) {
    if (lost === null || !(error instanceof NetworkError)) throw error;
    throw new NetworkError(lost.code, lost.message, {
      processed: "unknown",
      httpStatus: lost.httpStatus,
      hint: "It may have been created all the same. Run the same command again: it looks before it creates.",
    });
  }
}
