/** Sites: created in a company, read and updated by ID. No route to list or delete them is documented. */
import type { Context, Hono } from "hono";
import { siteCreate, siteUpdate } from "../../api/resources/site.ts";
import { readJsonOrForm } from "../http/body.ts";
import { found } from "../http/refusal.ts";
import {
  addBothForms,
  addRoute,
  changing,
  json,
  type RouteParts,
  reading,
} from "../http/routing.ts";
import { parseFields } from "../http/validation.ts";
import { blankSite, siteBody, siteWith } from "../state/site.ts";

/** @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md */
export function addSites(app: Hono, parts: RouteParts): void {
  const create = { guide: "/company/:id/site", reference: "/site/company/:id" };
  const readSite = async (c: Context) => parseFields(siteCreate, await readJsonOrForm(c, ["path"]));
  addBothForms(app, parts.paths, create, {
    // Our choice: two sites may share a name and an external ID; no rule about it is documented.
    POST: changing(parts, readSite, 201, ({ view, id, now }, given, changes) => {
      found(view.company(id));
      const value = siteWith(blankSite(parts.ids(), id, given.name, now), given);
      changes.push({ op: "put", kind: "site", value });
      return siteBody(value);
    }),
  });
  addRoute(app, "/site/:id", {
    GET: reading(parts, (view, id) => siteBody(found(view.site(id)))),
    PATCH: changing(parts, json(siteUpdate), 200, ({ view, id }, given, changes) => {
      const value = siteWith(found(view.site(id)), given);
      changes.push({ op: "put", kind: "site", value });
      return siteBody(value);
    }),
  });
}
