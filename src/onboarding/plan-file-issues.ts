/** Says what is wrong with the values of a plan file, from what its schema found. Pure. */
import type * as z from "zod/mini";
import { nearest } from "../words/nearest.ts";
import { shorten } from "./plan.ts";
import { PLAN_FILE_VERSION, type PlanFileSchema } from "./plan-file-schema.ts";
import { isPassword, type Path } from "./plan-file-text.ts";

/** A mistake at a value's path. */
export interface Problem {
  readonly path: Path;
  /** Goes on from the path: "is missing". */
  readonly what: string;
}

/** Keys whose values are shown: none that could be, or hold, a password. */
const SHOWN: readonly unknown[] = [
  "name",
  "externalId",
  "address",
  "country",
  "username",
  "version",
];

/** One for each issue, and for each unknown key. */
export function problemsOf(issue: z.core.$ZodIssue, schema: PlanFileSchema): readonly Problem[] {
  const { path, input } = issue;
  const shown = SHOWN.includes(path.at(-1)) && input !== null && typeof input !== "object";
  const given = shown ? (typeof input === "string" ? `"${shorten(input)}"` : String(input)) : "it";
  const problem = (what: string): Problem[] => [{ path, what }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        what: unknownKey(key, keysAt(path, schema)),
      }));
    case "invalid_type":
      if (path.length === 0 && input === null) return problem("it is empty");
      if (input === undefined || input === null) return problem("is missing");
      return problem(
        `${given} is ${KINDS[kindOf(input)]}, not ${KINDS[issue.expected] ?? issue.expected}${typeof input === "object" || issue.expected !== "string" ? "" : "; put it in quotes"}`,
      );
    case "invalid_value":
      return problem(
        input === undefined
          ? `is missing; it takes ${PLAN_FILE_VERSION}`
          : `${given} is not supported; it takes ${PLAN_FILE_VERSION}`,
      );
    case "too_small":
      return problem(issue.origin === "array" ? "is empty; it takes at least one" : "is empty");
    case "too_big":
      return problem(`${given} is too long; it takes at most ${issue.maximum} characters`);
    default:
      return problem(issue.message);
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

/** The keys of the object at a path. */
function keysAt(path: Path, schema: PlanFileSchema): readonly string[] {
  const inside = path.findLast((key) => typeof key === "string");
  const { file, defaults, company, site, connection } = schema;
  const objects = new Map<unknown, z.ZodMiniObject>([
    ["defaults", defaults],
    ["companies", company],
    ["sites", site],
    ["connection", connection],
  ]);
  return Object.keys((objects.get(inside) ?? file).def.shape);
}

function unknownKey(key: string, keys: readonly string[]): string {
  if (isPassword(key)) {
    return "a password is never in the file; name the variable that holds it in passwordEnv";
  }
  const meant = nearest(key, keys);
  return `is not known here; ${meant === null ? `it takes ${keys.join(", ")}` : `did you mean ${meant}?`}`;
}
