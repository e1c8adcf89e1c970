/** From an HTTP answer's bytes to JSON without this run's secrets, or to one of our errors. */
import { badAnswer, type Exchange, redirectError, translateStatus } from "./errors.ts";
import type { Secrets } from "./redact.ts";

export interface HttpAnswer {
  readonly status: number;
  /** The JSON, or null where there is no body. */
  readonly body: unknown;
  /** What an emulator of ours says of the path forms that it speaks, as it is; null from any other server. */
  readonly pathForms: string | null;
  readonly exchange: Exchange;
}

/** The longest wait that a server is taken at its word for, in milliseconds. It also keeps within what a timer can hold. */
export const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** Ours, not the vendor's. */
const PATH_FORMS = "x-nectar-path-forms";

/**
 * Reads an answer.
 *
 * @param secrets what must not come back out of it
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 * @throws NectarError for everything but a success with JSON, or with no body at all
 */
export function readAnswer(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
  exchange: Exchange,
  secrets: Secrets,
  now: number,
): HttpAnswer {
  // Only what comes before an answer has such a status, unless its headers are incomplete.
  if (status < 200) throw badAnswer(`the status ${status}`, exchange, status);
  if (status >= 300 && status < 400) {
    throw redirectError(status, originOf(single(headers["location"]), exchange, secrets), exchange);
  }
  const ok = status >= 200 && status < 300;
  const json = readJson(single(headers["content-type"]), text, secrets);
  if (!ok) {
    const body = json.kind === "json" ? json.value : null;
    throw translateStatus(status, body, exchange, retryAfter(single(headers["retry-after"]), now));
  }
  if (json.kind === "other") throw badAnswer(json.what, exchange, status);
  const body = json.kind === "json" ? json.value : null;
  return { status, body, pathForms: single(headers[PATH_FORMS]) ?? null, exchange };
}

type ReadJson =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "empty" }
  | { readonly kind: "other"; readonly what: string };

function readJson(contentType: string | undefined, text: string, secrets: Secrets): ReadJson {
  if (text.trim() === "") return { kind: "empty" };
  // Before its letters are changed, which would hide a secret from us.
  const type =
    secrets
      .hide(contentType ?? "")
      .split(";")[0]
      ?.trim()
      .toLowerCase() ?? "";
  if (type === "text/html") return { kind: "other", what: "an HTML page instead of JSON" };
  if (type !== "" && !/[/+]json$/.test(type)) {
    return { kind: "other", what: `${type.slice(0, 60)} instead of JSON` };
  }
  try {
    return { kind: "json", value: secrets.hideIn(JSON.parse(text), text) };
  } catch {
    return { kind: "other", what: "JSON that can't be read" };
  }
}

/** `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), in milliseconds from now, up to the longest wait. */
function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const isSeconds = /^\d+$/.test(text);
  // A date begins with its weekday; `Date.parse` alone would also find one in "-5" and "1.5".
  if (!isSeconds && !/^[a-z]{3,9}[ ,]/i.test(text)) return null;
  const wait = isSeconds ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(0, wait), LONGEST_WAIT_MS);
}

/** Where a `Location` leads to, as far as it is shown; null where it can't be told. */
function originOf(
  location: string | undefined,
  { origin }: Exchange,
  secrets: Secrets,
): string | null {
  if (location === undefined) return null;
  // Before and after it is read: both forms can hold what the other one hides.
  const safe = secrets.hide(location);
  return URL.canParse(safe, origin) ? secrets.hide(new URL(safe, origin).origin) : null;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
