/** How common option values are read (words, numbers, ages), each with the text for an error. */
import type * as z from "zod/mini";
import { HUNDRED_YEARS_MS, readDuration } from "../words/duration.ts";
import { option, type Read } from "./define.ts";

/** A text that a schema accepts, as the schema turns it. */
export function by<Value>(schema: z.ZodMiniType<Value>): Read<Value> {
  return (text) => schema.safeParse(text).data ?? null;
}

export const nonEmpty: Read<string> = (text) => text || null;

/** A file that a command reads. */
export const pathSpec = { read: nonEmpty, allowed: "a path, or - for stdin" } as const;

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
  return { read, suggests: words, allowed: `one of ${words.join(", ")}` };
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
  allowed: "a whole number above zero, up to 999999999",
} as const;

export const limitFlag = option("--limit <N>", { help: "at most this many", ...countSpec });

export const portSpec = {
  read: wholeNumber(0, 65_535),
  allowed: "a port from 0 to 65535",
} as const;

/** How long ago something was, unlike a duration not limited to what a timer can wait. */
export const ageSpec = {
  read: (text: string) => readDuration(text, HUNDRED_YEARS_MS),
  allowed: "an age such as 90m, 12h, 7d or 2w; a bare number is seconds",
} as const;
