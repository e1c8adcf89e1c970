/** A site: a new one, one with other fields, and how the API returns it. */
import { type SiteUpdate, siteUpdate } from "../../api/resources/site.ts";
import { isoOf } from "../clock.ts";
import { fieldsIn } from "../given.ts";
import type { SiteRecord } from "./entities.ts";

/** Our choice: defaults are an empty string, an empty list or null; none are documented. */
export function blankSite(id: string, companyId: string, name: string, now: number): SiteRecord {
  return {
    ...{ id, companyId, name, externalId: null, address: "", path: [], occupancyPercent: null },
    created: isoOf(now),
  };
}

export function siteWith(site: SiteRecord, given: SiteUpdate): SiteRecord {
  return { ...site, ...fieldsIn(siteUpdate.shape, given) };
}

/** The API's representation of a site; each field by its name, as in `companyBody`. */
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
