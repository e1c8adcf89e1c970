/** The emulator's clock: the machine's time plus an offset that the user sets. Pure. */
import * as z from "zod/mini";
import { UsageError } from "../errors.ts";
import { HUNDRED_YEARS_MS, readDuration } from "../words/duration.ts";
import type { View } from "./state/collections.ts";
import type { Change } from "./state/entities.ts";

export const MOVE_ALLOWED =
  "a duration above zero such as 7d, 2w, 12h, 30m or 90s, up to 36525d; a bare number is seconds";

/** What `parseMove` allows for a value like this one. */
export function moveAllowed(by: unknown): string {
  return typeof by === "number"
    ? `a number of milliseconds from 1 to ${HUNDRED_YEARS_MS}, or a duration such as "7d"`
    : MOVE_ALLOWED;
}

/** Later years have five digits, which breaks sorting times as strings. */
export const LAST_TIME = Date.UTC(10_000, 0, 1) - 1;

export const TIME_RULE =
  "must be a date such as 2025-06-01, or a time such as 2025-06-01T12:00:00Z, in the years 1970 to 9999";

/** The machine's clock, in milliseconds since 1970; see `emulatorTime` for the emulator's. */
export interface Clock {
  now(): number;
}

/** `sleep` waits this many milliseconds, and rejects when the signal aborts. */
export interface SleepingClock extends Clock {
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The emulator's time, in milliseconds since 1970. */
export type Time = number;

/** `after` is exclusive, `until` inclusive. */
export interface TimeRange {
  readonly after: Time;
  readonly until: Time;
}

/** @returns the time in ISO 8601, UTC */
export function isoOf(time: number): string {
  return new Date(time).toISOString();
}

/** @returns milliseconds since 1970 */
export function emulatorTime(view: View, clock: Clock): Time {
  return clock.now() + view.clockOffset();
}

/** @param offsetMs the emulator's time minus the machine's; negative when it is behind */
export function moveClock(offsetMs: number): Change {
  return { op: "put", kind: "clock", value: { id: "clock", offsetMs } };
}

/**
 * Parses how far to move the clock.
 *
 * @param by a duration such as `7d`, or milliseconds
 * @returns milliseconds, or null unless it is above zero and at most a hundred years
 */
export function parseMove(by: unknown): number | null {
  const text = typeof by === "number" ? `${by}ms` : by;
  return typeof text === "string" ? readDuration(text, HUNDRED_YEARS_MS) : null;
}

/** @returns milliseconds since 1970, or null unless the text is a date, or a time with a zone, in the years 1970 to 9999 */
export function readTime(given: string): number | null {
  const isTime =
    z.safeParse(z.iso.date(), given).success ||
    z.safeParse(z.iso.datetime({ offset: true }), given).success;
  const time = isTime ? Date.parse(given) : Number.NaN;
  return time >= 0 && time <= LAST_TIME ? time : null;
}

/**
 * Checks that the emulator is at most a hundred years ahead of the machine, as data is computed and grows with time.
 *
 * @throws {UsageError} `invalid_input` beyond a hundred years
 */
export function checkOffset(offsetMs: number): void {
  if (offsetMs <= HUNDRED_YEARS_MS) return;
  throw new UsageError(
    "invalid_input",
    "the emulator's time can be at most a hundred years ahead of the machine's",
    { next: [{ words: ["nectar", "emulator", "reset"], why: "back to the machine's time" }] },
  );
}
