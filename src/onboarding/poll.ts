/** How onboarding waits for the API: it polls with growing pauses. */
import type { Clock } from "../api/http.ts";
import { NotFoundError } from "../errors.ts";

const FIRST_PAUSE_MS = 250;
const GROWTH = 1.6;
const LONGEST_PAUSE_MS = 4_000;

/** Time reserved before a command's deadline, in milliseconds, so that it can finish and report its result. */
export const MARGIN_MS = 300;

/**
 * How long an object may not be found at its ID after it was created, in milliseconds: a server may read from a copy of its
 * database that lags. Our choice.
 */
export const READ_LAG_MS = 10_000;

export interface PollPorts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface DeadlinePorts extends PollPorts {
  /** The command's, in milliseconds since the epoch. */
  readonly deadline: () => number;
}

/**
 * Polls until there is an answer.
 *
 * @param until when to give up, in milliseconds since the epoch
 * @param ask gets its start time, in milliseconds since the epoch; returns null if there is no answer yet
 * @returns null on time-out
 */
export async function poll<Answer>(
  { clock, signal }: PollPorts,
  until: () => number,
  ask: (begun: number) => Promise<Answer | null>,
): Promise<Answer | null> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * GROWTH)) {
    const answer = await ask(clock.now());
    if (answer !== null) return answer;
    const left = until() - clock.now();
    if (left <= 0) return null;
    await clock.sleep(Math.min(pause, left), signal);
  }
}

/**
 * Reads an object by its ID, again and again while it may not be found there yet.
 *
 * @param until when it is found if it exists, in milliseconds since the epoch
 * @throws NotFoundError after that time; whatever else `get` throws
 */
export async function readCreated<Thing>(
  get: () => Promise<Thing>,
  until: number,
  ports: PollPorts,
): Promise<Thing> {
  const found = await poll(
    ports,
    () => until,
    async (begun) => {
      try {
        return { thing: await get() };
      } catch (error) {
        if (begun >= until || !(error instanceof NotFoundError)) throw error;
        return null;
      }
    },
  );
  return found === null ? get() : found.thing;
}
