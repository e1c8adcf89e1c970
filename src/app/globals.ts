/** Reads the global options. */

import { readUrl } from "../api/url.ts";
import { UsageError } from "../errors.ts";
import { DURATION_ALLOWED, parseDuration } from "../words/duration.ts";
import { shorten } from "../words/shorten.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Globals = Readonly<ReturnType<typeof readGlobals>>;

const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Reads each global option from its flag, else from its environment variable.
 *
 * @param options under commander's names
 * @throws UsageError `invalid_input`
 */
export function readGlobals(options: Readonly<Record<string, unknown>>, env: Environment) {
  const given = (name: string, flag: string, variable = ""): Given | null => {
    const text = options[name];
    if (typeof text === "string") return { text, by: flag };
    return env[variable] ? { text: env[variable], by: variable } : null;
  };
  const on = (name: string, variable: string) => options[name] === true || isSet(env[variable]);
  const accessible =
    on("accessible", "NECTAR_ACCESSIBLE") || isSet(env["ACCESSIBLE"]) || env["TERM"] === "dumb";
  const color = typeof options["color"] === "boolean" ? options["color"] : undefined;
  return {
    profile: readProfileName(given("profile", "--profile", "NECTAR_PROFILE")),
    local: on("local", "NECTAR_LOCAL"),
    /** Without a trailing slash. */
    apiUrl: readApiUrl(given("apiUrl", "--api-url", "NECTAR_API_URL")),
    json: options["json"] === true,
    quiet: options["quiet"] === true,
    yes: options["yes"] === true,
    noInput: options["input"] === false || isSet(env["NECTAR_NO_INPUT"]),
    /** Whether `--timeout` was given: the deadline then runs from the start, questions included. */
    hasTimeout: options["timeout"] !== undefined,
    timeoutMs: readDuration(given("timeout", "--timeout")) ?? DEFAULT_TIMEOUT_MS,
    /** How long to wait for another run for the same company, in milliseconds. */
    waitLockMs: readDuration(given("waitLock", "--wait-lock")) ?? 0,
    /** False with `--no-save`: nothing is stored on this machine. */
    save: options["save"] !== false,
    /** Only append lines: nothing is redrawn, and no escape byte is written. */
    accessible,
    /** Undefined: decided by the streams and environment variables. */
    color: color ?? (accessible ? false : undefined),
    debug: on("debug", "NECTAR_DEBUG"),
  };
}

/** Whether an environment variable switches something on: set, and not `0`, `false` or empty. */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.toLowerCase());
}

interface Given {
  readonly text: string;
  readonly by: string;
}

function readProfileName(given: Given | null): string | null {
  if (given === null || /^[A-Za-z0-9_-]{1,64}$/.test(given.text)) return given?.text ?? null;
  throw notAllowed(given, "1 to 64 letters, digits, _ and -");
}

function readApiUrl(given: Given | null): string | null {
  try {
    return given === null ? null : readUrl(given.text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, `${given?.by}: ${error.message}`);
  }
}

function readDuration(given: Given | null): number | null {
  if (given === null) return null;
  const ms = parseDuration(given.text);
  if (ms === null) throw notAllowed(given, DURATION_ALLOWED);
  return ms;
}

function notAllowed({ text, by }: Given, allowed: string): UsageError {
  return new UsageError(
    "invalid_input",
    `${by}: "${shorten(text)}" is not allowed; it takes ${allowed}`,
  );
}
