/**
 * The error classes and the table of exit statuses. Every failure a user can see is one of these; anything else is a bug.
 * Must not import from the rest of the project.
 */

/** The only place that assigns exit statuses. Help and tests use it, and the README is compared with it. */
export const EXIT_TABLE = [
  { code: 0, name: "done", meaning: "done" },
  { code: 1, name: "bug", meaning: "unexpected failure (a bug)" },
  {
    code: 2,
    name: "usage",
    meaning: "wrong use: flags, values, missing input, confirmation needed",
  },
  {
    code: 3,
    name: "unhealthy",
    meaning: "the connection exists, and its status is not a healthy one",
  },
  { code: 4, name: "auth", meaning: "no key, or the key is refused or not allowed here" },
  { code: 5, name: "not-found", meaning: "not found, or ambiguous (two candidates match)" },
  {
    code: 6,
    name: "network",
    meaning:
      "network, time-out, rate limit or server error, after retries; or a create may still be under way",
  },
  { code: 7, name: "refused", meaning: "the API refused the data" },
  { code: 8, name: "pending", meaning: "nothing failed, still pending at the deadline" },
  {
    code: 9,
    name: "local-state",
    meaning: "local state: locked, damaged, unsafe permissions, bound to another target",
  },
  { code: 130, name: "sigint", meaning: "ended by SIGINT (Ctrl-C)" },
  { code: 143, name: "sigterm", meaning: "ended by SIGTERM" },
  { code: 129, name: "sighup", meaning: "ended by SIGHUP" },
] as const;

/** How a command ended. */
export type ExitName = (typeof EXIT_TABLE)[number]["name"];

/** The process's exit status for an `ExitName` (POSIX: 128 + N when terminated by signal N). */
export function exitCode(name: ExitName): number {
  return EXIT_TABLE.find((row) => row.name === name)?.code ?? 1;
}

/** Of several failures of one run, the most serious decides its exit: in this order. */
const SERIOUSNESS: readonly ExitName[] = [
  ...(["bug", "local-state", "auth", "network", "not-found", "refused", "unhealthy"] as const),
  "pending",
];

/** The most serious of several exits; `done` if nothing failed. An exit that ends the whole run is more serious still. */
export function mostSerious(exits: readonly ExitName[]): ExitName {
  const failed = new Set<ExitName>(exits.filter((exit) => exit !== "done"));
  const ended = [...failed].find((exit) => !SERIOUSNESS.includes(exit));
  return ended ?? SERIOUSNESS.find((exit) => failed.has(exit)) ?? "done";
}

/**
 * A command that the user can run next, and what it does. The first word is `nectar`, or a program of the system. The
 * words are not quoted here: that is done once, where they are printed.
 */
export interface NextCommand {
  readonly words: readonly string[];
  readonly why: string;
}

/**
 * Whether a word's first character stays first even after unprintable characters are removed from it. ASCII is looked at
 * first: to create the other pattern takes about a millisecond.
 */
function startsPlain(word: string): boolean {
  return /^[A-Za-z0-9]/.test(word) || /^[\p{L}\p{N}]/u.test(word);
}

/**
 * Escape sequences, whole: operating-system commands and the other strings up to their terminator, control
 * sequences (`ESC [`), and the short ones. A string without a terminator only loses its introducer, so that
 * it can't hide the text behind it. A string never runs over the next introducer, which keeps the search linear.
 * @see ECMA-48, section 5
 */
export const ESCAPE_SEQUENCES =
  /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/gu;

/** An option and an untrusted value, as words: the value can't be taken for another option. */
export function optionWords(flag: string, value: string): readonly string[] {
  return startsPlain(value) ? [flag, value] : [`${flag}=${value}`];
}

/** An untrusted positional value, as the last words of a command: it can't be taken for an option. */
export function lastWord(value: string): readonly string[] {
  return startsPlain(value) ? [value] : ["--", value];
}

/** The words of a command with more options, which come before a `--`. */
export function withOptions(
  words: readonly string[],
  options: readonly string[],
): readonly string[] {
  const end = words.indexOf("--");
  return words.toSpliced(end < 0 ? words.length : end, 0, ...options);
}

/** What a failed run had created so far, so that no ID is lost. */
export interface Created {
  readonly companyId: string | null;
  readonly siteIds: readonly string[];
  readonly connectionId: string | null;
}

export interface ErrorDetails {
  /** What to do about it, one sentence. */
  readonly hint?: string | undefined;
  readonly next?: readonly NextCommand[] | undefined;
  /** More lines under the message, such as the candidates of an ambiguous match. */
  readonly lines?: readonly string[] | undefined;
  readonly httpStatus?: number | null | undefined;
  /** Whether the same command may succeed when run again. */
  readonly retryable?: boolean | undefined;
  readonly created?: Created | undefined;
}

const NOTHING_CREATED: Created = { companyId: null, siteIds: [], connectionId: null };

/**
 * Base class: a stable code for scripts, a message for people, what to do, and the exit status. Immutable; to add details,
 * throw a copy made by `with`.
 */
export abstract class NectarError extends Error {
  abstract readonly exit: ExitName;
  readonly code: string;
  readonly hint: string | null;
  readonly next: readonly NextCommand[];
  readonly lines: readonly string[];
  readonly httpStatus: number | null;
  readonly retryable: boolean;
  readonly created: Created;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint ?? null;
    this.next = details.next ?? [];
    this.lines = details.lines ?? [];
    this.httpStatus = details.httpStatus ?? null;
    this.retryable = details.retryable ?? false;
    this.created = details.created ?? NOTHING_CREATED;
  }

  /** A copy of the same class, with the same message and stack, with these details replaced. */
  with(details: ErrorDetails): this {
    const given = Object.entries(details).filter(([, value]) => value !== undefined);
    // A real Error of this class, without running constructors that take other arguments.
    const copy: this = Reflect.construct(Error, [this.message], this.constructor);
    if (this.stack !== undefined) copy.stack = this.stack;
    return Object.assign(copy, this, Object.fromEntries(given));
  }
}

/** Wrong use: flags, values, missing input, confirmation needed. */
export class UsageError extends NectarError {
  readonly exit = "usage";
}

/** No key, or the key is refused or not allowed here. */
export class AuthError extends NectarError {
  readonly exit = "auth";
}

/** The object does not exist, or two candidates match. */
export class NotFoundError extends NectarError {
  readonly exit = "not-found";
}

/** Whether the server may have processed a request whose response never arrived, or arrived broken. */
export type Processed = "no" | "unknown";

/** Network, time-out, rate limit, server error, or an unreadable response. */
export class NetworkError extends NectarError {
  readonly exit = "network";
  readonly processed: Processed;
  /** How long the server asked the client to wait, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(
    code: string,
    message: string,
    details: ErrorDetails & { processed: Processed; retryAfterMs?: number | null },
  ) {
    super(code, message, { retryable: true, ...details });
    this.processed = details.processed;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** The API understood the request and rejected its data (400, 409, 422). */
export class RefusedError extends NectarError {
  readonly exit = "refused";
}

/**
 * A connection that exists but does not have the status the command needs: the message names the connection and its
 * status, `lines` say what the status means, and `hint` what to do about it.
 */
export class StatusError extends NectarError {
  readonly exit: "unhealthy" | "pending";

  constructor(
    exit: "unhealthy" | "pending",
    code: StatusCode,
    message: string,
    details: ErrorDetails,
  ) {
    super(code, message, details);
    this.exit = exit;
  }
}

/** `status_not_reached`: a status other than the one being waited for. */
export type StatusCode =
  | "status_needs_action"
  | "status_unavailable"
  | "status_inactive"
  | "status_unknown"
  | "status_pending"
  | "status_not_reached";

/** Some of several things failed; the exit is that of the most serious failure. */
export class PartialError extends NectarError {
  readonly exit: ExitName;

  constructor(
    exit: ExitName,
    message: string,
    details: ErrorDetails,
    code: "partly_failed" | "changes_left" = "partly_failed",
  ) {
    super(code, message, { retryable: code === "partly_failed", ...details });
    this.exit = exit;
  }
}

/** Local state: locked by another run, damaged, unsafe permissions, not writable, bound to another target. */
export class LocalStateError extends NectarError {
  readonly exit = "local-state";
}

/** Not a failure, and never reported: the user wants the question before this one. */
export class GoBack extends Error {}

/** Stopped by a signal, by Ctrl-C at a prompt, or by an answer that says so. */
export class InterruptedError extends NectarError {
  readonly exit: "sigint" | "sigterm" | "sighup";

  constructor(
    exit: "sigint" | "sigterm" | "sighup",
    details: ErrorDetails = {},
    message = `stopped by ${exit.toUpperCase()}`,
  ) {
    super("interrupted", message, { retryable: true, ...details });
    this.exit = exit;
  }
}
