/** How far the emulator's time moves. Longer than what a timer can wait: nothing waits for it. Pure. */
import { readDuration } from "../../duration.ts";

/** A hundred years, in milliseconds: the data of a connection grows with its time, and is computed. */
export const LONGEST_MOVE_MS = 36_525 * 86_400_000;

export const MOVE_ALLOWED =
  "a duration above zero such as 7d, 2w, 12h, 30m or 90s, up to 36525d; a bare number is seconds";

/** @returns milliseconds, or null when the text is no duration, is zero, or is longer than a hundred years */
export function parseMove(text: string): number | null {
  return readDuration(text, LONGEST_MOVE_MS);
}
