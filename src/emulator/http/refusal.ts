/** Error responses: thrown anywhere, turned into JSON in one place. */
import { NotFoundError, UsageError } from "../../errors.ts";

type RefusalStatus = 400 | 401 | 404 | 413 | 415 | 421 | 501;

/**
 * A rejected request. Every refusal has the documented shape `{ "detail": "…" }`.
 * @see https://docs.nectarclimate.com/cookbooks/getting-started
 */
export class Refusal extends Error {
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, detail: string) {
    super(detail);
    this.name = "Refusal";
    this.status = status;
  }
}

/** No such object or route. Our choice: the same text for both; only the status is documented. */
export function notFound(): Refusal {
  return new Refusal(404, "Not found.");
}

/** @throws {Refusal} 404 when there is no such object */
export function found<T>(object: T | undefined): T {
  if (object === undefined) throw notFound();
  return object;
}

/** An invalid field. Our choice: a sentence that starts with the field; the shape of these is not documented. */
export function badField(field: string, rule: string): Refusal {
  return new Refusal(400, `${field}: ${rule}.`);
}

/** Of an error that the caller can't fix, because its own message may contain secrets. */
export const FAILED = "The local emulator failed on this request.";

/** The refusal that an error amounts to; null for one that the caller can't fix. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof NotFoundError) return notFound();
  if (!(error instanceof UsageError)) return null;
  const text = [error.message, ...error.lines].join("; ");
  return new Refusal(400, /[.!?]$/.test(text) ? text : `${text}.`);
}
