/**
 * How requests leave this machine: with certificates that are verified, and through the proxy that the environment
 * names. A proxy's own user name and password go to it alone, and are never put into a message.
 */
import { Agent } from "node:https";
import { UsageError } from "../errors.ts";
import type { HttpLimits } from "./http.ts";
import { isLoopback } from "./loopback.ts";
import type { ProxyServer } from "./tunnel.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The first that is set and not empty decides, as in most tools. */
const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;
const UNVERIFIED = "NODE_TLS_REJECT_UNAUTHORIZED";

/**
 * Refuses to go on when Node was told to accept any certificate: whoever answers would get the key.
 *
 * @throws UsageError `tls_verification_off` unless the target is this machine
 */
export function checkVerification(env: Env, target: URL): void {
  if (env[UNVERIFIED] !== "0" || isLoopback(target.hostname)) return;
  throw new UsageError(
    "tls_verification_off",
    `${UNVERIFIED} is 0, so anybody could answer for ${target.origin} and get the key; nothing was sent`,
    {
      hint: "To accept a certificate of your own, name its file in NODE_EXTRA_CA_CERTS instead.",
      next: [{ words: ["unset", UNVERIFIED], why: "certificates are verified again" }],
    },
  );
}

/**
 * The proxy for an https target: `https_proxy`, else `all_proxy`, each also in capitals, unless `no_proxy` names the
 * host. This machine is never reached through a proxy.
 *
 * @returns null when there is none
 * @throws UsageError `invalid_proxy`, which names the variable and shows nothing of its value
 */
export function findProxy(env: Env, target: URL): ProxyServer | null {
  const variable = PROXY_VARIABLES.find((name) => env[name]);
  const value = variable === undefined ? undefined : env[variable];
  if (variable === undefined || value === undefined) return null;
  if (target.protocol !== "https:" || isLoopback(target.hostname)) return null;
  if (goesDirect(env["no_proxy"] || env["NO_PROXY"] || "", target)) return null;
  // Our choice, as curl does: without a scheme it is a plain HTTP proxy.
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === "") throw invalid(variable, "is not the URL of a proxy");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid(variable, `names a proxy of the kind "${url.protocol.slice(0, -1)}"`);
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    throw invalid(variable, "has a user name or password that is not URL-encoded");
  }
  return { variable, url };
}

/**
 * How the HTTP library connects to a target, once that was found safe.
 *
 * @param sleep milliseconds; rejects with the signal's reason when it aborts
 * @returns what makes the agent to use, such as one that goes through the proxy; undefined when none is needed
 * @throws UsageError `tls_verification_off`, `invalid_proxy`
 */
export async function findAgent(
  env: Env,
  target: URL,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<((limits: HttpLimits) => Agent) | undefined> {
  checkVerification(env, target);
  if (env[UNVERIFIED] === "0" && target.protocol === "https:") {
    // This machine: the HTTP library would verify in spite of the variable, which only an agent can undo.
    return ({ atOnce }) =>
      new Agent({ keepAlive: true, maxSockets: atOnce, rejectUnauthorized: false });
  }
  const proxy = findProxy(env, target);
  if (proxy === null) return undefined;
  const { openTunnel } = await import("./tunnel.ts");
  return ({ connectMs, atOnce }) => openTunnel({ proxy, connectMs, atOnce, sleep });
}

/**
 * Whether `no_proxy` names a target. An entry is a host with or without a port, and stands for the hosts below it, too;
 * a leading `*` or dot makes no difference, `*` alone is every host. Our choice: curl's reading, as no standard has one.
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
    hint: "It takes http://HOST:PORT or https://HOST:PORT.",
    next: [{ words: ["unset", variable], why: "go without the proxy" }],
  });
}
