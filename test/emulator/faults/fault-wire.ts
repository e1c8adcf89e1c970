/** Talks to an emulator byte by byte, so that a test sees what a client sees of an answer that goes wrong. */
import { type Agent, type IncomingHttpHeaders, request } from "node:http";
import { onTestFinished } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";

type Address = Pick<RunningEmulator, "url" | "key">;

/** What came of a request. */
export interface Exchange {
  /** Null when the connection ended before any answer. */
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Whether the whole answer came, as its own headers announce it. */
  readonly complete: boolean;
}

/** A request that is under way. */
export interface Asking {
  readonly ended: Promise<Exchange>;
  /** Resolves when the whole request has left this process. */
  readonly sent: Promise<void>;
  /** Resolves when the head of the answer is there. */
  readonly head: Promise<void>;
  /** Resolves as soon as so many bytes of the body are there. */
  bytes(count: number): Promise<void>;
  /** Goes away without waiting for more. */
  leave(): void;
  /** The same without a word to the other side: what the system does for a program that is killed with data unread. */
  reset(): void;
}

export interface AskOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** Sends one request below the version prefix, or anywhere when the path begins with the whole URL. */
export function asking(
  emulator: Address,
  method: string,
  path: string,
  { body, headers, agent }: AskOptions = {},
): Asking {
  const url = path.startsWith("/_emulator")
    ? new URL(path, emulator.url)
    : `${emulator.url}${path}`;
  const text = body === undefined ? null : JSON.stringify(body);
  const ask = request(url, {
    method,
    agent: agent ?? false,
    headers: {
      "X-API-Key": emulator.key,
      ...(text === null ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  });
  onTestFinished(() => {
    ask.destroy();
  });
  const chunks: Buffer[] = [];
  let size = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let gotHead = () => {};
  const head = new Promise<void>((resolve) => {
    gotHead = resolve;
  });
  const ended = new Promise<Exchange>((resolve) => {
    let answered = false;
    ask.on("error", () => undefined);
    ask.on("close", () => {
      if (!answered) resolve({ status: null, headers: {}, text: "", complete: false });
    });
    ask.on("response", (answer) => {
      answered = true;
      gotHead();
      answer.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        for (const one of waiting) if (one.count <= size) one.resolve();
      });
      answer.on("error", () => undefined);
      answer.on("close", () =>
        resolve({
          status: answer.statusCode ?? null,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString("utf8"),
          complete: answer.complete,
        }),
      );
    });
  });
  const sent = new Promise<void>((resolve) => {
    ask.on("finish", resolve);
  });
  ask.end(text ?? undefined);
  return {
    ended,
    sent,
    head,
    bytes: (count) =>
      new Promise((resolve) => {
        if (size >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    leave: () => ask.destroy(),
    reset: () => ask.socket?.resetAndDestroy(),
  };
}

/** Sends one request and waits for what comes of it. */
export function exchange(
  emulator: Address,
  method: string,
  path: string,
  options: AskOptions = {},
): Promise<Exchange> {
  return asking(emulator, method, path, options).ended;
}

/** A clock that stands still until the test lets it go on. */
export interface HeldClock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** What was slept so far, and is slept now, in milliseconds. */
  readonly slept: readonly number[];
  /** Resolves when so many sleeps have begun in all. */
  begun(count: number): Promise<void>;
  /** Ends the sleep that began first and has not ended. */
  wake(): void;
}

export function heldClock(): HeldClock {
  const slept: number[] = [];
  const asleep: (() => void)[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    now: () => 0,
    slept,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        slept.push(ms);
        asleep.push(resolve);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        for (const one of waiting) if (one.count <= slept.length) one.resolve();
      }),
    begun: (count) =>
      new Promise((resolve) => {
        if (slept.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    wake: () => asleep.shift()?.(),
  };
}
