/** Lets the faults loose on the requests of the API. Our own, not Nectar's. */
import { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import { receive } from "../http/body.ts";
import { lagLists } from "../http/lists.ts";
import { changed, effectOf } from "./fault.ts";
import type { FaultStore } from "./faults.ts";
import type { MetRequest } from "./sending.ts";

export interface FaultParts extends Pick<MetRequest, "sleep" | "closing"> {
  readonly faults: FaultStore;
}

/**
 * Goes before the API below a version prefix, and behind the guards, so that a request which is refused there counts for no
 * fault.
 */
export function faulty({ faults, sleep, closing }: FaultParts, prefix: string): MiddlewareHandler {
  return async (c, next) => {
    const request = { method: c.req.method, path: c.req.path.slice(prefix.length) };
    const fault = await faults.take(request);
    if (fault === null) return next();
    const met = changed(fault, {
      ...{ sleep, closing, ...connectionOf(c.env) },
      act: async () => {
        await next();
        return c.res;
      },
      receive: () => receive(c),
      lagLists: (ms) => lagLists(c, ms),
    });
    const response = await (effectOf(fault)?.(met) ?? met.act());
    // Without the first line the headers of the one would be added to the other.
    c.res = undefined;
    c.res = response ?? RESPONSE_ALREADY_SENT;
    return undefined;
  };
}

/** Node's own response, and when its connection is closed. */
function connectionOf(bindings: unknown): Pick<MetRequest, "outgoing" | "gone"> {
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
