/** Parses an HTTP response into JSON without this run's secrets, or into one of our errors. */
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

/**
 * Parses a response.
 *
 * @param secrets what to mask in it
 * @param now milliseconds since the epoch, for a `Retry-After` date
 * @throws NectarError for anything but a success with JSON or without a body
 */
export function readResponse(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
  exchange: Exchange,
  secrets: Secrets,
  now: number,
): HttpResponse {
  // Only interim responses have such a status, unless the headers are incomplete.
  if (status < 200) throw badResponse(`the status ${status}`, exchange, status);
  if (status >= 300 && status < 400) {
    throw redirectError(status, originOf(single(headers["location"]), exchange, secrets), exchange);
  }
  const read = readJson(single(headers["content-type"]), text, secrets);
  if (status >= 400) {
    const body = "body" in read ? withoutPasswords(read.body) : null;
    throw translateStatus(status, body, exchange, retryAfter(single(headers["retry-after"]), now));
  }
  if ("what" in read) throw badResponse(read.what, exchange, status);
  const pathForms = single(headers[PATH_FORMS]) ?? null;
  return { status, body: read.body, pathForms, exchange };
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
