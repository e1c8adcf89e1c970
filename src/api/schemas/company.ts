/** A company: what an API key sees, and what sites and connections belong to. */
import * as z from "zod/mini";
import { type Site, siteWire, toSite } from "./site.ts";

/**
 * What `POST /company` takes.
 * @see https://docs.nectarclimate.com/api-reference/companies/create-company
 */
export const companyCreate = z.looseObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  externalId: z.optional(z.nullable(z.string())),
  dataCollectionStartDate: z.optional(z.iso.date()),
  isImpliedMeteringEnabled: z.optional(z.boolean()),
  impliedMeteringFraction: z.optional(z.string().check(z.regex(/^-?\d{0,1}(?:\.\d{0,2})?$/))),
  isDemandEnabled: z.optional(z.boolean()),
  isBasicIdentifierMappingEnabled: z.optional(z.boolean()),
  isLowAccuracyModeEnabled: z.optional(z.boolean()),
  users: z.optional(z.array(z.string())),
});
export type CompanyCreate = z.infer<typeof companyCreate>;

/**
 * What `PATCH /company/{id}` takes: the same, all optional.
 * @see https://docs.nectarclimate.com/api-reference/companies/update-company
 */
export const companyUpdate = z.partial(companyCreate);
export type CompanyUpdate = z.infer<typeof companyUpdate>;

/** A company as the API answers it, its sites embedded. Open to fields that are not listed here. */
export const companyWire = z.looseObject({
  id: z.string().check(z.minLength(1)),
  name: z.string(),
  externalId: z.nullish(z.string()),
  dataCollectionStartDate: z.nullish(z.string()),
  sites: z.nullish(z.array(siteWire)),
});
export type CompanyWire = z.infer<typeof companyWire>;

/** `GET /company` is a bare array, unlike every other list. */
export const companyListWire = z.array(companyWire);

/** A company as this tool knows it. `undefined`: the answer did not tell, which is not the same as having none. */
export interface Company {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null | undefined;
  readonly dataCollectionStartDate: string | null;
  readonly sites: readonly Site[] | undefined;
}

export function toCompany(wire: CompanyWire): Company {
  return {
    id: wire.id,
    name: wire.name,
    externalId: wire.externalId === "" ? null : wire.externalId,
    dataCollectionStartDate: wire.dataCollectionStartDate ?? null,
    sites: wire.sites?.map(toSite),
  };
}
