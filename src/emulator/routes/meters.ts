/** Meters: listed by company or read by ID. Each account has one. */
import type { Hono } from "hono";
import { ofCompany } from "../data/listing.ts";
import { meterBody } from "../data/meter-body.ts";
import { meterId, resolveId } from "../data/source.ts";
import { answerPage, listMoment } from "../http/lists.ts";
import { found, notFound } from "../http/refusal.ts";
import { addRoute, idOf, type RouteParts, reading } from "../http/routing.ts";

/**
 * Adds the routes.
 * The envelope of the list is documented; its path appears in the data model. Our choice: the rest of it.
 *
 * @see https://docs.nectarclimate.com/api-reference/meters/get-meter-details
 * @see https://docs.nectarclimate.com/developer-guide/data-model/overview
 */
export function addMeters(app: Hono, parts: RouteParts): void {
  const { store, clock } = parts;
  addRoute(app, "/company/:id/meter", {
    GET: async (c) => {
      const companyId = idOf(c);
      return store.read((view) => {
        const accounts = ofCompany(view, companyId, listMoment(c, view, clock).time);
        return answerPage(c, "meters", accounts, meterBody);
      });
    },
  });
  addRoute(app, "/meter/:id", {
    GET: reading(parts, (view, id, now) => {
      const { account } = found(resolveId(view, id, now));
      if (meterId(account) !== id) throw notFound();
      return meterBody(account);
    }),
  });
}
