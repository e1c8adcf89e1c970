/**
 * The one boundary where got's errors and HTTP statuses become ours. got's own error objects hold the request's
 * headers, so none of them is kept, not even as a cause.
 */
import {
  AuthError,
  type NectarError,
  NetworkError,
  NotFoundError,
  RefusedError,
} from "../errors.ts";

export interface Exchange {
  readonly method: string;
  /** Without the base URL, without the query. */
  readonly path: string;
  /** The server's scheme, host and port. */
  readonly origin: string;
}

/** Failures of the network, in words. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host can't be reached",
  ENETUNREACH: "the network can't be reached",
  EADDRNOTAVAIL: "no connection could be opened",
};

const CERTIFICATE = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_PROXY/;
const LONGEST_DETAIL = 300;

/**
 * A failure without an answer, translated.
 *
 * @param error whatever the HTTP library threw
 * @param sent whether a connection was open, so that the server may have got the request
 */
export function translateFailure(error: unknown, exchange: Exchange, sent: boolean): NetworkError {
  const code = codeOf(error);
  const where = `${exchange.method} ${exchange.path} at ${exchange.origin}`;
  const processed = sent ? "unknown" : "no";
  const reason = UNREACHABLE[code];
  if (reason !== undefined) {
    return new NetworkError("unreachable", `can't reach ${exchange.origin}: ${reason}`, {
      processed,
      hint: "Check the network, and the URL of the API.",
    });
  }
  if (code === "ETIMEDOUT") {
    return new NetworkError("timeout", `no answer in time to ${where}`, { processed });
  }
  if (CERTIFICATE.test(code)) {
    return new NetworkError("tls", `no secure connection to ${exchange.origin}: ${code}`, {
      processed,
      retryable: false,
      hint: "Behind a proxy with its own certificate, name its file in NODE_EXTRA_CA_CERTS.",
    });
  }
  return new NetworkError(
    "connection_lost",
    `the connection broke during ${where}${code === "" ? "" : ` (${code})`}`,
    { processed },
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
      // A server that says when to come back has turned the request away (RFC 9110 §15.6.4).
      processed: status === 503 && retryAfterMs !== null ? "no" : "unknown",
      retryAfterMs,
    });
  }
  return new RefusedError("refused", `the API refused ${where} (${status})${said}`, {
    httpStatus: status,
  });
}

/**
 * A redirect. It is never followed: the key, and the utility's password, would go along.
 *
 * @param target the origin that it leads to, if it says so
 */
export function redirectError(
  status: number,
  target: string | null,
  exchange: Exchange,
): NetworkError {
  const to = target ?? "another place";
  return new NetworkError(
    "redirect",
    `${exchange.origin} redirects ${exchange.method} ${exchange.path} to ${to} (${status}), which is not followed`,
    {
      httpStatus: status,
      // 303 is a usual answer to a request that was acted on (RFC 9110 §15.4.4), and nothing proves the others.
      processed: "unknown",
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
): NetworkError {
  return new NetworkError(
    "bad_answer",
    `${exchange.origin} answered ${exchange.method} ${exchange.path} with ${what}`,
    {
      httpStatus,
      processed: "unknown",
      retryable: false,
      hint: "Check that the URL is the Nectar API's, and that no proxy or login page stands before it.",
    },
  );
}

/** The error text of an answer: `detail` as documented, else the fields and their messages, else the JSON itself. */
function detailOf(body: unknown): string | null {
  if (body === null || body === undefined) return null;
  const detail = typeof body === "object" && "detail" in body ? body.detail : body;
  const text = typeof detail === "string" ? detail : jsonOf(detail);
  return text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than it can be written.
    return "…";
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
