/**
 * The only place where got's errors and HTTP statuses become our errors. got's error objects hold the request headers,
 * so they are never kept, not even as a cause.
 */
import {
  AuthError,
  codeOf,
  NectarError,
  NetworkError,
  type NextCommand,
  NotFoundError,
  RefusedError,
} from "../errors.ts";

export interface Exchange {
  readonly method: string;
  /** Without the base URL and the query. */
  readonly path: string;
  /** The server's scheme, host and port. */
  readonly origin: string;
}

/** Messages for network failures. */
export const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the host name was not found",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host can't be reached",
  ENETUNREACH: "the network can't be reached",
  EADDRNOTAVAIL: "no connection could be opened",
};

const DOCTOR: readonly NextCommand[] = [
  { words: ["nectar", "doctor"], why: "check the network, the target and the key" },
];

export const CERTIFICATE = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_PROXY/;
const LONGEST_DETAIL = 300;

/**
 * Translates a failure without a response. An error of our own, also one that the HTTP library has wrapped, is returned
 * as it is.
 *
 * @param error whatever the HTTP library threw
 * @param sent whether a connection was open, so that the server may have received the request
 */
export function translateFailure(error: unknown, exchange: Exchange, sent: boolean): NectarError {
  if (error instanceof NectarError) return error;
  if (error instanceof Error && error.cause instanceof NectarError) return error.cause;
  const code = codeOf(error);
  const where = `${exchange.method} ${exchange.path} at ${exchange.origin}`;
  const processed = sent ? "unknown" : "no";
  const reason = UNREACHABLE[code];
  if (reason !== undefined) {
    return new NetworkError("unreachable", `can't reach ${exchange.origin}: ${reason}`, {
      processed,
      hint: "Check the network, and the URL of the API.",
      next: DOCTOR,
    });
  }
  if (code === "ETIMEDOUT") {
    return new NetworkError("timeout", `no response in time to ${where}`, {
      ...{ processed, next: DOCTOR },
    });
  }
  if (CERTIFICATE.test(code)) {
    return new NetworkError("tls", `no secure connection to ${exchange.origin}: ${code}`, {
      processed,
      retryable: false,
      hint: "Behind a proxy with its own certificate, set NODE_EXTRA_CA_CERTS to the certificate file.",
      next: DOCTOR,
    });
  }
  return new NetworkError(
    "connection_lost",
    `the connection broke during ${where}${code === "" ? "" : ` (${code})`}`,
    { processed, next: DOCTOR },
  );
}

/**
 * Translates a response whose status is not a success. For errors only a `detail` field is documented.
 *
 * @param body the response's JSON as `withoutPasswords` leaves it, or null if there was none
 * @param retryAfterMs the wait that the server requested, in milliseconds
 * @see https://docs.nectarclimate.com/cookbooks/getting-started
 */
export function translateStatus(
  status: number,
  body: unknown,
  exchange: Exchange,
  retryAfterMs: number | null,
): NectarError {
  const detail = detailOf(body);
  const suffix = detail === null ? "" : `: ${detail}`;
  const where = `${exchange.method} ${exchange.path}`;
  if (status === 401) {
    return new AuthError("key_refused", `${exchange.origin} refused the key (401)${suffix}`, {
      httpStatus: status,
      hint: "Check that the key is active and belongs to this environment.",
      next: [
        { words: ["nectar", "auth", "status"], why: "which key is used, and where it comes from" },
        { words: ["nectar", "auth", "login"], why: "use another key" },
      ],
    });
  }
  if (status === 403) {
    return new AuthError("not_allowed", `the key is not allowed to call ${where} (403)${suffix}`, {
      httpStatus: status,
      hint: "Usually the cause is the key's scope, or an ID that belongs to someone else.",
      next: [{ words: ["nectar", "auth", "status"], why: "which key is used" }],
    });
  }
  // 410: it existed once (RFC 9110 §15.5.11).
  if (status === 404 || status === 410) {
    return new NotFoundError("not_found", `not found: ${where}${suffix}`, { httpStatus: status });
  }
  if (status === 429) {
    return new NetworkError("rate_limited", `too many requests for ${exchange.origin} (429)`, {
      httpStatus: status,
      processed: "no",
      retryAfterMs,
    });
  }
  if (status >= 500 || status === 408) {
    return new NetworkError("server_error", `the server failed on ${where} (${status})${suffix}`, {
      httpStatus: status,
      // A server that says when to retry did not process the request (RFC 9110 §15.6.4).
      processed: status === 503 && retryAfterMs !== null ? "no" : "unknown",
      retryAfterMs,
      next: DOCTOR,
    });
  }
  return new RefusedError("refused", `the API refused ${where} (${status})${suffix}`, {
    httpStatus: status,
  });
}

/**
 * The error for a redirect. Redirects are never followed: the key and the utility's password would be sent along.
 *
 * @param target the origin that it redirects to, if known
 */
export function redirectError(
  status: number,
  target: string | null,
  exchange: Exchange,
): NetworkError {
  const to = target ?? "another URL";
  return new NetworkError(
    "redirect",
    `${exchange.origin} redirects ${exchange.method} ${exchange.path} to ${to} (${status}), which is not followed`,
    {
      httpStatus: status,
      // 303 usually follows a processed request (RFC 9110 §15.4.4); the other codes prove nothing.
      processed: "unknown",
      retryable: false,
      hint: "Check the URL of the API: the key is not sent anywhere else.",
      next: DOCTOR,
    },
  );
}

/** The error for a response that can't be parsed. A create may have succeeded all the same. */
export function badResponse(
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
      hint: "Check that the URL is the Nectar API's, and that there is no proxy or login page in front of it.",
      next: DOCTOR,
    },
  );
}

/** The error text of a response: `detail` as documented, else the JSON itself. */
function detailOf(body: unknown): string | null {
  if (body === null || body === undefined) return null;
  const detail = typeof body === "object" && "detail" in body ? body.detail : body;
  const text = typeof detail === "string" ? detail : JSON.stringify(detail);
  return text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
}
