/** A company, which sites and connections belong to. */
import * as z from "zod/mini";
import { Site } from "./site.ts";
import { decimalOf, id, optionalText, text } from "./wire.ts";

/**
 * The body of `POST /company`.
 * @see https://docs.nectarclimate.com/api-reference/companies/create-company
 */
export const companyCreate = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  externalId: z.optional(z.nullable(z.string())),
  dataCollectionStartDate: z.optional(z.iso.date()),
  isImpliedMeteringEnabled: z.optional(z.boolean()),
  impliedMeteringFraction: z.optional(
    decimalOf(
      /^-?\d{0,1}(?:\.\d{0,2})?$/,
      "at most one digit before the decimal point and two after it",
    ),
  ),
  isDemandEnabled: z.optional(z.boolean()),
  isBasicIdentifierMappingEnabled: z.optional(z.boolean()),
  isLowAccuracyModeEnabled: z.optional(z.boolean()),
  users: z.optional(z.array(z.string())),
});
export type CompanyCreate = z.infer<typeof companyCreate>;

/**
 * The body of `PATCH /company/{id}`: the same fields, all optional.
 * @see https://docs.nectarclimate.com/api-reference/companies/update-company
 */
export const companyUpdate = z.partial(companyCreate);
export type CompanyUpdate = z.infer<typeof companyUpdate>;

/**
 * A company with its sites embedded. Accepts fields that are not listed here.
 * @see https://docs.nectarclimate.com/api-reference/companies/get-company-details
 */
export const Company = z.pipe(
  z.looseObject({
    id,
    name: z.string(),
    externalId: optionalText,
    dataCollectionStartDate: text,
    sites: z.nullish(z.array(Site)),
  }),
  z.transform(({ id, name, externalId, dataCollectionStartDate, sites }) => ({
    ...{ id, name, dataCollectionStartDate },
    /** Undefined if the response omits it, which is not the same as having none. The same goes for `sites`. */
    externalId,
    sites: sites ?? undefined,
  })),
);
export type Company = z.infer<typeof Company>;

/** `GET /company` is a bare array, unlike every other list. */
export const Companies = z.array(Company);
