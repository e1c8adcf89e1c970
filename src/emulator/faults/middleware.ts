/** Applies faults to API requests. Our own, not Nectar's. */
import { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { MiddlewareHandler } from "hono";
import { isObject } from "../../disk/json-file.ts";
import { receive } from "../http/body.ts";
import { changed, effectOf } from "./fault.ts";
import type { FaultStore } from "./faults.ts";
import type { MetRequest } from "./sending.ts";

/** Runs before the API's routes and after the guards, so that no fault counts a request that the guards refuse. */
export function faultMiddleware(
  faults: FaultStore,
  prefix: string,
  server: Pick<MetRequest, "clock" | "closing">,
): MiddlewareHandler {
  return async (c, next) => {
    const request = { method: c.req.method, path: c.req.path.slice(prefix.length) };
    const fault = await faults.take(request);
    if (fault === null) return next();
    const target = changed(fault, {
      ...{ ...server, ...connectionOf(c.env) },
      act: async () => {
        await next();
        return c.res;
      },
      receive: () => receive(c),
      lagLists: (ms) => c.set("lagMs", ms),
    });
    const response = await (effectOf(fault)?.(target) ?? target.act());
    // Cleared first, because Hono would otherwise merge the headers of both responses.
    c.res = undefined;
    c.res = response ?? RESPONSE_ALREADY_SENT;
    return undefined;
  };
}

/** Node's response object, and a signal for when its connection closes. */
function connectionOf(bindings: unknown): Pick<MetRequest, "outgoing" | "gone"> {
  const outgoing = isObject(bindings) ? bindings["outgoing"] : null;
  if (!(outgoing instanceof ServerResponse)) throw new Error("faults need a Node server");
  const gone = new AbortController();
  if (outgoing.destroyed) gone.abort();
  else outgoing.once("close", () => gone.abort());
  // Writing to a connection that the client has just closed is not an error here.
  outgoing.on("error", () => undefined);
  return { outgoing, gone: gone.signal };
}
