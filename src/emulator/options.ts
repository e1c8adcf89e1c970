/** The options of the library's `startEmulator`, and their validation for callers without TypeScript. Pure. */
import * as z from "zod/mini";
import { isObject } from "../disk/json-file.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../words/nearest.ts";
import { LAST_TIME } from "./clock.ts";
import { type Given, notAllowed } from "./given.ts";
import type { SEED } from "./seed/schema.ts";
import { LONGEST_DATA_DELAY_MS } from "./statuses/connecting.ts";
import type { GivenScenario } from "./statuses/scenario.ts";
import { WRONG_PASSWORD_STATUSES } from "./statuses/statuses.ts";

/** The default port of `nectar emulator start`. */
export const DEFAULT_PORT = 4010;

/** Which of the two documented path forms are served. */
export const PATH_FORMS = ["both", "guide", "reference"] as const;
export type PathForms = (typeof PATH_FORMS)[number];

const oneOf = <const Word extends string>(words: readonly Word[]) =>
  option(z.enum(words), `one of ${words.join(", ")}`);

export const EMULATOR_OPTIONS = {
  /** On 127.0.0.1; default a free one. */
  port: option(intUpTo(65_535), "a port from 0 to 65535"),
  seed: option(z.custom<Given<typeof SEED>>(isObject), "an object"),
  scenario: option(z.custom<GivenScenario>(isObject), "an object"),
  /** How long after a login data appears, from 0 to 30,000 milliseconds; default 2000. */
  dataDelayMs: option(
    intUpTo(LONGEST_DATA_DELAY_MS),
    `milliseconds from 0 to ${LONGEST_DATA_DELAY_MS}`,
  ),
  /** The status for a wrong login; default `PASSWORD_INCORRECT`. */
  wrongPasswordStatus: oneOf(WRONG_PASSWORD_STATUSES),
  /** Which of the two documented path forms are served; default both. */
  paths: oneOf(PATH_FORMS),
  /** The machine's time, in milliseconds since 1970; default `Date.now`. */
  now: option(z.custom<() => number>(isClock), "a function that returns milliseconds since 1970"),
  /** The folder for all state; in memory when not given. */
  stateDir: option(z.string().check(z.minLength(1)), "the path of a folder"),
};

const NAMES = Object.keys(EMULATOR_OPTIONS);

/** The allowed values of each enum option. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  paths: PATH_FORMS,
  wrongPasswordStatus: WRONG_PASSWORD_STATUSES,
};

/**
 * Validates a caller's options. The contents of a seed and a scenario are validated where they are parsed.
 * @throws {UsageError} `invalid_input` that names every unknown option and invalid value, and what is allowed
 */
export function checkOptions(given: unknown): void {
  if (!isObject(given)) throw invalidInput([notAllowed("options", given, "an object")]);
  const result = z.safeParse(z.strictObject(EMULATOR_OPTIONS), given);
  if (result.success) return;
  throw invalidInput(
    result.error.issues.flatMap((issue) => {
      if (issue.code === "unrecognized_keys") return issue.keys.map(unknownOption);
      const name = String(issue.path[0]);
      const value = given[name];
      const near = typeof value === "string" ? didYouMean(value, WORDS[name] ?? []) : "";
      return [notAllowed(name, value, issue.message) + near];
    }),
  );
}

function option<Schema extends z.ZodMiniType>(schema: Schema, allowed: string) {
  const isAllowed = (value: unknown) => z.safeParse(schema, value).success;
  return z.optional(z.custom<z.input<Schema>>(isAllowed, allowed));
}

function intUpTo(max: number) {
  return z.int().check(z.gte(0), z.lte(max));
}

/** Whether it is a function that returns a time; it is called. */
function isClock(value: unknown): boolean {
  if (typeof value !== "function") return false;
  try {
    const time: unknown = value();
    return typeof time === "number" && time >= 0 && time <= LAST_TIME;
  } catch {
    return false;
  }
}

function unknownOption(name: string): string {
  const near = didYouMean(name, NAMES);
  return `${name}: is not an option of startEmulator, which takes ${NAMES.join(", ")}${near}`;
}

export function invalidInput(problems: readonly string[]): UsageError {
  return new UsageError("invalid_input", problems.join(". "));
}
