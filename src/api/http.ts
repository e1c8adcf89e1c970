/** The only got instance: key, limits, safe retries, no redirects. Knows nothing about the API's resources. */
import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import got, { type Method } from "got";
import pLimit from "p-limit";
import { NetworkError, NotFoundError } from "../errors.ts";
import { type HttpResponse, LONGEST_WAIT_MS, readResponse } from "./answer.ts";
import { badResponse, type Exchange, translateFailure } from "./errors.ts";
import { secretsOf } from "./redact.ts";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export type HttpLimits = Readonly<typeof HTTP_LIMITS>;

export const HTTP_LIMITS = {
  connectMs: 5_000,
  requestMs: 30_000,
  bodyBytes: 32 * 1024 * 1024,
  /** Concurrent requests; the vendor asks for at most ten. */
  maxConcurrent: 8,
  retries: 4,
};

export interface HttpOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly key: string;
  readonly userAgent: string;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The deadline of the whole command, in milliseconds since the epoch. */
  readonly deadline: () => number;
  readonly limits?: Partial<HttpLimits>;
  /** For an https URL, for instance one for a proxy. Its NectarErrors are passed on. */
  readonly agent?: HttpsAgent | undefined;
  /** Called for each exchange, without headers or bodies. */
  readonly onExchange?:
    | ((line: { method: string; path: string; outcome: string; ms: number }) => void)
    | undefined;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: unknown;
  /** For creates: see `BeforeSending`. Never resent here, whatever happened: the caller checks first. */
  readonly once?: BeforeSending;
  /** Aborts this request and its retries; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Called right before a create is sent: after any wait in the queue, and again before it is sent to another path.
 * Nothing is sent until it resolves; if it throws, nothing is sent at all.
 */
export type BeforeSending = () => Promise<void>;

/** For callers that send a create once and don't record it. */
export const UNRECORDED: BeforeSending = () => Promise.resolve();

export interface Http {
  /** @throws NectarError for anything but a success */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Until when no request is sent because the server asked for a pause, in milliseconds since the epoch. */
  pausedUntil(): number;
  close(): void;
}

const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 8_000;

/**
 * Creates the HTTP client for one API. A request is retried only if that is safe: the server definitely did not process
 * it, or the method is idempotent (RFC 9110 §9.2.2). Requests with `once` are never retried here. A pause that the server
 * asks for (`Retry-After`, or a 429) is kept by all requests, and a 429 is retried until the deadline.
 */
export function createHttp(options: HttpOptions): Http {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const origin = new URL(options.baseUrl).origin;
  const keepAlive = { keepAlive: true, maxSockets: limits.maxConcurrent };
  // Only the agent that is needed: the https one loads all of TLS.
  const secure = options.baseUrl.startsWith("https:");
  const agent = secure
    ? { https: options.agent ?? new HttpsAgent(keepAlive) }
    : { http: new HttpAgent(keepAlive) };
  const secrets = secretsOf(options.key);
  const limit = pLimit(limits.maxConcurrent);
  let pause: { readonly until: number; readonly error: NetworkError } | null = null;
  const client = got.extend({
    agent,
    // With got's own retry, an error that Node 26 reports after the first one ends the request while it waits.
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    responseType: "text",
    timeout: { connect: limits.connectMs, request: limits.requestMs },
    headers: {
      "x-api-key": options.key,
      "user-agent": options.userAgent,
      accept: "application/json",
    },
  });

  /** Waits while the server wants no requests. */
  async function keepPause(stopped: AbortSignal): Promise<void> {
    while (pause !== null) {
      const left = pause.until - options.clock.now();
      if (left <= 0) return;
      if (pause.until >= options.deadline()) throw tooLong(pause.error, left);
      await options.clock.sleep(left, stopped);
    }
  }

  async function once(request: HttpRequest, stopped: AbortSignal): Promise<HttpResponse> {
    const exchange: Exchange = { method: request.method, path: request.path, origin };
    const cut = new AbortController();
    const refuse = (what: string, status: number | null) =>
      cut.abort(badResponse(what, exchange, status));
    let sent = false;
    const started = options.clock.now();
    let outcome = "failed";
    secrets.learn(request.body);
    try {
      const pending = client(url(options.baseUrl, request), {
        method: request.method satisfies Method,
        signal: AbortSignal.any([stopped, cut.signal]),
        ...(request.body === undefined ? {} : { json: request.body }),
      });
      pending.on("request", (clientRequest) => {
        whenConnected(clientRequest, () => {
          sent = true;
        });
        whenProtocolChanges(clientRequest, (status) => refuse(`the status ${status}`, status));
      });
      pending.on("downloadProgress", ({ transferred }) => {
        if (transferred <= limits.bodyBytes) return;
        refuse(`more than ${limits.bodyBytes / 1024 / 1024} MiB`, null);
      });
      const response = await pending;
      outcome = String(response.statusCode);
      return readResponse(
        response.statusCode,
        response.headers,
        response.body,
        exchange,
        secrets,
        options.clock.now(),
      );
    } catch (error) {
      if (stopped.aborted) {
        const reason: unknown = stopped.reason;
        // Of a create the caller tells more, and knows this reason.
        if (!isDeadline(reason) || request.once !== undefined) throw reason;
        const { method, path } = request;
        throw reason.with({ lines: [`no response yet to ${method} ${path} at ${origin}`] });
      }
      cut.signal.throwIfAborted();
      throw translateFailure(error, exchange, sent);
    } finally {
      const { method, path } = request;
      options.onExchange?.({ method, path, outcome, ms: options.clock.now() - started });
    }
  }

  return {
    async send(request) {
      const { signal } = request;
      const stopped = signal ? AbortSignal.any([options.signal, signal]) : options.signal;
      let mayBeDone = false;
      let last: NetworkError | null = null;
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await limit(async () => {
            await keepPause(stopped);
            await request.once?.();
            return once(request, stopped);
          });
        } catch (error) {
          const asked = error instanceof NetworkError ? error.retryAfterMs : null;
          const wait = Math.max(backOff(attempt, options.random()), asked ?? 0);
          const until = options.clock.now() + wait;
          if (isPause(error) && until > (pause?.until ?? 0)) pause = { until, error };
          // A delete whose response was lost, and whose retry finds nothing, has succeeded.
          if (error instanceof NotFoundError && mayBeDone && request.method === "DELETE") {
            return { status: 204, body: null, pathForms: null, exchange: { ...request, origin } };
          }
          if (last !== null && isDeadline(stopped.reason)) throw cutShort(last);
          if (stopped.aborted || !(error instanceof NetworkError) || !error.retryable) throw error;
          mayBeDone ||= error.processed === "unknown";
          const safe = error.processed === "no" || request.method !== "POST";
          const isLast = attempt >= limits.retries && error.code !== "rate_limited";
          if (request.once !== undefined || !safe || isLast) throw error;
          if (until >= options.deadline()) throw tooLong(error, wait);
          last = error;
          await options.clock.sleep(wait, stopped).catch((reason: unknown) => {
            throw isDeadline(reason) ? cutShort(error) : reason;
          });
        }
      }
    },
    pausedUntil: () => pause?.until ?? Number.NEGATIVE_INFINITY,
    close() {
      agent.https?.destroy();
      agent.http?.destroy();
    },
  };
}

/**
 * The delay before the next attempt, with full jitter.
 *
 * @param attempt 0 for the first
 * @param random from 0 up to 1
 * @returns milliseconds
 */
export function backOff(attempt: number, random: number): number {
  return Math.round(random * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt));
}

/** Calls `then` once the server can receive the request: the connection is open and, for https, secure. */
function whenConnected(request: ClientRequest, then: () => void): void {
  request.once("socket", (socket) => {
    const secures = "secureConnecting" in socket && socket.secureConnecting === true;
    if (secures) socket.once("secureConnect", then);
    else if (socket.connecting) socket.once("connect", then);
    else then();
  });
}

/** Closes an upgraded connection, which the HTTP library would leave open past every deadline. */
function whenProtocolChanges(request: ClientRequest, then: (status: number) => void): void {
  request.once("upgrade", ({ statusCode = 101 }, socket) => {
    socket.destroy();
    then(statusCode);
  });
}

/** Whether the server asks for a pause; it is meant for all requests. */
function isPause(error: unknown): error is NetworkError {
  const isPossible = error instanceof NetworkError && error.retryable;
  return isPossible && (error.code === "rate_limited" || error.retryAfterMs !== null);
}

/** Whether the command's deadline has passed; the last failure explains more than that does. */
function isDeadline(reason: unknown): reason is NetworkError {
  return reason instanceof NetworkError && reason.code === "deadline";
}

/** The last failure of a request that the deadline then stopped; a retry may have been in flight. */
function cutShort({ code, message, httpStatus, retryAfterMs }: NetworkError): NetworkError {
  const hint = "Retried until the command's deadline; change it with --timeout.";
  return new NetworkError(code, message, { processed: "unknown", httpStatus, retryAfterMs, hint });
}

/**
 * The failure of a request whose retry would come after the command's deadline.
 *
 * @param wait the delay before the retry, in milliseconds
 */
export function tooLong(error: NetworkError, wait: number): NetworkError {
  const time = wait >= LONGEST_WAIT_MS ? "a day or longer" : `${Math.ceil(wait / 1000)} s`;
  return error.with({
    hint:
      error.retryAfterMs === null || error.retryAfterMs < wait
        ? "The command's deadline comes before the next attempt; change it with --timeout."
        : `The server asks to wait ${time}, which is past the command's deadline. Run the same command again after that.`,
  });
}

function url(baseUrl: string, request: HttpRequest): URL {
  const target = new URL(`${baseUrl}${request.path}`);
  for (const [name, value] of request.query ?? []) target.searchParams.append(name, value);
  return target;
}
