/** A site: one of a company's buildings or plants. */
import * as z from "zod/mini";
import { decimalOf, id, optionalText, text } from "./wire.ts";

/**
 * The body of `POST /company/{id}/site`.
 * @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md
 */
export const siteCreate = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  externalId: z.optional(z.nullable(z.string())),
  address: z.optional(z.string().check(z.maxLength(255))),
  path: z.optional(
    z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.maxLength(10)),
  ),
  occupancyPercent: z.optional(
    z.nullable(
      decimalOf(
        /^-?\d{0,3}(?:\.\d{0,4})?$/,
        "at most three digits before the decimal point and four after it",
        100,
      ),
    ),
  ),
});
export type SiteCreate = z.infer<typeof siteCreate>;

/**
 * The body of `PATCH /site/{id}`: the same fields, all optional.
 * @see https://docs.nectarclimate.com/api-reference/sites/update-site
 */
export const siteUpdate = z.partial(siteCreate);
export type SiteUpdate = z.infer<typeof siteUpdate>;

/** A site. Accepts fields that are not listed here. */
export const Site = z.pipe(
  z.looseObject({
    id,
    name: z.string(),
    externalId: optionalText,
    address: text,
    dataCollectionStopDate: optionalText,
  }),
  z.transform(({ id, name, address, externalId, dataCollectionStopDate }) => ({
    ...{ id, name, address },
    /** Undefined if the response omits it. */
    externalId,
    /** The vendor archives a site by setting a stop date; it is still listed. Undefined if the response omits the date. */
    isArchived: dataCollectionStopDate === undefined ? undefined : dataCollectionStopDate !== null,
  })),
);
export type Site = z.infer<typeof Site>;
