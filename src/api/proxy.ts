/**
 * How requests leave this machine: with verified certificates, and through the proxy set in the environment. A proxy's
 * user name and password are sent only to it and never appear in a message.
 */
import { Agent } from "node:https";
import { UsageError } from "../errors.ts";
import type { HttpLimits } from "./http.ts";
import { isLoopback } from "./loopback.ts";
import type { ProxyServer } from "./tunnel.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The first non-empty one is used, as in most tools. */
const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;
const UNVERIFIED = "NODE_TLS_REJECT_UNAUTHORIZED";

/**
 * Throws if Node accepts any certificate: any server that answers would get the key.
 *
 * @throws UsageError `tls_verification_off` unless the target is this machine
 */
export function checkVerification(env: Env, target: URL): void {
  if (env[UNVERIFIED] !== "0" || isLoopback(target.hostname)) return;
  throw new UsageError(
    "tls_verification_off",
    `${UNVERIFIED} is 0, so any server could pose as ${target.origin} and get the key; nothing was sent`,
    {
      hint: "To accept your own certificate, set NODE_EXTRA_CA_CERTS to its file instead.",
      next: [{ words: ["unset", UNVERIFIED], why: "verify certificates again" }],
    },
  );
}

/**
 * The proxy for an https target: `https_proxy`, else `all_proxy`, in lower or upper case, unless `no_proxy` lists the
 * host. This machine is never reached through a proxy.
 *
 * @returns null if there is none
 * @throws UsageError `invalid_proxy`, which names the variable but does not reveal its value
 */
export function findProxy(env: Env, target: URL): ProxyServer | null {
  const variable = PROXY_VARIABLES.find((name) => env[name]);
  const value = variable === undefined ? undefined : env[variable];
  if (variable === undefined || value === undefined) return null;
  if (target.protocol !== "https:" || isLoopback(target.hostname)) return null;
  if (goesDirect(env["no_proxy"] || env["NO_PROXY"] || "", target)) return null;
  // Our choice, like curl: without a scheme it is an HTTP proxy.
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === "") throw invalid(variable, "is not a proxy URL");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid(
      variable,
      `uses the proxy scheme "${url.protocol.slice(0, -1)}", which is not supported`,
    );
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    throw invalid(variable, "contains a user name or password that is not URL-encoded");
  }
  return { variable, url };
}

/**
 * Finds the agent for a target, after checking that the connection is safe.
 *
 * @param sleep milliseconds; rejects with the signal's reason when it aborts
 * @returns the agent, such as one for a proxy; undefined if none is needed
 * @throws UsageError `tls_verification_off`, `invalid_proxy`
 */
export async function findAgent(
  env: Env,
  target: URL,
  limits: HttpLimits,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<Agent | undefined> {
  checkVerification(env, target);
  if (env[UNVERIFIED] === "0" && target.protocol === "https:") {
    // Loopback: the HTTP library verifies despite the variable; only an agent can turn that off.
    const maxSockets = limits.maxConcurrent;
    return new Agent({ keepAlive: true, maxSockets, rejectUnauthorized: false });
  }
  const proxy = findProxy(env, target);
  if (proxy === null) return undefined;
  const { openTunnel } = await import("./tunnel.ts");
  return openTunnel({ ...limits, proxy, sleep });
}

/**
 * Whether `no_proxy` lists a target. An entry is a host with an optional port, and covers its subdomains; a leading `*`
 * or dot is ignored, and `*` alone is every host. Our choice: curl's interpretation, as there is no standard.
 */
function goesDirect(list: string, target: URL): boolean {
  const port = target.port || "443";
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, name = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? [];
      if (name === "*") return only === undefined || only === port;
      const host = name.replace(/^\*?\.?/, "");
      if (host === "" || (only !== undefined && only !== port)) return false;
      return target.hostname === host || target.hostname.endsWith(`.${host}`);
    });
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function invalid(variable: string, what: string): UsageError {
  return new UsageError("invalid_proxy", `${variable} ${what}, so nothing was sent`, {
    hint: "Use http://HOST:PORT or https://HOST:PORT.",
    next: [{ words: ["unset", variable], why: "connect without a proxy" }],
  });
}
