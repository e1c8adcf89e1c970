/** Meters, one by one. Lists of them are spoken of, and their paths are not documented. */
import type { Hono } from "hono";
import { meterBody } from "../data/meter-body.ts";
import { meterId, resolveId } from "../data/source.ts";
import { notFound } from "../http/refusal.ts";
import { addRoute, found, idOf, type RouteParts } from "../http/routing.ts";
import { emulatorTime } from "../statuses/clock.ts";

/**
 * Adds the route.
 * @see https://docs.nectarclimate.com/api-reference/meters/get-meter-details
 */
export function addMeters(app: Hono, { store, clock }: RouteParts): void {
  addRoute(app, "/meter/:id", {
    GET: async (c) => {
      const id = idOf(c);
      const body = await store.read((view) => {
        const { account } = found(resolveId(view, id, emulatorTime(view, clock)));
        if (meterId(account) !== id) throw notFound();
        return meterBody(account);
      });
      return c.json(body);
    },
  });
}
