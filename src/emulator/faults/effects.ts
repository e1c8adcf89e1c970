/**
 * What a fault does to the request that met it. Our own, not Nectar's. Whatever has to be exact to the byte is done on
 * Node's own response, past the app, which would repair it.
 */
import { once } from "node:events";
import { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import { receive } from "../http/body.ts";
import { lagLists } from "../http/lag.ts";
import type { FaultStore } from "./faults.ts";
import { BODILESS, type Fault } from "./schema.ts";

export interface FaultParts {
  readonly faults: FaultStore;
  /** Waits, in milliseconds; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborts when the server ends. */
  readonly closing: AbortSignal;
}

const LOGIN_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in</title></head>
<body><form method="post"><input name="user"><input name="password" type="password"><button>Sign in</button></form></body>
</html>
`;

/** How often a slow body goes on in a second, as far as its rate lets it. */
const DRIPS_PER_SECOND = 10;

/** A piece of an endless JSON list: larger than what a connection takes at once, so that every piece waits for its reader. */
const ENDLESS_PIECE = Buffer.from("0,".repeat(32 * 1024));

/**
 * Lets the faults loose on every request below a version prefix. Goes behind the guards, so that a request which is
 * refused there counts for no fault.
 */
export function faulty({ faults, sleep, closing }: FaultParts, prefix: string): MiddlewareHandler {
  return async (c, next) => {
    const request = { method: c.req.method, path: c.req.path.slice(prefix.length) };
    const fault = await faults.take(request);
    if (fault === null) return next();
    const { lagMs, omit, commitAfterMs } = fault;
    if (lagMs !== undefined) lagLists(c, lagMs);
    if (commitAfterMs !== undefined) await receive(c);
    const act = async (): Promise<Response> => {
      await next();
      return omit === undefined ? c.res : without(omit, c.res);
    };
    const answer = await meet(fault, act, { ...wireOf(c.env), sleep, closing });
    // Without the first line the headers of the one would be added to the other.
    c.res = undefined;
    c.res = answer;
    return undefined;
  };
}

interface Wire extends Pick<FaultParts, "sleep" | "closing"> {
  readonly outgoing: ServerResponse;
  /** Aborts when the connection is closed, by whichever side. */
  readonly gone: AbortSignal;
}

async function meet(fault: Fault, act: () => Promise<Response>, wire: Wire): Promise<Response> {
  const { status, redirect, cut, hang, delayMs, commitAfterMs, truncate, slowBody } = fault;
  if (status !== undefined) {
    if (fault.after === "commit") await act();
    if (status !== 101) return statusAnswer(status, fault);
    switchProtocols(fault, wire);
    await aborted(wire.gone);
    return RESPONSE_ALREADY_SENT;
  }
  if (redirect !== undefined) {
    return new Response(null, { status: 307, headers: { location: new URL(redirect).href } });
  }
  if (cut !== undefined) {
    if (cut === "after") await act();
    wire.outgoing.socket?.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  if (hang !== undefined) {
    if (hang === "after") await act();
    await aborted(wire.gone);
    return RESPONSE_ALREADY_SENT;
  }
  if (commitAfterMs !== undefined) {
    // It acts even when nobody waits any more: that is what a slow server does.
    return (await waited(commitAfterMs, wire.closing, wire)) ? act() : RESPONSE_ALREADY_SENT;
  }
  const acted = fault.when === "before" ? null : await act();
  if (delayMs !== undefined) await waited(delayMs, wire.gone, wire);
  if (fault.html) return new Response(LOGIN_PAGE, { headers: { "content-type": "text/html" } });
  if (fault.malformed) return brokenOff(acted);
  if (fault.endless) await sendEndless(wire);
  else if (acted !== null && truncate !== undefined) await sendTruncated(acted, truncate, wire);
  else if (acted !== null && slowBody !== undefined) {
    await sendSlowly(acted, slowBody.bytesPerSecond, wire);
  } else return acted ?? RESPONSE_ALREADY_SENT;
  return RESPONSE_ALREADY_SENT;
}

function statusAnswer(status: number, { headers, body }: Fault): Response {
  const all = new Headers(headers);
  if (BODILESS.includes(status)) return new Response(null, { status, headers: all });
  const isText = typeof body === "string";
  if (!all.has("content-type")) {
    all.set("content-type", isText ? "text/plain; charset=utf-8" : "application/json");
  }
  // Our choice: what was not given has the documented shape of an error.
  const content = body === undefined ? { detail: "A fault of the local emulator." } : body;
  return new Response(isText ? body : JSON.stringify(content), { status, headers: all });
}

/** What a proxy does that takes the request for the start of a web socket: the connection stays open, and nothing follows. */
function switchProtocols({ headers }: Fault, { outgoing }: Wire): void {
  const all = new Headers(headers);
  all.set("connection", "Upgrade");
  if (!all.has("upgrade")) all.set("upgrade", "websocket");
  outgoing.writeHead(101, Object.fromEntries(all));
  outgoing.flushHeaders();
}

/** A JSON answer without these members, in all of its objects; any other answer as it is. */
async function without(members: readonly string[], answer: Response): Promise<Response> {
  const isJson = answer.headers.get("content-type")?.startsWith("application/json") ?? false;
  if (!isJson) return answer;
  const left = JSON.parse(await answer.text(), (_, value: unknown) => {
    if (typeof value === "object" && value !== null) {
      for (const member of members) Reflect.deleteProperty(value, member);
    }
    return value;
  });
  return new Response(JSON.stringify(left), { status: answer.status, headers: answer.headers });
}

/** JSON breaks off in its middle: the beginning of a list or an object is never whole. */
async function brokenOff(acted: Response | null): Promise<Response> {
  const text = (await acted?.text()) ?? "";
  const status = acted === null || BODILESS.includes(acted.status) ? 200 : acted.status;
  const headers = { "content-type": "application/json" };
  return new Response(text.slice(0, Math.ceil(text.length / 2)) || "{", { status, headers });
}

async function sendTruncated(answer: Response, bytes: number, wire: Wire): Promise<void> {
  const { outgoing } = wire;
  const { socket } = outgoing;
  const body = await sendHead(answer, outgoing);
  if (bytes > 0) outgoing.write(body.subarray(0, bytes));
  // Closes when what was written is on its way.
  socket?.destroySoon();
}

async function sendSlowly(answer: Response, bytesPerSecond: number, wire: Wire): Promise<void> {
  const { outgoing, gone } = wire;
  const body = await sendHead(answer, outgoing);
  const size = Math.max(1, Math.floor(bytesPerSecond / DRIPS_PER_SECOND));
  for (let sent = 0; sent < body.length; sent += size) {
    const piece = body.subarray(sent, sent + size);
    if (!(await waited(Math.round((piece.length / bytesPerSecond) * 1000), gone, wire))) return;
    outgoing.write(piece);
  }
  outgoing.end();
}

async function sendEndless({ outgoing, gone }: Wire): Promise<void> {
  outgoing.writeHead(200, { "content-type": "application/json" });
  outgoing.write("[");
  while (!gone.aborted) {
    if (outgoing.write(ENDLESS_PIECE)) continue;
    await once(outgoing, "drain", { signal: gone }).catch(() => undefined);
  }
}

/** Sends status and headers with the length of the whole body, and hands that body back. */
async function sendHead(answer: Response, outgoing: ServerResponse): Promise<Buffer> {
  const body = Buffer.from(await answer.arrayBuffer());
  outgoing.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    ...(BODILESS.includes(answer.status) ? {} : { "content-length": body.length }),
  });
  outgoing.flushHeaders();
  return body;
}

/** @returns false when the wait was given up, because of the signal or the end of the server */
function waited(ms: number, signal: AbortSignal, { sleep, closing }: Wire): Promise<boolean> {
  return sleep(ms, AbortSignal.any([signal, closing])).then(
    () => true,
    () => false,
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function wireOf(bindings: unknown): Pick<Wire, "outgoing" | "gone"> {
  const outgoing: unknown =
    typeof bindings === "object" && bindings !== null ? Reflect.get(bindings, "outgoing") : null;
  if (!(outgoing instanceof ServerResponse)) throw new Error("faults need a server of Node's");
  const gone = new AbortController();
  if (outgoing.destroyed) gone.abort();
  else outgoing.once("close", () => gone.abort());
  // A write to a connection that its other side has just closed is no failure here.
  outgoing.on("error", () => undefined);
  return { outgoing, gone: gone.signal };
}
