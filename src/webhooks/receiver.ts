/** The receiving end of webhooks, on loopback: reads, verifies, passes on, answers. Knows no emulator. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, isLoopback, LOOPBACK, listenOnLoopback } from "../api/loopback.ts";
import { UsageError } from "../errors.ts";
import { type PostOptions, type PostOutcome, post } from "./post.ts";
import { type Headers, messageId, type Verify } from "./signature.ts";

/** In bytes. Our choice: no event comes near it. */
const BODY_LIMIT = 1024 * 1024;

/** What is still read, and thrown away, of a body above the limit, so that its sender gets to see the answer. */
const DRAIN_LIMIT = 16 * BODY_LIMIT;

const TOO_LARGE = `the body is larger than ${BODY_LIMIT} bytes`;

/** How many IDs of messages are remembered, the newest of them. */
const REMEMBERED = 10_000;

/** What is passed on beside the body: all that a signature is checked with. */
const PASSED_ON = /^(?:content-type|user-agent|(?:svix|webhook)-[a-z-]+)$/;

/** How often listeners have passed a message on, so that those that lead to each other come to an end. Ours. */
const HOPS = "nectar-hops";
const MOST_HOPS = 3;
const LOOP = `it was passed on ${MOST_HOPS} times already, so listeners lead to each other`;

/** One request that came in. */
export interface Received {
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** The message's ID, the same for each attempt. */
  readonly id: string | null;
  readonly verified: boolean;
  /** Why it is not verified. */
  readonly reason: string | null;
  /** Whether a verified message with this ID came before. */
  readonly duplicate: boolean;
  readonly forwarded: PostOutcome | null;
  /** Null unless it is verified and JSON. */
  readonly payload: unknown;
}

export interface ReceiverOptions extends PostOptions {
  readonly clock: PostOptions["clock"] & { now(): number };
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Null as long as the secret is not known: what comes then is to come again. */
  readonly verify: () => Verify | null;
  /** Where verified messages are passed on to, to the byte; null keeps them here. */
  readonly forwardTo: string | null;
  readonly onReceived: (received: Received) => void;
}

export interface Receiver {
  /** Such as `http://127.0.0.1:4011/`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1. A verified message is answered 204, or with the status of whoever it was passed on to;
 * 502 when that gave none, so that it is sent again; 508 when listeners pass it on in a circle; 400 for one whose
 * signature is not right.
 *
 * @throws {UsageError} `port_in_use` or `port_not_allowed`; `invalid_input` when it would pass on to itself
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    receive(request, options, seen).then(
      ({ status, detail }) => answer(response, status, detail),
      // Whoever sent it went away before the end of it.
      () => response.destroy(),
    );
  });
  const port = await listenOnLoopback(server, options.port, []);
  const { forwardTo } = options;
  if (forwardTo !== null && isAt(forwardTo, port)) {
    // Only now, as the system may have picked this very port.
    await closeServer(server);
    throw new UsageError("invalid_input", `--forward-to: ${forwardTo} is this listener itself`, {
      hint: "Name the address of the program that is to get the events.",
    });
  }
  return {
    url: `http://${LOOPBACK}:${port}/`,
    close: () => closeServer(server),
  };
}

interface Answer {
  readonly status: number;
  readonly detail: string | null;
}

async function receive(
  request: IncomingMessage,
  { verify, clock, stopped, forwardTo, onReceived }: ReceiverOptions,
  seen: Set<string>,
): Promise<Answer> {
  if (request.method !== "POST") return { status: 405, detail: "Webhooks come as POST." };
  const body = await readBody(request);
  const receivedAt = new Date(clock.now()).toISOString();
  const id = messageId(request.headers);
  const check = verify();
  if (check === null) return { status: 503, detail: "Not ready yet." };
  const reason = body === null ? TOO_LARGE : check(request.headers, body);
  if (body === null || reason !== null) {
    // What it holds may be anybody's words, so none of it goes further.
    const nothing = { duplicate: false, forwarded: null, payload: null };
    onReceived({ receivedAt, id, verified: false, reason, ...nothing });
    return { status: body === null ? 413 : 400, detail: `Not verified: ${reason}.` };
  }
  const duplicate = id !== null && !remember(id, seen);
  const hops = hopsOf(request.headers);
  const isLoop = forwardTo !== null && hops >= MOST_HOPS;
  const forwarded = isLoop
    ? { status: null, error: LOOP }
    : forwardTo === null
      ? null
      : await post(forwardTo, passedOn(request.headers, hops + 1), body, { clock, stopped });
  const payload = parse(body);
  onReceived({ receivedAt, id, verified: true, reason: null, duplicate, forwarded, payload });
  if (forwarded === null) return { status: 204, detail: null };
  if (isLoop) return { status: 508, detail: `Not passed on: ${LOOP}.` };
  const { status, error } = forwarded;
  // Below 200 nothing is a last answer, and some of it can't be written at all.
  return status === null || status < 200
    ? { status: 502, detail: `Not passed on: ${error ?? `the answer was ${status}`}.` }
    : { status, detail: null };
}

/** @returns null when it is longer than the limit */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length <= BODY_LIMIT) chunks.push(bytes);
    if (length > DRAIN_LIMIT) break;
  }
  return length > BODY_LIMIT ? null : Buffer.concat(chunks);
}

/** @returns whether it is new */
function remember(id: string, seen: Set<string>): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const [oldest] = seen;
  if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  return true;
}

/** Whether a URL leads to a port of this machine, however that is written. */
function isAt(url: string, port: number): boolean {
  const { protocol, hostname, port: named } = new URL(url);
  const usual = protocol === "https:" ? "443" : "80";
  return isLoopback(hostname) && (named || usual) === String(port);
}

function hopsOf(headers: Headers): number {
  const text = headers[HOPS];
  // Something between listeners that changes it must not make a circle endless.
  return text === undefined ? 0 : /^\d$/.test(String(text)) ? Number(text) : MOST_HOPS;
}

function passedOn(headers: Headers, hops: number): Record<string, string> {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    PASSED_ON.test(name) && typeof value === "string" ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(passed), [HOPS]: String(hops) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

function answer(response: ServerResponse, status: number, detail: string | null): void {
  // Nothing is kept alive, so that the rest of a body that is too long is not waited for.
  const headers = { connection: "close" };
  if (detail === null) response.writeHead(status, headers).end();
  else {
    const type = { "content-type": "application/json" };
    response.writeHead(status, { ...headers, ...type }).end(JSON.stringify({ detail }));
  }
}
