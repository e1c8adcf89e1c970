/** From an HTTP answer's bytes to JSON without this run's secrets, or to one of our errors. */
import { badAnswer, type Exchange, redirectError, translateStatus } from "./errors.ts";
import type { Secrets } from "./redact.ts";

export interface HttpAnswer {
  readonly status: number;
  /** The JSON, or null where there is no body. */
  readonly body: unknown;
  readonly exchange: Exchange;
}

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
  if (status >= 300 && status < 400) {
    const location = single(headers["location"]);
    const shown = location === undefined ? undefined : secrets.hide(location);
    throw redirectError(status, shown, exchange);
  }
  const ok = status >= 200 && status < 300;
  const json = readJson(single(headers["content-type"]), text, secrets);
  if (!ok) {
    const body = json.kind === "json" ? json.value : null;
    throw translateStatus(status, body, exchange, retryAfter(single(headers["retry-after"]), now));
  }
  if (json.kind === "json") return { status, body: json.value, exchange };
  if (json.kind === "empty") return { status, body: null, exchange };
  throw badAnswer(json.what, exchange, status);
}

type ReadJson =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "empty" }
  | { readonly kind: "other"; readonly what: string };

function readJson(contentType: string | undefined, text: string, secrets: Secrets): ReadJson {
  if (text.trim() === "") return { kind: "empty" };
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "text/html") return { kind: "other", what: "an HTML page instead of JSON" };
  if (type !== "" && !/[/+]json$/.test(type)) {
    return { kind: "other", what: `${secrets.hide(type).slice(0, 60)} instead of JSON` };
  }
  try {
    return { kind: "json", value: secrets.hideIn(JSON.parse(text), text) };
  } catch {
    return { kind: "other", what: "JSON that can't be read" };
  }
}

/** `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), in milliseconds from now. */
function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
