/** One POST of a message, within the time that an endpoint has. Follows no redirect, keeps nothing of the answer but its status. */
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

/**
 * How long an endpoint may take to answer, in milliseconds.
 * @see https://docs.nectarclimate.com/developer-guide/webhooks
 */
export const ANSWER_LIMIT_MS = 15_000;

export interface PostOutcome {
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Why there was none. */
  readonly error: string | null;
}

export interface PostParts {
  /** `sleep` waits so many milliseconds, and rejects when the signal aborts. */
  readonly clock: { sleep(ms: number, signal: AbortSignal): Promise<void> };
  /** Breaks the attempt off. */
  readonly stopped: AbortSignal;
}

const STOPPED = "stopped";

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection closed without an answer"],
  ["ENOTFOUND", "no such host"],
  ["EAI_AGAIN", "no such host"],
  ["ETIMEDOUT", "no connection"],
  ["EHOSTUNREACH", "no connection"],
  ["ENETUNREACH", "no connection"],
]);

/** Posts a body. Never throws. */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  { clock, stopped }: PostParts,
): Promise<PostOutcome> {
  const late = new AbortController();
  const answered = new AbortController();
  clock.sleep(ANSWER_LIMIT_MS, answered.signal).then(
    () => late.abort(),
    () => {},
  );
  const why = () =>
    late.signal.aborted
      ? `no answer within ${ANSWER_LIMIT_MS / 1000} s`
      : stopped.aborted
        ? STOPPED
        : null;
  try {
    const signal = AbortSignal.any([late.signal, stopped]);
    return { status: await statusOf(url, headers, body, signal), error: null };
  } catch (error) {
    return { status: null, error: why() ?? reasonOf(error) };
  } finally {
    answered.abort();
  }
}

function statusOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = new URL(url).protocol === "https:" ? overHttps : overHttp;
    const ask = send(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(body.length) },
      // No kept-alive connection, which would hold this process open.
      agent: false,
      signal,
    });
    ask.on("error", reject);
    ask.on("response", (answer) => {
      resolve(answer.statusCode ?? 0);
      // The rest of the answer is read and dropped, and waited for by nobody.
      answer.on("error", () => {});
      answer.resume();
      answer.socket.unref();
    });
    ask.end(body);
  });
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS.get(code) ?? (code === "" ? "the request failed" : `the request failed (${code})`);
}
