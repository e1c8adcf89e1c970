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

/**
 * Runs work for a request and turns errors that the caller can fix into refusals.
 * @throws {Refusal} 400 with the reason, 404 when there is no such object
 */
export async function orRefuse<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotFoundError) throw notFound();
    if (!(error instanceof UsageError)) throw error;
    const text = [error.message, ...error.lines].join("; ");
    throw new Refusal(400, /[.!?]$/.test(text) ? text : `${text}.`);
  }
}
