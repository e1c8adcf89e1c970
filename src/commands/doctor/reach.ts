/** The way to the API's server: where it leads, and how far a connection gets. Each step is taken once. */
import { HTTP_LIMITS } from "../../api/http.ts";
import { lookUp, readDate, tryConnecting } from "../../api/probe.ts";
import { findAgent, findProxy } from "../../api/proxy.ts";
import type { Context } from "../../app/context.ts";
import { once } from "../../app/create-context.ts";

/** Thrown where a check can't look, because something that it needs failed in another check. */
export class SkippedError extends Error {}

/** The server of a target, and the one that this machine connects to: the same without a proxy. */
export interface Way {
  readonly url: URL;
  readonly first: URL;
  /** The variable that names the proxy; null without one. */
  readonly proxy: string | null;
}

export type Reach = ReturnType<typeof openReach>;

/** @param base the base URL of the API; null where there is none to reach, and why */
export function openReach(
  base: () => Promise<{ readonly url: string } | { readonly none: string }>,
  context: Context,
  signal: AbortSignal,
) {
  const { clock, env, execPath } = context;
  /** @throws SkippedError where no request would leave this process; UsageError for a proxy that is not one */
  const way = once(async (): Promise<Way> => {
    const found = await base();
    if ("none" in found) throw new SkippedError(found.none);
    const url = new URL(found.url);
    const proxy = findProxy(env, url);
    return { url, first: proxy?.url ?? url, proxy: proxy?.variable ?? null };
  });
  /** The address of the first server's name. */
  const address = once(async () => lookUp((await way()).first.hostname, { execPath, signal }));
  /** How long it took to connect, in milliseconds. */
  const connected = once(async () => {
    const { first } = await way();
    const to = { address: await address(), port: portOf(first), origin: first.origin };
    const started = clock.now();
    await tryConnecting(to, signal);
    return clock.now() - started;
  });
  /** The server's clock and ours when it responded, in milliseconds since the epoch; null if it sent no date. */
  const date = once(async () => {
    const { url } = await way();
    await connected();
    const agent = (await findAgent(env, url, HTTP_LIMITS, clock.sleep)) ?? null;
    try {
      const ping = new URL(`${url.href}/ping`);
      const theirs = await readDate(ping, { agent, address: await address() }, signal);
      return theirs === null ? null : { theirs, ours: clock.now() };
    } finally {
      agent?.destroy();
    }
  });
  return { way, address, connected, date };
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
