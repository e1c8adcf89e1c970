/** How onboarding waits for the API: it polls with growing pauses. */

const FIRST_PAUSE_MS = 250;
const GROWTH = 1.6;
const LONGEST_PAUSE_MS = 4_000;

/** Time reserved before a command's deadline, in milliseconds, so that it can finish and report its result. */
export const MARGIN_MS = 300;

export interface PollPorts {
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
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
