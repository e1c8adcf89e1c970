/**
 * How faults send responses that the app would correct or could not send: anything that must be exact to the byte is
 * written directly to Node's response.
 */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { SleepingClock } from "../clock.ts";

/** A request that gets a fault. */
export interface MetRequest {
  act(): Promise<Response>;
  /** Reads the whole body now, so that the request can be handled after the client disconnects. */
  receive(): Promise<void>;
  /** Makes this request's lists show the state from this many milliseconds ago. */
  lagLists(ms: number): void;
  readonly outgoing: ServerResponse;
  /** Aborts when either side closes the connection. */
  readonly gone: AbortSignal;
  /** Aborts when the server shuts down. */
  readonly closing: AbortSignal;
  readonly clock: SleepingClock;
}

/** Statuses whose responses have no body (RFC 9110 §15). */
export const BODILESS: readonly number[] = [101, 204, 205, 304];

const LOGIN_PAGE =
  '<!doctype html><title>Sign in</title><form method="post"><input name="user"><input name="password" type="password"></form>\n';

/** The most chunks that a slow body is sent in per second. */
const CHUNKS_PER_SECOND = 10;

/** A chunk of an endless JSON list: larger than the write buffer, so that each chunk waits for the client to read. */
const ENDLESS_CHUNK = Buffer.from("0,".repeat(32 * 1024));

/** @param body text is sent as is, anything else as JSON; default an error in JSON */
export function statusResponse(
  status: number,
  given: Readonly<Record<string, string>> | undefined,
  body: unknown,
): Response {
  const headers = new Headers(given);
  if (BODILESS.includes(status)) return new Response(null, { status, headers });
  const isText = typeof body === "string";
  if (!headers.has("content-type")) {
    headers.set("content-type", isText ? "text/plain; charset=utf-8" : "application/json");
  }
  // Our choice: the default body has the documented shape of an error.
  const content = body === undefined ? { detail: "A fault of the local emulator." } : body;
  return new Response(isText ? body : JSON.stringify(content), { status, headers });
}

/** Acts like a proxy that mistakes the request for a WebSocket handshake: the connection stays open and nothing follows. */
export async function switchProtocols(
  given: Readonly<Record<string, string>> | undefined,
  { outgoing, gone }: MetRequest,
): Promise<null> {
  const headers = new Headers(given);
  headers.set("connection", "Upgrade");
  if (!headers.has("upgrade")) headers.set("upgrade", "websocket");
  outgoing.writeHead(101, Object.fromEntries(headers));
  outgoing.flushHeaders();
  return never(gone);
}

export function loginPage(): Response {
  return new Response(LOGIN_PAGE, { headers: { "content-type": "text/html" } });
}

/** Removes these members from every object of a JSON response; returns any other response unchanged. */
export async function without(members: readonly string[], whole: Response): Promise<Response> {
  const isJson = whole.headers.get("content-type")?.startsWith("application/json") ?? false;
  if (!isJson) return whole;
  const left = JSON.parse(await whole.text(), (_, value: unknown) => {
    if (typeof value === "object" && value !== null) {
      for (const member of members) Reflect.deleteProperty(value, member);
    }
    return value;
  });
  return new Response(JSON.stringify(left), { status: whole.status, headers: whole.headers });
}

/** The first half of a JSON response: part of a list or object is never valid JSON. */
export async function brokenOff(whole: Response | null): Promise<Response> {
  const text = (await whole?.text()) ?? "";
  const status = whole === null || BODILESS.includes(whole.status) ? 200 : whole.status;
  const headers = { "content-type": "application/json" };
  return new Response(text.slice(0, Math.ceil(text.length / 2)) || "{", { status, headers });
}

/** Declares the full content length, sends only this many bytes of the body, and closes the connection. */
export async function sendTruncated(
  whole: Response,
  bytes: number,
  { outgoing }: MetRequest,
): Promise<null> {
  const { socket } = outgoing;
  const body = await sendHead(whole, outgoing);
  if (bytes > 0) outgoing.write(body.subarray(0, bytes));
  // Closes once the written data is flushed.
  socket?.destroySoon();
  return null;
}

export async function sendSlowly(
  whole: Response,
  bytesPerSecond: number,
  request: MetRequest,
): Promise<null> {
  const { outgoing, gone } = request;
  const body = await sendHead(whole, outgoing);
  const size = Math.max(1, Math.floor(bytesPerSecond / CHUNKS_PER_SECOND));
  for (let sent = 0; sent < body.length; sent += size) {
    const chunk = body.subarray(sent, sent + size);
    const ms = Math.round((chunk.length / bytesPerSecond) * 1000);
    if (!(await waited(ms, gone, request))) return null;
    outgoing.write(chunk);
  }
  outgoing.end();
  return null;
}

export async function sendEndless({ outgoing, gone }: MetRequest): Promise<null> {
  outgoing.writeHead(200, { "content-type": "application/json" });
  outgoing.write("[");
  while (!gone.aborted) {
    if (outgoing.write(ENDLESS_CHUNK)) continue;
    await once(outgoing, "drain", { signal: gone }).catch(() => undefined);
  }
  return null;
}

/** Sends nothing and waits until the connection is closed. */
export async function never(gone: AbortSignal): Promise<null> {
  if (!gone.aborted) await once(gone, "abort");
  return null;
}

/** @returns false when the wait was aborted, by the signal or the server's shutdown */
export function waited(
  ms: number,
  signal: AbortSignal,
  { clock, closing }: MetRequest,
): Promise<boolean> {
  return clock.sleep(ms, AbortSignal.any([signal, closing])).then(
    () => true,
    () => false,
  );
}

/** Sends the status and headers, with the length of the whole body. @returns the body */
async function sendHead(whole: Response, outgoing: ServerResponse): Promise<Buffer> {
  const body = Buffer.from(await whole.arrayBuffer());
  outgoing.writeHead(whole.status, {
    ...Object.fromEntries(whole.headers),
    ...(BODILESS.includes(whole.status) ? {} : { "content-length": body.length }),
  });
  outgoing.flushHeaders();
  return body;
}
