/** A site: a building or plant of a company. */
import * as z from "zod/mini";
import { id, text, told } from "./wire.ts";

/**
 * What `POST /company/{id}/site` takes.
 * @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md
 */
export const siteCreate = z.looseObject({
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  externalId: z.optional(z.nullable(z.string())),
  address: z.optional(z.string().check(z.maxLength(255))),
  path: z.optional(
    z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.maxLength(10)),
  ),
  occupancyPercent: z.optional(z.nullable(z.string().check(z.regex(/^-?\d{0,3}(?:\.\d{0,4})?$/)))),
});
export type SiteCreate = z.infer<typeof siteCreate>;

/**
 * What `PATCH /site/{id}` takes: the same, all optional.
 * @see https://docs.nectarclimate.com/api-reference/sites/update-site
 */
export const siteUpdate = z.partial(siteCreate);
export type SiteUpdate = z.infer<typeof siteUpdate>;

/** A site. Open to fields that are not listed here. */
export const Site = z.pipe(
  z.looseObject({
    id,
    name: z.string(),
    externalId: told,
    address: text,
    dataCollectionStopDate: text,
  }),
  z.transform(({ id, name, address, externalId, dataCollectionStopDate }) => ({
    ...{ id, name, address },
    /** Undefined where the answer did not tell. */
    externalId,
    /** The vendor archives a site by giving it a stop date; it is listed still. */
    isArchived: dataCollectionStopDate !== null,
  })),
);
export type Site = z.infer<typeof Site>;
