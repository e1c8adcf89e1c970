/** What is given from outside: its types, inferred from the schemas that validate it, and the fields that a schema knows. */

import type * as z from "zod/mini";
import { isObject } from "../disk/json-file.ts";
import { shorten } from "../words/shorten.ts";

/** The input of an object with these schemas. */
export type Given<Shape extends Readonly<Record<string, z.ZodMiniType>>> = Unchanged<
  z.input<z.ZodMiniObject<Shape>>
>;

/** The same type, deeply read-only. */
export type Unchanged<Value> = Value extends (...args: never) => unknown
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Unchanged<Item>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Unchanged<Value[Name]> }
      : Value;

/** The members that a schema has, too, except those that are undefined. */
export function fieldsIn(shape: object, given: object): object {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => value !== undefined && Object.hasOwn(shape, name),
    ),
  );
}

export function notAllowed(name: string, value: unknown, allowed: string): string {
  const problem = value === undefined ? "is required" : `${shown(value)} is not allowed`;
  return `${name}: ${problem}; it takes ${allowed}`;
}

export function shown(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(shorten(value));
  }
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : String(value);
}

/** @returns the URL, or null when the text is not an absolute http or https URL */
export function parseUrl(text: string): URL | null {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
}

export function isKeyOf<Table extends object>(
  table: Table,
  name: string,
): name is keyof Table & string {
  return Object.hasOwn(table, name);
}
