/** The emulator's own time: the machine's, and as far from it as somebody moved it. Pure. */
import * as z from "zod/mini";
import { UsageError } from "../errors.ts";
import type { View } from "./state/collections.ts";
import type { Change } from "./state/entities.ts";

/** A hundred years, in milliseconds: the data of a connection grows with its time, and is computed. */
export const LONGEST_MOVE_MS = 36_525 * 86_400_000;

export const MOVE_ALLOWED =
  "a duration above zero such as 7d, 2w, 12h, 30m or 90s, up to 36525d; a bare number is seconds";

/** The longest that a timer of Node can wait, in milliseconds: 24 days. */
export const LONGEST_WAIT_MS = 2_147_483_647;

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
]);

/** What follows it is written with a longer year, which the order of texts gets wrong. */
const LAST_TIME = Date.UTC(10_000, 0, 1) - 1;

export const TIME_RULE =
  "must be a date such as 2025-06-01, or a time such as 2025-06-01T12:00:00Z, of the years 1970 to 9999";

/** @returns milliseconds since 1970 */
export function emulatorTime(view: View, clock: { now(): number }): number {
  return clock.now() + view.clockOffset();
}

/** @param offsetMs how far the emulator's time is ahead of the machine's from now on; below zero it is behind */
export function moveClock(offsetMs: number): Change {
  return { op: "put", kind: "clock", value: { id: "clock", offsetMs } };
}

/**
 * Reads a duration as the command line does: `500ms`, `90s`, `7d`; a bare number is seconds.
 *
 * @returns whole milliseconds, or null when the text is no duration, is zero, or is longer than that
 */
export function readDuration(text: string, longest: number): number | null {
  const [, count, unit = "s"] = /^(\d{1,15}(?:\.\d{1,9})?)(ms|[smhdw])?$/.exec(text) ?? [];
  const ms = Math.round(Number(count) * (UNITS.get(unit) ?? Number.NaN));
  return ms > 0 && ms <= longest ? ms : null;
}

/**
 * Reads how far to move.
 *
 * @param by a duration such as `7d`, or milliseconds
 * @returns milliseconds, or null unless it is above zero and at most a hundred years
 */
export function parseMove(by: string | number): number | null {
  return readDuration(typeof by === "number" ? `${by}ms` : by, LONGEST_MOVE_MS);
}

/** @returns milliseconds since 1970, or null when the text is neither a date nor a time with a zone, of the years 1970 to 9999 */
export function readTime(given: string): number | null {
  const isTime =
    z.safeParse(z.iso.date(), given).success ||
    z.safeParse(z.iso.datetime({ offset: true }), given).success;
  const time = isTime ? Date.parse(given) : Number.NaN;
  return time >= 0 && time <= LAST_TIME ? time : null;
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
