/** Reads the global options. */
import { readUrl } from "../api/url.ts";
import { UsageError } from "../errors.ts";
import { DURATION_ALLOWED, parseDuration } from "../words/duration.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The global options, parsed. */
export type Globals = Readonly<ReturnType<typeof readGlobals>>;

const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Reads each global option from its flag, else from its environment variable.
 *
 * @param options under commander's names
 * @throws UsageError `invalid_input`
 */
export function readGlobals(options: Readonly<Record<string, unknown>>, env: Environment) {
  const text = (name: string, variable?: string): string | null => {
    const given = options[name];
    if (typeof given === "string") return given;
    return (variable === undefined ? undefined : env[variable]) || null;
  };
  const on = (name: string, variable: string) => options[name] === true || isSet(env[variable]);
  const apiUrl = text("apiUrl", "NECTAR_API_URL");
  const accessible =
    on("accessible", "NECTAR_ACCESSIBLE") || isSet(env["ACCESSIBLE"]) || env["TERM"] === "dumb";
  const color = typeof options["color"] === "boolean" ? options["color"] : undefined;
  return {
    profile: readProfileName(text("profile", "NECTAR_PROFILE")),
    local: on("local", "NECTAR_LOCAL"),
    /** Without a trailing slash. */
    apiUrl: apiUrl === null ? null : readApiUrl(apiUrl),
    json: options["json"] === true,
    quiet: options["quiet"] === true,
    /** Take the defaults, never ask. */
    yes: options["yes"] === true,
    noInput: options["input"] === false || isSet(env["NECTAR_NO_INPUT"]),
    /** Whether `--timeout` was given: the deadline then runs from the start, questions included. */
    hasTimeout: options["timeout"] !== undefined,
    timeoutMs: readDuration("--timeout", text("timeout"), DEFAULT_TIMEOUT_MS),
    /** How long to wait for another run for the same company, in milliseconds. */
    waitLockMs: readDuration("--wait-lock", text("waitLock"), 0),
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

function readProfileName(name: string | null): string | null {
  if (name === null || /^[A-Za-z0-9_-]{1,64}$/.test(name)) return name;
  throw new UsageError(
    "invalid_input",
    `--profile: "${name.slice(0, 60)}" is not allowed; it takes 1 to 64 letters, digits, _ and -`,
  );
}

function readApiUrl(text: string): string {
  try {
    return readUrl(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, `--api-url: ${error.message}`);
  }
}

function readDuration(flag: string, text: string | null, otherwise: number): number {
  const ms = text === null ? otherwise : parseDuration(text);
  if (ms !== null) return ms;
  throw new UsageError(
    "invalid_input",
    `${flag}: "${text?.slice(0, 60)}" is not allowed; it takes ${DURATION_ALLOWED}`,
  );
}
