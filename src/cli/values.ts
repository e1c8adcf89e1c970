/** How common option values are read (words, numbers, durations), each with the text for an error. */
import { option, type Read } from "./define.ts";

/** The part of the Standard Schema interface (standardschema.dev) that is used here; zod's schemas have it. */
interface Schema<Value> {
  readonly "~standard": { validate(value: unknown): Validated<Value> | Promise<Validated<Value>> };
}

type Validated<Value> =
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] };

/** A text that a schema accepts, as the schema turns it. */
export function by<Value>(schema: Schema<Value>): Read<Value> {
  return (text) => {
    const result = schema["~standard"].validate(text);
    return result instanceof Promise || result.issues !== undefined ? null : result.value;
  };
}

export const nonEmpty: Read<string> = (text) => text || null;

/** `password-incorrect` as an enum has it: `PASSWORD_INCORRECT`. */
export function constantCase(text: string): string {
  return text.toUpperCase().replaceAll("-", "_");
}

/**
 * One of the given words.
 *
 * @param spelled turns a text into the spelling of the words; default: it must match exactly
 */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  spelled = (text: string) => text,
) {
  const read: Read<Word> = (text) => words.find((word) => word === spelled(text)) ?? null;
  return { read, suggests: words };
}

/** A whole number from `min` to `max`, digits only; `max` may have at most nine digits. */
export function wholeNumber(min: number, max: number): Read<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : null;
  };
}

export const countSpec = {
  read: wholeNumber(1, 999_999_999),
  allowed: "a whole number above zero",
} as const;

export const limitFlag = option("--limit <N>", { help: "at most this many", ...countSpec });

export const portSpec = {
  read: wholeNumber(0, 65_535),
  allowed: "a port from 0 to 65535",
} as const;

/** The longest delay of a Node timer, in milliseconds: 24 days. */
const MAX_TIMER_MS = 2_147_483_647;

export const DURATION_ALLOWED =
  "a duration above zero such as 500ms, 5s, 2m or 1h; a bare number is seconds";

/** @returns milliseconds, or null when the text is not a duration, is zero, or exceeds the longest timer delay */
export function parseDuration(text: string): number | null {
  return readDuration(text, MAX_TIMER_MS);
}

/** In milliseconds: a hundred years. */
const MAX_AGE_MS = 3_155_760_000_000;

/** How long ago something was, unlike a duration not limited to what a timer can wait. */
export const ageSpec = {
  read: (text: string) => readDuration(text, MAX_AGE_MS),
  allowed: "an age such as 90m, 12h, 7d or 2w; a bare number is seconds",
} as const;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * Parses a duration: `500ms`, `90s`, `30m`, `12h`, `7d`, `2w`; a bare number is seconds.
 *
 * @param maxMs the limit in milliseconds
 * @returns whole milliseconds, or null when the text is not a duration, is zero, or is longer than `maxMs`
 */
export function readDuration(text: string, maxMs: number): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d|w)?$/.exec(text);
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000));
  return ms > 0 && ms <= maxMs ? ms : null;
}

/** Formats a duration for a message: `45 s`, `2 min`, `1 h 5 min`, `7 days`. */
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
