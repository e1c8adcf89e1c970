/** Sites: created in a company, read and updated by ID. No route to list or delete them is documented. */
import type { Hono } from "hono";
import { type SiteUpdate, siteCreate, siteUpdate } from "../../api/resources/site.ts";
import { emulatorTime, isoOf } from "../clock.ts";
import { readJson, readJsonOrForm } from "../http/body.ts";
import { addBothForms, addRoute, found, idOf, type RouteParts } from "../http/routing.ts";
import { checkDecimal, parseFields } from "../http/validation.ts";
import type { SiteRecord } from "../state/entities.ts";

const OCCUPANCY = { min: 0, max: 100 } as const;

/**
 * Adds the routes.
 * @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md
 */
export function addSites(app: Hono, { store, clock, ids, paths }: RouteParts): void {
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
    GET: async (c) => {
      const id = idOf(c);
      return c.json(siteBody(await store.read((view) => found(view.site(id)))));
    },
    PATCH: async (c) => {
      const id = idOf(c);
      const given = parseFields(siteUpdate, await readJson(c));
      const site = await store.write((view, changes) => {
        const value = siteWith(found(view.site(id)), given);
        changes.push({ op: "put", kind: "site", value });
        return value;
      });
      // Inferred: the 200, and the site as the body.
      return c.json(siteBody(site));
    },
  });
}

/** The API's representation of a site. */
export function siteBody(site: SiteRecord) {
  return {
    id: site.id,
    name: site.name,
    // Sites can't be archived here.
    dataCollectionStopDate: null,
    externalId: site.externalId,
    address: site.address,
    path: site.path,
    occupancyPercent: site.occupancyPercent,
  };
}

/** Our choice: defaults are an empty string, an empty list or null; none are documented. */
export function blankSite(id: string, companyId: string, name: string, now: number): SiteRecord {
  return {
    ...{ id, companyId, name, externalId: null, address: "", path: [], occupancyPercent: null },
    created: isoOf(now),
  };
}

/**
 * A site with these fields.
 * @throws {Refusal} 400 for a percentage that is none
 */
export function siteWith(site: SiteRecord, given: SiteUpdate): SiteRecord {
  checkDecimal("occupancyPercent", given.occupancyPercent, OCCUPANCY);
  return {
    ...site,
    name: given.name ?? site.name,
    externalId: given.externalId === undefined ? site.externalId : given.externalId,
    address: given.address ?? site.address,
    path: given.path ?? site.path,
    occupancyPercent:
      given.occupancyPercent === undefined ? site.occupancyPercent : given.occupancyPercent,
  };
}
