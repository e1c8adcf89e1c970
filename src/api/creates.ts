/** The creates of the API, as data. Pure. */
import type { Create } from "./call.ts";
import { Company, type CompanyCreate } from "./resources/company.ts";
import { Connection, type ConnectionCreate } from "./resources/connection.ts";
import { Site, type SiteCreate } from "./resources/site.ts";
import { COMPANIES } from "./routes.ts";

/** @see https://docs.nectarclimate.com/api-reference/companies/create-company */
export function createCompany(body: CompanyCreate): Create<Company> {
  return { path: COMPANIES, body, shape: Company };
}

/** @see https://docs.nectarclimate.com/api-reference/v2-1/sites/create-site.md */
export function createSite(companyId: string, body: SiteCreate): Create<Site> {
  return { path: { kind: "sites", companyId }, body, shape: Site };
}

/** @see https://docs.nectarclimate.com/developer-guide/sandbox-testing */
export function createConnection(
  companyId: string,
  { password, ...body }: ConnectionCreate,
): Create<Connection> {
  return {
    path: { kind: "connections", companyId },
    body,
    secrets: { password },
    shape: Connection,
  };
}
