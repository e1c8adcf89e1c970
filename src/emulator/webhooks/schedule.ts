/** When a delivery is tried again. Pure. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The wait after each failed attempt, in milliseconds of the emulator's time; after the last one there is no more.
 * Inferred: the vendor's pages name Svix's exponential back-off without the figures; these are the ones that Svix publishes.
 *
 * @see https://docs.svix.com/retries
 */
const WAITS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
];

/**
 * @param attempts how many have failed by now
 * @returns milliseconds to the next one, or null when there is none
 */
export function waitAfter(attempts: number): number | null {
  return WAITS_MS[attempts - 1] ?? null;
}
