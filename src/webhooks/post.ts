/** Posts a message once, with a time-out. Follows no redirects and discards everything in the response except its status. */
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { codeOf } from "../errors.ts";

/**
 * How long an endpoint may take to respond, in milliseconds.
 * @see https://docs.nectarclimate.com/developer-guide/webhooks
 */
const RESPONSE_TIMEOUT_MS = 15_000;

export interface PostOutcome {
  /** Null when there was no response. */
  readonly status: number | null;
  /** Why there was none. */
  readonly error: string | null;
}

export interface PostOptions {
  /** `sleep` waits for that many milliseconds, and rejects when the signal aborts. */
  readonly clock: { sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly stopped: AbortSignal;
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection closed without a response"],
  ["ENOTFOUND", "no such host"],
  ["EAI_AGAIN", "no such host"],
  ["ETIMEDOUT", "no connection"],
  ["EHOSTUNREACH", "no connection"],
  ["ENETUNREACH", "no connection"],
]);

/** How many bytes of the response body are read and discarded, so that the sender can finish. */
const DRAIN_LIMIT = 64 * 1024;

/** Posts a body. Never throws. Reading the response ends at the time-out, or when `stopped` aborts. */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  { clock, stopped }: PostOptions,
): Promise<PostOutcome> {
  const timedOut = new AbortController();
  const finished = new AbortController();
  clock.sleep(RESPONSE_TIMEOUT_MS, finished.signal).then(
    () => timedOut.abort(),
    () => {},
  );
  try {
    const signal = AbortSignal.any([timedOut.signal, stopped]);
    const status = await statusOf(url, headers, body, signal, () => finished.abort());
    return { status, error: null };
  } catch (error) {
    finished.abort();
    const reason = timedOut.signal.aborted
      ? `no response within ${RESPONSE_TIMEOUT_MS / 1000} s`
      : stopped.aborted
        ? "stopped"
        : reasonOf(error);
    return { status: null, error: reason };
  }
}

/** @param onClosed called when the connection is closed, which may be long after the status arrives */
function statusOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  signal: AbortSignal,
  onClosed: () => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = new URL(url).protocol === "https:" ? overHttps : overHttp;
    const request = send(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(body.length) },
      // A kept-alive connection would keep this process running.
      agent: false,
      signal,
    });
    request.on("error", reject);
    request.on("close", onClosed);
    // An unrequested protocol upgrade is a response, too; Node reports it only here.
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    request.on("response", (response) => {
      resolve(response.statusCode ?? 0);
      // The body is discarded without waiting for it.
      let remaining = DRAIN_LIMIT;
      response.on("error", () => {});
      response.on("data", (chunk: Buffer) => {
        remaining -= chunk.length;
        if (remaining < 0) response.destroy();
      });
    });
    request.end(body);
  });
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return REASONS.get(code) ?? (code === "" ? "the request failed" : `the request failed (${code})`);
}
