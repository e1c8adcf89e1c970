/** The emulator's own time: the machine's, and as much ahead of it as somebody asked for. */
import type { View } from "../state/collections.ts";

/** @returns milliseconds since 1970 */
export function emulatorTime(view: View, clock: { now(): number }): number {
  return clock.now() + view.clockOffset();
}
