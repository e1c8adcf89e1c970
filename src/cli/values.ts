/** Schemas for common option values (words, numbers, ages), each with the text for an error. */
import { HUNDRED_YEARS_MS, readDuration } from "../words/duration.ts";
import { option, type Schema, schemaOf } from "./define.ts";

/** A schema from a function that returns null for a value that is not allowed. */
export function read<Value>(from: (text: string) => Value | null): Schema<Value> {
  return schemaOf((text): Value => {
    const value = from(text);
    if (value === null) throw new Error("");
    return value;
  });
}

/** One of the given words, matched exactly. */
export function oneOf<const Word extends string>(words: readonly Word[]): Schema<Word> {
  return { ...read((text) => words.find((word) => word === text) ?? null), words };
}

/** A whole number from `min` to `max`, digits only; `max` may have at most nine digits. */
export function wholeNumber(min: number, max: number): Schema<number> {
  return read((text) => readWhole(text, min, max));
}

/** @returns null for anything else */
function readWhole(text: string, min: number, max: number): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

export const countSpec = {
  schema: wholeNumber(1, 999_999_999),
  allowed: "a whole number above zero",
} as const;

export const limitFlag = option("--limit <N>", { help: "at most this many", ...countSpec });

export const portSpec = {
  schema: wholeNumber(0, 65_535),
  allowed: "a port from 0 to 65535",
} as const;

/** How long ago something was, unlike a duration not limited to what a timer can wait. */
export const ageSpec = {
  schema: read((text) => readDuration(text, HUNDRED_YEARS_MS)),
  allowed: "an age such as 90m, 12h, 7d or 2w; a bare number is seconds",
} as const;
