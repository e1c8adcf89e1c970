/** Meters: listed by company or read by ID. Each account has one. */
import type { Hono } from "hono";
import { meterBody } from "../data/account-body.ts";
import { ofCompany } from "../data/listing.ts";
import { meterId, resolveId } from "../data/source.ts";
import { answerPage } from "../http/lists.ts";
import { found, notFound } from "../http/refusal.ts";
import { addRoute, listing, type RouteParts, reading } from "../http/routing.ts";

/**
 * The envelope of the list is documented; its path appears in the data model. Our choice: the rest of it.
 *
 * @see https://docs.nectarclimate.com/api-reference/meters/get-meter-details
 * @see https://docs.nectarclimate.com/developer-guide/data-model/overview
 */
export function addMeters(app: Hono, parts: RouteParts): void {
  addRoute(app, "/company/:id/meter", {
    GET: listing(parts, (c, view, id, { time }) =>
      answerPage(c, "meters", ofCompany(view, id, time), meterBody),
    ),
  });
  addRoute(app, "/meter/:id", {
    GET: reading(parts, (view, id, now) => {
      const { account } = found(resolveId(view, id, now));
      if (meterId(account) !== id) throw notFound();
      return meterBody(account);
    }),
  });
}
