/** The time that a seed asks for. Pure. */
import type { View } from "../state/collections.ts";
import { checkOffset } from "../statuses/clock.ts";
import { parseMove } from "../statuses/duration.ts";
import { invalidSeed, readTime } from "./schema.ts";

/**
 * The emulator's time once a seed is planted. The same seed again leaves it alone: a date that has come is no news, and a
 * duration counts only where nothing has moved the time.
 *
 * @param machineNow in milliseconds since 1970
 * @returns milliseconds since 1970
 * @throws {UsageError} `invalid_seed` for a time that is past, unless nothing has moved the time and no connection would
 *   be older than the time it is at; `invalid_input` beyond a hundred years
 */
export function timeOfSeed(asked: string | undefined, view: View, machineNow: number): number {
  const offset = view.clockOffset();
  const now = machineNow + offset;
  if (asked === undefined) return now;
  const time = readTime(asked);
  const wanted = time ?? (offset === 0 ? now + (parseMove(asked) ?? 0) : now);
  checkOffset(wanted - machineNow);
  if (wanted >= now || offset !== 0) return Math.max(wanted, now);
  const [first] = view.connections();
  if (first === undefined) return wanted;
  throw invalidSeed([
    "clock: is before the emulator's time, which does not go back while there are connections; reset the emulator first",
  ]);
}
