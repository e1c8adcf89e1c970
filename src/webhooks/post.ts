/** One POST of a message, within the time that an endpoint has. Follows no redirect, keeps nothing of the answer but its status. */
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

/**
 * How long an endpoint may take to answer, in milliseconds.
 * @see https://docs.nectarclimate.com/developer-guide/webhooks
 */
const ANSWER_LIMIT_MS = 15_000;

export interface PostOutcome {
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Why there was none. */
  readonly error: string | null;
}

export interface PostOptions {
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

/** What is still read of an answer beside its status, in bytes, so that its sender gets to the end of it. */
const DRAIN_LIMIT = 64 * 1024;

/** Posts a body. Never throws. What is left of the answer when its time is over, or when this is stopped, is broken off. */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  { clock, stopped }: PostOptions,
): Promise<PostOutcome> {
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(ANSWER_LIMIT_MS, over.signal).then(
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
    const status = await statusOf(url, headers, body, signal, () => over.abort());
    return { status, error: null };
  } catch (error) {
    over.abort();
    return { status: null, error: why() ?? reasonOf(error) };
  }
}

/** @param onClosed is called when nothing of the attempt is left, which may be long after the status */
function statusOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  signal: AbortSignal,
  onClosed: () => void,
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
    ask.on("close", onClosed);
    // A change of protocol that nobody asked for is an answer as well; Node tells of it only here.
    ask.on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode ?? 0);
    });
    ask.on("response", (answer) => {
      resolve(answer.statusCode ?? 0);
      // The rest of the answer is dropped, and waited for by nobody.
      let left = DRAIN_LIMIT;
      answer.on("error", () => {});
      answer.on("data", (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) answer.destroy();
      });
    });
    ask.end(body);
  });
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS.get(code) ?? (code === "" ? "the request failed" : `the request failed (${code})`);
}
