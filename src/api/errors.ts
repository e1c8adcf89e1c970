/**
 * The one boundary where got's errors and HTTP statuses become ours. got's own error objects hold the request's
 * headers, so none of them is kept, not even as a cause.
 */
import {
  AuthError,
  type NectarError,
  NetworkError,
  NotFoundError,
  type Processed,
  RefusedError,
} from "../errors.ts";

export interface Exchange {
  readonly method: string;
  /** Without the base URL, without the query. */
  readonly path: string;
  /** The server's scheme, host and port. */
  readonly origin: string;
}

/** Failures of the connection itself: the request never left, so sending it again is safe. */
const NOT_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host can't be reached",
  ENETUNREACH: "the network can't be reached",
  EADDRNOTAVAIL: "no connection could be opened",
};

const CERTIFICATE = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_PROXY/;
const BEFORE_SENDING = new Set(["lookup", "connect", "secureConnect", "socket"]);
const LONGEST_DETAIL = 300;

/**
 * A failure without an answer, translated.
 *
 * @param error whatever the HTTP library threw
 * @returns a NetworkError that says whether the server can have acted
 */
export function translateFailure(error: unknown, exchange: Exchange): NetworkError {
  const code = textOf(error, "code") ?? "";
  const where = `${exchange.method} ${exchange.path} at ${exchange.origin}`;
  const reason = NOT_SENT[code];
  if (reason !== undefined) {
    return new NetworkError("unreachable", `can't reach ${exchange.origin}: ${reason}`, {
      processed: "no",
      hint: "Check the network, and the URL of the API.",
    });
  }
  if (code === "ETIMEDOUT") {
    const phase = textOf(error, "event") ?? "";
    return new NetworkError("timeout", `no answer in time to ${where}`, {
      processed: BEFORE_SENDING.has(phase) ? "no" : "unknown",
    });
  }
  if (CERTIFICATE.test(code)) {
    return new NetworkError("tls", `no secure connection to ${exchange.origin}: ${code}`, {
      processed: "no",
      retryable: false,
      hint: "Behind a proxy with its own certificate, name its file in NODE_EXTRA_CA_CERTS.",
    });
  }
  return new NetworkError(
    "connection_lost",
    `the connection broke during ${where}${code === "" ? "" : ` (${code})`}`,
    { processed: "unknown" },
  );
}

/**
 * An answer whose status is not a success, translated. A `detail` field is documented for errors, nothing else is.
 *
 * @param body the answer's JSON, or null where it had none
 * @param retryAfterMs what the server asked to wait, in milliseconds
 * @see https://docs.nectarclimate.com/cookbooks/getting-started
 */
export function translateStatus(
  status: number,
  body: unknown,
  exchange: Exchange,
  retryAfterMs: number | null,
): NectarError {
  const detail = detailOf(body);
  const said = detail === null ? "" : `: ${detail}`;
  const where = `${exchange.method} ${exchange.path}`;
  if (status === 401) {
    return new AuthError("key_refused", `${exchange.origin} refused the key (401)${said}`, {
      httpStatus: status,
      hint: "Check that the key is active and belongs to this environment.",
      next: [
        { words: ["nectar", "auth", "status"], why: "which key is used, and where it comes from" },
        { words: ["nectar", "auth", "login"], why: "give another key" },
      ],
    });
  }
  if (status === 403) {
    return new AuthError("not_allowed", `the key may not do ${where} (403)${said}`, {
      httpStatus: status,
      hint: "Usually the key's scope, or an ID that belongs to somebody else.",
    });
  }
  if (status === 404) {
    return new NotFoundError("not_found", `not found: ${where}${said}`, { httpStatus: status });
  }
  if (status === 429) {
    return new NetworkError("rate_limited", `too many requests for ${exchange.origin} (429)`, {
      httpStatus: status,
      processed: "no",
      retryAfterMs,
    });
  }
  if (status >= 500 || status === 408) {
    return new NetworkError("server_error", `the server failed on ${where} (${status})${said}`, {
      httpStatus: status,
      processed: "unknown",
      retryAfterMs,
    });
  }
  return new RefusedError("refused", `the API refused ${where} (${status})${said}`, {
    httpStatus: status,
  });
}

/** A redirect. It is never followed: the key, and the utility's password, would go along. */
export function redirectError(
  status: number,
  location: string | undefined,
  exchange: Exchange,
): NetworkError {
  const target = location === undefined ? null : originOf(location, exchange.origin);
  const to = target === null ? "another place" : target;
  return new NetworkError(
    "redirect",
    `${exchange.origin} redirects ${exchange.method} ${exchange.path} to ${to} (${status}), which is not followed`,
    {
      httpStatus: status,
      // 307 and 308 ask for the same request elsewhere; 303 is a usual answer to one that was acted on (RFC 9110 §15.4).
      processed: status === 307 || status === 308 ? "no" : "unknown",
      retryable: false,
      hint: "Check the URL of the API: the key is sent to no other place than it.",
    },
  );
}

/** An answer that can't be understood. For a create, nothing says that it did not happen. */
export function badAnswer(
  what: string,
  exchange: Exchange,
  httpStatus: number | null,
  processed: Processed = "unknown",
): NetworkError {
  return new NetworkError(
    "bad_answer",
    `${exchange.origin} answered ${exchange.method} ${exchange.path} with ${what}`,
    {
      httpStatus,
      processed,
      retryable: false,
      hint: "Check that the URL is the Nectar API's, and that no proxy or login page stands before it.",
    },
  );
}

function originOf(location: string, base: string): string | null {
  return URL.canParse(location, base) ? new URL(location, base).origin : null;
}

/** The error text of an answer: `detail` as documented, else the fields and their messages, else the JSON itself. */
function detailOf(body: unknown): string | null {
  if (body === null || body === undefined) return null;
  const detail = typeof body === "object" && "detail" in body ? body.detail : body;
  const text = typeof detail === "string" ? detail : JSON.stringify(detail);
  return text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
}

function textOf(value: unknown, key: "code" | "event"): string | null {
  if (typeof value !== "object" || value === null || !(key in value)) return null;
  const text = (value as { readonly [name in typeof key]?: unknown })[key];
  return typeof text === "string" ? text : null;
}
