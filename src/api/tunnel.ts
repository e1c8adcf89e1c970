/**
 * Connections to an https server through a proxy (CONNECT, RFC 9110, section 9.3.6). Loaded only if there is a proxy.
 * The library's messages and objects hold the proxy's password, so none of them leaves this module.
 */
import type { ClientRequest } from "node:http";
import type { Agent } from "node:https";
import type { Socket } from "node:net";
import { HttpsProxyAgent } from "https-proxy-agent";
import { codeOf, NetworkError } from "../errors.ts";
import { CERTIFICATE, UNREACHABLE } from "./errors.ts";

/** A proxy, and the variable that sets it. */
export interface ProxyServer {
  readonly variable: string;
  /** As given, including the user name and password. */
  readonly url: URL;
}

export interface TunnelOptions {
  readonly proxy: ProxyServer;
  /** The time-out for opening the tunnel, in milliseconds. */
  readonly connectMs: number;
  /** Milliseconds; rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly maxConcurrent: number;
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>["connect"]>[1];

const NOT_A_PROXY = "it closed the connection, or did not respond like a proxy";

/** Creates an agent whose connections fail with a NetworkError that says what is wrong with the proxy. */
export function openTunnel(options: TunnelOptions): Agent {
  return new Tunnel(options);
}

class Tunnel extends HttpsProxyAgent<string> {
  readonly #options: TunnelOptions;
  /** Connections that the proxy has not opened yet. */
  readonly #pending = new Set<AbortController>();

  constructor(options: TunnelOptions) {
    const address = withoutLogin(options.proxy.url);
    super(address, { keepAlive: true, maxSockets: options.maxConcurrent });
    this.#options = options;
  }

  /** @throws NetworkError `proxy_unreachable` or `proxy_refused`; in both cases the request was not sent */
  override async connect(request: ClientRequest, to: ConnectOptions): Promise<Socket> {
    const { proxy, connectMs, sleep } = this.#options;
    const cut = new AbortController();
    const done = new AbortController();
    this.#pending.add(cut);
    let status = 200;
    request.once("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
      status = statusCode;
    });
    // One agent per connection, as each has its own abort signal.
    const agent = new HttpsProxyAgent(this.proxy, {
      headers: loginOf(proxy.url),
      signal: cut.signal,
    });
    const timeUp = sleep(connectMs, done.signal).then(() => {
      throw unreachable(proxy, `it did not answer within ${connectMs / 1000} s`);
    });
    try {
      const socket = await Promise.race([agent.connect(request, to), timeUp]);
      if (status === 200) return socket;
      // A fake socket that would replay the proxy's response as if it were the API's.
      socket.destroy();
      throw Number.isInteger(status) ? refused(proxy, status, to) : unreachable(proxy, NOT_A_PROXY);
    } catch (error) {
      cut.abort();
      throw error instanceof NetworkError ? error : unreachable(proxy, reasonOf(error));
    } finally {
      done.abort();
      this.#pending.delete(cut);
    }
  }

  override destroy(): void {
    for (const cut of this.#pending) cut.abort();
    super.destroy();
  }
}

function withoutLogin(url: URL): URL {
  const address = new URL(url);
  address.username = "";
  address.password = "";
  return address;
}

/** The same header as the library's, but the library would keep the password in objects that may be printed. */
function loginOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

function unreachable({ url, variable }: ProxyServer, why: string): NetworkError {
  return new NetworkError(
    "proxy_unreachable",
    `can't reach the proxy ${url.host} from ${variable}: ${why}`,
    {
      processed: "no",
      hint: `Check ${variable}, or add the API's host to NO_PROXY to connect without the proxy.`,
    },
  );
}

function refused({ url, variable }: ProxyServer, status: number, to: ConnectOptions): NetworkError {
  const login = status === 407;
  return new NetworkError(
    "proxy_refused",
    `the proxy ${url.host} from ${variable} refused to connect to ${to.host} (${status})`,
    {
      httpStatus: status,
      processed: "no",
      retryable: status >= 500,
      hint: login
        ? `It requires a user name and password: set ${variable} to http://NAME:PASSWORD@HOST:PORT.`
        : "Ask the proxy's administrator, or add the API's host to NO_PROXY to connect without it.",
    },
  );
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "ECONNRESET") return "the connection broke";
  if (UNREACHABLE[code] !== undefined) return UNREACHABLE[code];
  if (CERTIFICATE.test(code)) return `no secure connection (${code})`;
  return code === "" ? NOT_A_PROXY : code;
}
