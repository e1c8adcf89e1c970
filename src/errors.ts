/**
 * The error family, and the exit table that it feeds. Every failure that a user may meet is one of these; anything else is
 * a bug. Knows nothing of the rest.
 */

/** How a command ended, by name; the exit table gives each its number. */
export type ExitName =
  | "done"
  | "bug"
  | "usage"
  | "unhealthy"
  | "auth"
  | "not-found"
  | "network"
  | "refused"
  | "pending"
  | "local-state"
  | "sigint"
  | "sigterm"
  | "sighup";

/** A row of the exit table. */
export interface ExitRow {
  readonly code: number;
  readonly name: ExitName;
  readonly meaning: string;
}

/** The one place that gives each kind of exit its number. Help, README and tests are fed from here. */
export const EXIT_TABLE: readonly ExitRow[] = [
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
];

/** The process's exit status for a kind of exit (POSIX: 128 + N for one by signal N). */
export function exitCode(name: ExitName): number {
  const row = EXIT_TABLE.find((candidate) => candidate.name === name);
  return row === undefined ? 1 : row.code;
}

/**
 * A command that the user can run next, and what it is good for. The first word is `nectar` for one of ours, else a
 * program of the system. The words are never quoted here: that is done once, where they are printed.
 */
export interface NextCommand {
  readonly words: readonly string[];
  readonly why: string;
}

/** Does not stay at the head of a word when what can't be shown is left out of it. */
const PLAIN_START = /^[\p{L}\p{N}]/u;

/**
 * Escape sequences, whole: operating-system commands and the other strings up to their terminator, control
 * sequences (`ESC [`), and the short ones. A string without a terminator only loses its introducer, so that
 * it can't hide the text behind it. A string never runs over the next introducer, which keeps the search linear.
 * @see ECMA-48, section 5
 */
export const ESCAPE_SEQUENCES =
  /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/gu;

/** An option and a value of foreign origin, as words: the value can't be taken for another option. */
export function optionWords(flag: string, value: string): readonly string[] {
  return PLAIN_START.test(value) ? [flag, value] : [`${flag}=${value}`];
}

/** A positional value of foreign origin, as the last words of a command: it can't be taken for an option. */
export function lastWord(value: string): readonly string[] {
  return PLAIN_START.test(value) ? [value] : ["--", value];
}

/** What a broken run had made by then, so that no ID is lost. */
export interface Created {
  readonly companyId: string | null;
  readonly siteIds: readonly string[];
  readonly connectionId: string | null;
}

export interface ErrorDetails {
  /** What to do about it, one sentence. */
  readonly hint?: string | undefined;
  readonly next?: readonly NextCommand[] | undefined;
  /** Further lines under the message, for instance the candidates of an ambiguous match. */
  readonly lines?: readonly string[] | undefined;
  readonly httpStatus?: number | null | undefined;
  /** Whether the same command may succeed when it is simply run again. */
  readonly retryable?: boolean | undefined;
  readonly created?: Created | undefined;
}

const NOTHING_CREATED: Created = { companyId: null, siteIds: [], connectionId: null };

/**
 * Base of the family: a stable code for scripts, a message for people, what to do, and the exit status. Complete when it
 * is thrown; who knows more throws a copy made by `with`.
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

  /** The same error, of the same class, with the same message and stack, with these details in place of its own. */
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

/** Whether the server can have acted on a request whose answer never came, or came broken. */
export type Processed = "no" | "unknown" | "yes";

/** Network, time-out, rate limit, server error, or an answer that can't be read. */
export class NetworkError extends NectarError {
  readonly exit = "network";
  readonly processed: Processed;
  /** How long the server asked to wait, in milliseconds. */
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

/** The API understood the request and refused its data (400, 409, 422). */
export class RefusedError extends NectarError {
  readonly exit = "refused";
}

/**
 * A connection that exists and is not what the command is there for: its message names the connection and its status,
 * `lines` hold what the status means, and `hint` what to do about it.
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

/** `status_not_reached`: another status than the one that was waited for. */
export type StatusCode =
  | "status_needs_action"
  | "status_unavailable"
  | "status_inactive"
  | "status_unknown"
  | "status_pending"
  | "status_not_reached";

/** Local state: locked by another run, damaged, unsafe permissions, not writable, bound to another target. */
export class LocalStateError extends NectarError {
  readonly exit = "local-state";
}

/** Ended by a signal, or by Ctrl-C at a question. */
export class InterruptedError extends NectarError {
  readonly exit: "sigint" | "sigterm" | "sighup";

  constructor(exit: "sigint" | "sigterm" | "sighup", details: ErrorDetails = {}) {
    super("interrupted", `stopped by ${exit.toUpperCase()}`, { retryable: true, ...details });
    this.exit = exit;
  }
}
