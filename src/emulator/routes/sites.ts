/** Sites: created in a company, read and updated by ID. No route to list or delete them is documented. */
import type { Hono } from "hono";
import { siteCreate, siteUpdate } from "../../api/resources/site.ts";
import { emulatorTime } from "../clock.ts";
import { readJsonOrForm } from "../http/body.ts";
import { found } from "../http/refusal.ts";
import {
  addBothForms,
  addRoute,
  changing,
  idOf,
  type RouteParts,
  reading,
} from "../http/routing.ts";
import { parseFields } from "../http/validation.ts";
import { blankSite, siteBody, siteWith } from "../state/site.ts";

/**
 * Adds the routes.
 * @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md
 */
export function addSites(app: Hono, parts: RouteParts): void {
  const { store, clock, ids, paths } = parts;
  const create = { guide: "/company/:id/site", reference: "/site/company/:id" };
  addBothForms(app, paths, create, {
    POST: async (c) => {
      const companyId = idOf(c);
      const given = parseFields(siteCreate, await readJsonOrForm(c, ["path"]));
      // Our choice: two sites may share a name and an external ID; no rule about it is documented.
      const id = ids();
      const site = await store.write((view, changes) => {
        found(view.company(companyId));
        const blank = blankSite(id, companyId, given.name, emulatorTime(view, clock));
        const value = siteWith(blank, given);
        changes.push({ op: "put", kind: "site", value });
        return value;
      });
      return c.json(siteBody(site), 201);
    },
  });
  addRoute(app, "/site/:id", {
    GET: reading(parts, (view, id) => siteBody(found(view.site(id)))),
    PATCH: changing(parts, siteUpdate, 200, ({ view, id }, given, changes) => {
      const value = siteWith(found(view.site(id)), given);
      changes.push({ op: "put", kind: "site", value });
      return siteBody(value);
    }),
  });
}
