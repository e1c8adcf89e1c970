/** A site: a building or plant of a company. */
import * as z from "zod/mini";

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

/** A site as the API answers it. Open to fields that are not listed here. */
export const siteWire = z.looseObject({
  id: z.string().check(z.minLength(1)),
  name: z.string(),
  externalId: z.nullish(z.string()),
  address: z.nullish(z.string()),
  dataCollectionStopDate: z.nullish(z.string()),
});
export type SiteWire = z.infer<typeof siteWire>;

/** A site as this tool knows it. */
export interface Site {
  readonly id: string;
  readonly name: string;
  readonly address: string | null;
  /** Undefined where the answer did not tell. */
  readonly externalId: string | null | undefined;
  /** The vendor archives a site by giving it a stop date; it is listed still. */
  readonly isArchived: boolean;
}

export function toSite(wire: SiteWire): Site {
  return {
    id: wire.id,
    name: wire.name,
    address: wire.address || null,
    externalId: wire.externalId === "" ? null : wire.externalId,
    isArchived: (wire.dataCollectionStopDate ?? null) !== null,
  };
}
