/** A response that refuses a request: thrown wherever that becomes clear, turned into JSON in one place. */
import { NotFoundError, UsageError } from "../../errors.ts";

type RefusalStatus = 400 | 401 | 404 | 413 | 415 | 421 | 501;

/**
 * A refused request. Every refusal has the documented shape `{ "detail": "…" }`.
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

/** No such object, and no such route. Our choice: one text for both; only the status is documented. */
export function notFound(): Refusal {
  return new Refusal(404, "Not found.");
}

/** A field that breaks a rule. Our choice: a sentence that starts with the field; the shape of these is not documented. */
export function badField(field: string, rule: string): Refusal {
  return new Refusal(400, `${field}: ${rule}.`);
}

/**
 * Does some work for a request; errors of ours that a caller can do something about become refusals.
 * @throws {Refusal} 400 that says what is not allowed, 404 when there is no such object
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
