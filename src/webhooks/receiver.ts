/** Receives webhooks on loopback: reads, verifies, forwards and responds. Independent of the emulator. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, isLoopback, LOOPBACK, listenOnLoopback } from "../api/loopback.ts";
import { UsageError } from "../errors.ts";
import { type PostOptions, type PostOutcome, post } from "./post.ts";
import { type Headers, messageId, type Verify } from "./signature.ts";

/** In bytes. Our choice: no event comes near it. */
const BODY_LIMIT = 1024 * 1024;

/** How many bytes of an oversized body are read and discarded, so that the sender gets to see the response. */
const DRAIN_LIMIT = 16 * BODY_LIMIT;

const TOO_LARGE = `the body is larger than ${BODY_LIMIT} bytes`;

/** How many of the most recent message IDs are remembered. */
const MAX_REMEMBERED = 10_000;

/** The headers to forward: everything needed to verify the signature. */
const FORWARDED_HEADERS = /^(?:content-type|user-agent|(?:svix|webhook)-[a-z-]+)$/;

/** Counts how often listeners have forwarded a message, to break loops between them. Our own header. */
const HOPS = "nectar-hops";
const MAX_HOPS = 3;
const LOOP = `it has already been forwarded ${MAX_HOPS} times, so listeners are forwarding to each other in a loop`;

export interface Received {
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** The message's ID, the same for every attempt. */
  readonly id: string | null;
  readonly verified: boolean;
  /** Why it is not verified. */
  readonly reason: string | null;
  /** Whether a verified message with this ID was received before. */
  readonly duplicate: boolean;
  readonly forwarded: PostOutcome | null;
  /** Null unless the message is verified and is JSON. */
  readonly payload: unknown;
}

export interface ReceiverOptions extends PostOptions {
  readonly clock: PostOptions["clock"] & { now(): number };
  /** 0 lets the system choose one. */
  readonly port: number;
  /** Returns null until the secret is known; until then, senders are told to retry. */
  readonly verify: () => Verify | null;
  /** Where verified messages are forwarded, byte for byte; null to not forward. */
  readonly forwardTo: string | null;
  readonly onReceived: (received: Received) => void;
}

export interface Receiver {
  /** Such as `http://127.0.0.1:4011/`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1. A verified message is answered with 204, or with the status from where it was forwarded;
 * with 502 if there was none, so that it is sent again; with 508 if listeners forward it in a loop; with 400 if its
 * signature is invalid.
 *
 * @throws {UsageError} `port_in_use` or `port_not_allowed`; `invalid_input` when it would forward to itself
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    receive(request, options, seen).then(
      ({ status, detail }) => respond(response, status, detail),
      // The sender disconnected before the end of the body.
      () => response.destroy(),
    );
  });
  const port = await listenOnLoopback(server, options.port, []);
  const { forwardTo } = options;
  if (forwardTo !== null && pointsAt(forwardTo, port)) {
    // Checked only now, because the system may have chosen this very port.
    await closeServer(server);
    throw new UsageError("invalid_input", `--forward-to: ${forwardTo} is this listener itself`, {
      hint: "Give the address of the program that should receive the events.",
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
  if (request.method !== "POST") return { status: 405, detail: "Webhooks are sent as POST." };
  const body = await readBody(request);
  const receivedAt = new Date(clock.now()).toISOString();
  const id = messageId(request.headers);
  const check = verify();
  if (check === null) return { status: 503, detail: "Not ready yet." };
  const reason = body === null ? TOO_LARGE : check(request.headers, body);
  if (body === null || reason !== null) {
    // Unverified content may come from anyone, so none of it is used.
    const nothing = { duplicate: false, forwarded: null, payload: null };
    onReceived({ receivedAt, id, verified: false, reason, ...nothing });
    return { status: body === null ? 413 : 400, detail: `Not verified: ${reason}.` };
  }
  const duplicate = id !== null && !remember(id, seen);
  const hops = hopsOf(request.headers);
  const isLoop = forwardTo !== null && hops >= MAX_HOPS;
  const forwarded = isLoop
    ? { status: null, error: LOOP }
    : forwardTo === null
      ? null
      : await post(forwardTo, forwardedHeaders(request.headers, hops + 1), body, {
          clock,
          stopped,
        });
  const payload = parse(body);
  onReceived({ receivedAt, id, verified: true, reason: null, duplicate, forwarded, payload });
  if (forwarded === null) return { status: 204, detail: null };
  if (isLoop) return { status: 508, detail: `Not forwarded: ${LOOP}.` };
  const { status, error } = forwarded;
  // Statuses below 200 are not final, and some of them can't be sent at all.
  return status === null || status < 200
    ? { status: 502, detail: `Not forwarded: ${error ?? `the response was ${status}`}.` }
    : { status, detail: null };
}

/** @returns null if it exceeds the limit */
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
  if (seen.size > MAX_REMEMBERED && oldest !== undefined) seen.delete(oldest);
  return true;
}

/** Whether a URL points to a port of this machine, in any notation. */
function pointsAt(url: string, port: number): boolean {
  const { protocol, hostname, port: named } = new URL(url);
  const defaultPort = protocol === "https:" ? "443" : "80";
  return isLoopback(hostname) && (named || defaultPort) === String(port);
}

function hopsOf(headers: Headers): number {
  const text = headers[HOPS];
  // If something between listeners alters the header, the loop must still end.
  return text === undefined ? 0 : /^\d$/.test(String(text)) ? Number(text) : MAX_HOPS;
}

function forwardedHeaders(headers: Headers, hops: number): Record<string, string> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    FORWARDED_HEADERS.test(name) && typeof value === "string" ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(kept), [HOPS]: String(hops) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

function respond(response: ServerResponse, status: number, detail: string | null): void {
  // No keep-alive, so that we do not wait for the rest of an oversized body.
  const headers = { connection: "close" };
  if (detail === null) response.writeHead(status, headers).end();
  else {
    const type = { "content-type": "application/json" };
    response.writeHead(status, { ...headers, ...type }).end(JSON.stringify({ detail }));
  }
}
