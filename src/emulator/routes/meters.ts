/** Meters: listed by company or read by ID. Each account has one. */
import type { Hono } from "hono";
import { emulatorTime } from "../clock.ts";
import { ofCompany } from "../data/listing.ts";
import { meterBody } from "../data/meter-body.ts";
import { meterId, resolveId } from "../data/source.ts";
import { answerPage, listMoment } from "../http/lists.ts";
import { notFound } from "../http/refusal.ts";
import { addRoute, found, idOf, type RouteParts } from "../http/routing.ts";

/**
 * Adds the routes.
 * The envelope of the list is documented; its path appears in the data model. Our choice: the rest of it.
 *
 * @see https://docs.nectarclimate.com/api-reference/meters/get-meter-details
 * @see https://docs.nectarclimate.com/developer-guide/data-model/overview
 */
export function addMeters(app: Hono, { store, clock }: RouteParts): void {
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
