/**
 * How a fault sends what the app would repair or could not send: whatever has to be exact to the byte is done on Node's own
 * response, past the app.
 */
import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** A request that has met a fault. */
export interface MetRequest {
  /** Does what the request asks for. */
  act(): Promise<Response>;
  /** Takes in the whole body now, so that the request can be acted on when the client is gone. */
  receive(): Promise<void>;
  /** Lets the lists of this request show what was there so many milliseconds ago. */
  lagLists(ms: number): void;
  readonly outgoing: ServerResponse;
  /** Aborts when the connection is closed, by either side. */
  readonly gone: AbortSignal;
  /** Aborts when the server ends. */
  readonly closing: AbortSignal;
  /** Waits so many milliseconds; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Statuses whose answers have no body (RFC 9110 §15). */
export const BODILESS: readonly number[] = [101, 204, 205, 304];

const LOGIN_PAGE =
  '<!doctype html><title>Sign in</title><form method="post"><input name="user"><input name="password" type="password"></form>\n';

/** How often a slow body goes on in a second, as far as its rate lets it. */
const PIECES_PER_SECOND = 10;

/** A piece of an endless JSON list: larger than what a connection takes at once, so that every piece waits for its reader. */
const ENDLESS_PIECE = Buffer.from("0,".repeat(32 * 1024));

/** @param body text is sent as it stands, anything else as JSON; an error in JSON when not given */
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
  // Our choice: what was not given has the documented shape of an error.
  const content = body === undefined ? { detail: "A fault of the local emulator." } : body;
  return new Response(isText ? body : JSON.stringify(content), { status, headers });
}

/** What a proxy does that takes the request for the start of a web socket: the connection stays open, and nothing follows. */
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

/** A JSON response without these members, in all of its objects; any other response as it is. */
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

/** JSON that breaks off in its middle: the beginning of a list or an object is never whole. */
export async function brokenOff(whole: Response | null): Promise<Response> {
  const text = (await whole?.text()) ?? "";
  const status = whole === null || BODILESS.includes(whole.status) ? 200 : whole.status;
  const headers = { "content-type": "application/json" };
  return new Response(text.slice(0, Math.ceil(text.length / 2)) || "{", { status, headers });
}

/** Announces the whole body, sends only so many bytes of it, and closes the connection. */
export async function sendTruncated(
  whole: Response,
  bytes: number,
  { outgoing }: MetRequest,
): Promise<null> {
  const { socket } = outgoing;
  const body = await sendHead(whole, outgoing);
  if (bytes > 0) outgoing.write(body.subarray(0, bytes));
  // Closes when what was written is on its way.
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
  const size = Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND));
  for (let sent = 0; sent < body.length; sent += size) {
    const piece = body.subarray(sent, sent + size);
    const ms = Math.round((piece.length / bytesPerSecond) * 1000);
    if (!(await waited(ms, gone, request))) return null;
    outgoing.write(piece);
  }
  outgoing.end();
  return null;
}

export async function sendEndless({ outgoing, gone }: MetRequest): Promise<null> {
  outgoing.writeHead(200, { "content-type": "application/json" });
  outgoing.write("[");
  while (!gone.aborted) {
    if (outgoing.write(ENDLESS_PIECE)) continue;
    await once(outgoing, "drain", { signal: gone }).catch(() => undefined);
  }
  return null;
}

/** Leaves the connection open without a word, until it is closed. */
export function never(gone: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve(null);
    else gone.addEventListener("abort", () => resolve(null), { once: true });
  });
}

/** @returns false when the wait was given up, because of the signal or the end of the server */
export function waited(
  ms: number,
  signal: AbortSignal,
  { sleep, closing }: Pick<MetRequest, "sleep" | "closing">,
): Promise<boolean> {
  return sleep(ms, AbortSignal.any([signal, closing])).then(
    () => true,
    () => false,
  );
}

/** Sends status and headers with the length of the whole body, and hands that body back. */
async function sendHead(whole: Response, outgoing: ServerResponse): Promise<Buffer> {
  const body = Buffer.from(await whole.arrayBuffer());
  outgoing.writeHead(whole.status, {
    ...Object.fromEntries(whole.headers),
    ...(BODILESS.includes(whole.status) ? {} : { "content-length": body.length }),
  });
  outgoing.flushHeaders();
  return body;
}
