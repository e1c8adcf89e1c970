/** The error family. Every failure that a user may meet is one of these; anything else is a bug. Knows nothing of the rest. */

/** How a command ended, by name; `cli/exit.ts` gives each its number. */
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

/** A command that the user can run next, and what it is good for. */
export interface NextCommand {
  readonly command: string;
  readonly why: string;
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

/** Base of the family: a stable code for scripts, a message for people, the way out, and how the process should end. */
export abstract class NectarError extends Error {
  abstract readonly exit: ExitName;
  readonly code: string;
  readonly hint: string | null;
  next: readonly NextCommand[];
  readonly lines: readonly string[];
  readonly httpStatus: number | null;
  readonly retryable: boolean;
  created: Created;

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
}

/** Wrong use: flags, values, missing input, confirmation needed. */
export class UsageError extends NectarError {
  readonly exit = "usage";
}

/** No key, or the key is refused or not allowed here. */
export class AuthError extends NectarError {
  readonly exit = "auth";
}

/** What was asked for does not exist, or two candidates match. */
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

/** Local state: locked by another run, damaged, unsafe permissions, not writable, bound to another target. */
export class LocalStateError extends NectarError {
  readonly exit = "local-state";
}

/** Ended by a signal, or by Ctrl-C at a question. */
export class InterruptedError extends NectarError {
  readonly exit: "sigint" | "sigterm" | "sighup";

  constructor(exit: "sigint" | "sigterm" | "sighup", details: ErrorDetails = {}) {
    super("interrupted", "stopped", { retryable: true, ...details });
    this.exit = exit;
  }
}
