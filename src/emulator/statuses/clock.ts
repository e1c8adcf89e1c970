/** The emulator's own time: the machine's, and as far from it as somebody asked for. Pure. */
import { UsageError } from "../../errors.ts";
import type { View } from "../state/collections.ts";
import type { Change } from "../state/entities.ts";
import { LONGEST_MOVE_MS, MOVE_ALLOWED, parseMove } from "./duration.ts";

/** @returns milliseconds since 1970 */
export function emulatorTime(view: View, clock: { now(): number }): number {
  return clock.now() + view.clockOffset();
}

/** @param offsetMs how far the emulator's time is ahead of the machine's from now on; below zero it is behind */
export function moveClock(offsetMs: number): Change {
  return { op: "put", kind: "clock", value: { id: "clock", offsetMs } };
}

/**
 * Reads how far to move ahead.
 *
 * @param by a duration such as `7d`, or milliseconds
 * @returns milliseconds
 * @throws {UsageError} `invalid_input` unless it is above zero and at most a hundred years
 */
export function readMove(by: string | number): number {
  const ms = parseMove(typeof by === "number" ? `${by}ms` : by);
  if (ms !== null) return ms;
  throw new UsageError(
    "invalid_input",
    `advance: "${String(by).slice(0, 60)}" is not allowed; it takes ${MOVE_ALLOWED}. Time only goes forward`,
  );
}

/**
 * Checks how far ahead of the machine the emulator would be.
 * @throws {UsageError} `invalid_input` beyond a hundred years
 */
export function checkOffset(offsetMs: number): void {
  if (offsetMs <= LONGEST_MOVE_MS) return;
  throw new UsageError(
    "invalid_input",
    "the emulator's time can be at most a hundred years ahead of the machine's",
    { next: [{ words: ["nectar", "emulator", "reset"], why: "back to the machine's time" }] },
  );
}
