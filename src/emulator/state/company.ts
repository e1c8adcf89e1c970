/** A company: a new one, one with other fields, and how the API returns it. */
import { type CompanyUpdate, companyUpdate } from "../../api/resources/company.ts";
import { isoOf } from "../clock.ts";
import { fieldsIn } from "../given.ts";
import { CALLER_EMAIL } from "../http/guard.ts";
import type { CompanyRecord, SiteRecord } from "./entities.ts";
import { siteBody } from "./site.ts";

/** A company with a name and defaults for everything else. */
export function blankCompany(
  id: string,
  publicId: string,
  name: string,
  now: number,
): CompanyRecord {
  return {
    ...{ id, publicId, name, externalId: null },
    // Documented: 1 January of the previous year. Our choice: the year of UTC.
    dataCollectionStartDate: `${new Date(now).getUTCFullYear() - 1}-01-01`,
    isImpliedMeteringEnabled: false,
    // Documented as 1.0; written with the two digits that its pattern allows.
    impliedMeteringFraction: "1.00",
    isDemandEnabled: false,
    isBasicIdentifierMappingEnabled: false,
    isLowAccuracyModeEnabled: false,
    users: [CALLER_EMAIL],
    created: isoOf(now),
  };
}

/** A company with these fields. `users` never changes: the caller can't be removed, and there are no other users to add. */
export function companyWith(company: CompanyRecord, given: CompanyUpdate): CompanyRecord {
  return { ...company, ...fieldsIn(companyUpdate.shape, given), users: company.users };
}

/**
 * The API's representation of a company with its sites. Each field by its name: to copy the rest of an object takes several
 * times as long, and lists have thousands.
 */
export function companyBody(company: CompanyRecord, sites: readonly SiteRecord[]) {
  return {
    id: company.id,
    name: company.name,
    externalId: company.externalId,
    dataCollectionStartDate: company.dataCollectionStartDate,
    isImpliedMeteringEnabled: company.isImpliedMeteringEnabled,
    impliedMeteringFraction: company.impliedMeteringFraction,
    isDemandEnabled: company.isDemandEnabled,
    isBasicIdentifierMappingEnabled: company.isBasicIdentifierMappingEnabled,
    isLowAccuracyModeEnabled: company.isLowAccuracyModeEnabled,
    users: company.users,
    sites: sites.map(siteBody),
  };
}
