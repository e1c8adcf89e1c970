/** Durations on the command line: what a timer can wait, and how long something takes in words. */
import { readDuration } from "../duration.ts";

/** The longest that a timer of Node can wait, in milliseconds: 24 days. */
const LONGEST_MS = 2_147_483_647;

export const DURATION_ALLOWED =
  "a duration above zero such as 500ms, 5s, 2m or 1h; a bare number is seconds";

/** @returns milliseconds, or null when the text is no duration, is zero, or is longer than a timer can wait */
export function parseDuration(text: string): number | null {
  return readDuration(text, LONGEST_MS);
}

/** A duration in words for a message: `45 s`, `2 min`, `1 h 5 min`, `7 days`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) {
    const days = Math.floor(hours / 24);
    return hours % 24 === 0 ? `${days} days` : `${days} days ${hours % 24} h`;
  }
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
