/** Meters, one by one. Lists of them are spoken of, and their paths are not documented. */
import type { Hono } from "hono";
import { emulatorTime } from "../clock.ts";
import { meterBody } from "../data/meter-body.ts";
import { isDetected, resolveId } from "../data/source.ts";
import { notFound } from "../http/refusal.ts";
import { addRoute, found, idOf, type RouteParts } from "../http/routing.ts";

/**
 * Adds the route.
 * @see https://docs.nectarclimate.com/api-reference/meters/get-meter-details
 */
export function addMeters(app: Hono, { store, clock }: RouteParts): void {
  addRoute(app, "/meter/:id", {
    GET: async (c) => {
      const id = idOf(c);
      const body = await store.read((view) => {
        const { account, derived } = found(resolveId(view, id, emulatorTime(view, clock)));
        if (derived.kind !== "meter" || !isDetected(account)) throw notFound();
        return meterBody(view, account);
      });
      return c.json(body);
    },
  });
}
