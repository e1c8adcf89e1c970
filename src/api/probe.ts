/** Looks at the way to a server, step by step and without a key: the name, the port, and one response. */
import { execFile } from "node:child_process";
import { type RequestOptions, request as requestHttp } from "node:http";
import { type Agent, request as requestHttps } from "node:https";
import { connect, isIP, isIPv6 } from "node:net";
import { promisify } from "node:util";
import { translateFailure } from "./errors.ts";

const LOOK_UP = `require("dns").lookup(process.argv[1], (error, address) => {
  process.stdout.write(JSON.stringify(error ? { code: error.code } : { address }));
});`;

/**
 * The address of a host. It is looked up in a process of its own: a lookup that hangs can't be stopped, and would keep this
 * process running past its deadline.
 *
 * @throws NetworkError `unreachable`, and the signal's reason
 */
export async function lookUp(
  hostname: string,
  { execPath, signal }: { readonly execPath: string; readonly signal: AbortSignal },
): Promise<string> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) !== 0) return host;
  try {
    const { stdout } = await promisify(execFile)(execPath, ["-e", LOOK_UP, host], {
      ...{ signal, killSignal: "SIGKILL" },
    });
    const found: { readonly address?: string; readonly code?: string } = JSON.parse(stdout);
    if (found.address !== undefined) return found.address;
    throw Object.assign(new Error("not found"), { code: found.code });
  } catch (error) {
    signal.throwIfAborted();
    throw translateFailure(error, { method: "GET", path: "", origin: host }, false);
  }
}

/**
 * Opens a connection and closes it.
 *
 * @throws NetworkError `unreachable`, `connection_lost`, and the signal's reason
 */
export function tryConnecting(
  { address, port, origin }: { address: string; port: number; origin: string },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    const exchange = { method: "GET", path: "", origin };
    socket.once("error", (error) =>
      reject(signal.aborted ? signal.reason : translateFailure(error, exchange, false)),
    );
  });
}

/**
 * Sends one GET without a key; the response's status does not matter.
 *
 * @param address what the host name was found to be; not needed behind an agent that connects by itself
 * @returns the server's `Date`, in milliseconds since the epoch; null if it sent none
 * @throws NetworkError `tls`, `unreachable`, `connection_lost`, what the agent throws, and the signal's reason
 */
export function readDate(
  url: URL,
  { agent, address }: { readonly agent: Agent | null; readonly address: string },
  signal: AbortSignal,
): Promise<number | null> {
  const options: RequestOptions = {
    signal,
    ...(agent === null
      ? {
          agent: false,
          lookup: (_host, { all }, done) => {
            const family = isIPv6(address) ? 6 : 4;
            if (all) done(null, [{ address, family }]);
            else done(null, address, family);
          },
        }
      : { agent }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(url, options, (response) => {
      const date = Date.parse(response.headers.date ?? "");
      resolve(Number.isNaN(date) ? null : date);
      response.destroy();
    });
    sent.once("upgrade", (_response, socket) => {
      socket.destroy();
      resolve(null);
    });
    const exchange = { method: "GET", path: url.pathname, origin: url.origin };
    sent.on("error", (error) =>
      reject(signal.aborted ? signal.reason : translateFailure(error, exchange, true)),
    );
    sent.end();
  });
}
