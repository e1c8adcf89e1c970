/** The one way in which this room waits for something at the API: ask, pause, ask again, with growing pauses. */

const FIRST_PAUSE_MS = 250;
const GROWTH = 1.6;
const LONGEST_PAUSE_MS = 4_000;

/** Left of a command's time, in milliseconds, so that it ends by its own word and not by the deadline's. */
export const MARGIN_MS = 300;

export interface PollPorts {
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
}

/**
 * Asks until there is an answer.
 *
 * @param until when to give up, in milliseconds since the epoch
 * @param ask is told when it was begun, in milliseconds since the epoch; null is no answer yet
 * @returns null when the time is over
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
