/** Validates input against the API's schemas and reports every problem in one sentence. Pure. */
import * as z from "zod/mini";
import { Refusal } from "./refusal.ts";

const TYPES: ReadonlyMap<string, string> = new Map([
  ["string", "must be text"],
  ["boolean", "must be true or false"],
  ["array", "must be a list"],
  ["number", "must be a number"],
  ["int", "must be a whole number"],
  ["object", "must be an object"],
]);

/** @throws {Refusal} 400 that names every invalid field and its rule */
export function parseFields<T>(
  schema: z.ZodMiniType<T>,
  fields: Readonly<Record<string, unknown>>,
): T {
  const result = z.safeParse(schema, fields, { reportInput: true });
  if (result.success) return result.data;
  const sentences = result.error.issues.map(
    (issue) => `${fieldPath(issue.path) || "body"}: ${ruleOf(issue)}`,
  );
  throw new Refusal(400, `${sentences.join("; ")}.`);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @returns the ID as stored, in lower case; null when it is not a UUID */
export function toUuid(text: string | undefined): string | null {
  return text !== undefined && UUID.test(text) ? text.toLowerCase() : null;
}

/** The path of a field, such as `sites[0].name`; empty for the whole body. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (before, key) =>
      typeof key === "number" ? `${before}[${key}]` : `${before}${before && "."}${String(key)}`,
    "",
  );
}

/** What a value must be, in a few words. @param issue with its input */
export function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? "is required"
        : (TYPES.get(issue.expected) ?? `must be of type ${issue.expected}`);
    case "too_small":
      if (isNumber(issue.origin)) return `must be at least ${issue.minimum}`;
      return issue.origin === "string"
        ? "must not be empty"
        : `must have at least ${issue.minimum} item${issue.minimum === 1 ? "" : "s"}`;
    case "too_big":
      if (isNumber(issue.origin)) return `must be at most ${issue.maximum}`;
      return issue.origin === "string"
        ? `must be at most ${issue.maximum} characters long`
        : `must have at most ${issue.maximum} items`;
    case "invalid_format":
      if (issue.format === "date") return "must be a date written as YYYY-MM-DD";
      if (issue.format === "datetime") {
        return "must be a date and time such as 2024-01-31T23:59:59Z";
      }
      if (issue.format === "uuid") return "must be a UUID";
      if (issue.format === "email") return "must be an e-mail address";
      // The schema says what its pattern means.
      return issue.message;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "custom":
    case "invalid_union":
      return issue.message;
    default:
      return "is not allowed";
  }
}

function isNumber(origin: string): boolean {
  return origin === "number" || origin === "int";
}
