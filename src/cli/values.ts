/** Schemas of the plain values that many options take. What is allowed, in words, stands at each field. */
import { type Schema, schemaOf } from "./define.ts";

/** A schema from a function that gives null for what is not allowed. */
export function read<Value>(from: (text: string) => Value | null): Schema<Value> {
  return schemaOf((text): Value => {
    const value = from(text);
    if (value === null) throw new Error("");
    return value;
  });
}

/** One of some words, to the letter. */
export function oneOf<const Word extends string>(words: readonly Word[]): Schema<Word> {
  return read((text) => words.find((word) => word === text) ?? null);
}

/** A whole number in digits alone, both ends included; `most` has nine digits at most. */
export function wholeNumber(least: number, most: number): Schema<number> {
  return read((text) => readWhole(text, least, most));
}

/** @returns null for what is no such number */
export function readWhole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}
