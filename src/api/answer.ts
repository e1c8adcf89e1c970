/** Parses an HTTP response into JSON without this run's secrets, or into one of our errors. */
import type { NectarError } from "../errors.ts";
import { badResponse, type Exchange, redirectError, translateStatus } from "./errors.ts";
import { type Secrets, withoutPasswords } from "./redact.ts";

export interface HttpResponse {
  readonly status: number;
  /** The JSON, or null if there is no body. */
  readonly body: unknown;
  /** The raw list of path forms that our emulator reports; null from any other server. */
  readonly pathForms: string | null;
  readonly exchange: Exchange;
}

/** The upper limit for a server's `Retry-After`, in milliseconds. It also fits into a timer. */
export const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** Our own header, not the vendor's. */
const PATH_FORMS = "x-nectar-path-forms";

/** What arrived, as text. */
export interface Received {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/**
 * Parses the response to a request that was not refused.
 *
 * @param secrets what to mask in it
 * @throws NectarError for a redirect, and for anything but JSON or no body
 */
export function readResponse(
  { statusCode: status, headers, body: text }: Received,
  exchange: Exchange,
  secrets: Secrets,
): HttpResponse {
  if (status >= 300) {
    throw redirectError(status, originOf(single(headers["location"]), exchange, secrets), exchange);
  }
  const read = readJson(single(headers["content-type"]), text, secrets);
  if ("what" in read) throw badResponse(read.what, exchange, status);
  return { status, body: read.body, pathForms: single(headers[PATH_FORMS]) ?? null, exchange };
}

/**
 * The error for a status that is neither a success nor a redirect.
 *
 * @param secrets what to mask in it
 * @param now milliseconds since the epoch, for a `Retry-After` date
 */
export function readFailure(
  { statusCode: status, headers, body: text }: Received,
  exchange: Exchange,
  secrets: Secrets,
  now: number,
): NectarError {
  // Only interim responses have such a status, unless the headers are incomplete.
  if (status < 200) return badResponse(`the status ${status}`, exchange, status);
  const read = readJson(single(headers["content-type"]), text, secrets);
  const body = "body" in read ? withoutPasswords(read.body) : null;
  return translateStatus(status, body, exchange, retryAfter(single(headers["retry-after"]), now));
}

/** The JSON, null where there is nothing; or what there is instead. */
function readJson(
  contentType: string | undefined,
  text: string,
  secrets: Secrets,
): { readonly body: unknown } | { readonly what: string } {
  if (text.trim() === "") return { body: null };
  // Masked before the case changes, which would make a secret unrecognisable.
  const type =
    secrets
      .hide(contentType ?? "")
      .split(";")[0]
      ?.trim()
      .toLowerCase() ?? "";
  if (type === "text/html") return { what: "an HTML page instead of JSON" };
  if (type !== "" && !/[/+]json$/.test(type)) {
    return { what: `${type.slice(0, 60)} instead of JSON` };
  }
  try {
    return { body: secrets.hideIn(JSON.parse(text), text) };
  } catch {
    return { what: "invalid JSON" };
  }
}

/** `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), in milliseconds from now, up to the longest wait. */
function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const isSeconds = /^\d+$/.test(text);
  // A date starts with its weekday; `Date.parse` alone would also accept "-5" and "1.5".
  if (!isSeconds && !/^[a-z]{3,9}[ ,]/i.test(text)) return null;
  const wait = isSeconds ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(0, wait), LONGEST_WAIT_MS);
}

/** The origin of a `Location`, safe to show; null if it can't be determined. */
function originOf(
  location: string | undefined,
  { origin }: Exchange,
  secrets: Secrets,
): string | null {
  if (location === undefined) return null;
  // Masked before and after parsing: each form can reveal a secret that the other disguises.
  const safe = secrets.hide(location);
  return URL.canParse(safe, origin) ? secrets.hide(new URL(safe, origin).origin) : null;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
