/**
 * The examples of the vendor's pages as data: what they ask, and what they say comes of it. Each names its page. Where a
 * page gives a rule and no value, the value is ours.
 */

/** What an example is asked with: IDs that stand where the pages have placeholders. */
export interface Places {
  readonly company: string;
  readonly sites: readonly [string, string];
  readonly connection: string;
  /** A meter's number, its digits alone. */
  readonly identifier: string;
}

export interface DocumentedExample {
  readonly what: string;
  /** Below https://docs.nectarclimate.com. */
  readonly page: string;
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: (places: Places) => string;
  readonly body?: (places: Places) => unknown;
  readonly status: number;
  /** What the page says of the answer; the schema is held anyway. */
  readonly answer?: (places: Places) => object;
  /** A list of the answer that has something in it. */
  readonly some?: string;
}

const SANDBOX_PAGE = "/developer-guide/sandbox-testing";
const INVITATIONS_PAGE = "/developer-guide/connection-invitations";
const FILTERING_PAGE = "/developer-guide/filtering";

const sandboxLogin = ({ sites }: Places) => ({
  url: "https://nectarclimate.com",
  username: "nectar-sandbox-username",
  password: "nectar-sandbox-password",
  sites: [sites[0]],
  country: "US",
});

export const DOCUMENTED_EXAMPLES: readonly DocumentedExample[] = [
  {
    what: "the key is checked",
    page: "/cookbooks/getting-started",
    method: "GET",
    path: () => "/ping",
    status: 200,
  },
  {
    what: "the sandbox's company",
    page: SANDBOX_PAGE,
    method: "POST",
    path: () => "/company",
    body: () => ({ name: "Sandbox Test Company", externalId: "sandbox-test-001" }),
    status: 201,
    answer: () => ({ name: "Sandbox Test Company", externalId: "sandbox-test-001" }),
  },
  {
    what: "a person without an account",
    page: "/api-reference/companies/create-company",
    method: "POST",
    path: () => "/company",
    body: () => ({ name: "Sandbox Test Company", users: ["jsmith@example.com"] }),
    status: 400,
  },
  {
    what: "the sandbox's site, at the path of the guide",
    page: SANDBOX_PAGE,
    method: "POST",
    path: ({ company }) => `/company/${company}/site`,
    body: () => ({
      name: "Test Facility",
      address: "123 Main St, San Francisco, CA 94105",
      externalId: "site-001",
    }),
    status: 201,
    answer: () => ({ name: "Test Facility", externalId: "site-001", dataCollectionStopDate: null }),
  },
  {
    what: "the location path of a site",
    page: "/api-reference/v2-1/sites/create-site.md",
    method: "POST",
    path: ({ company }) => `/site/company/${company}`,
    body: () => ({ name: "Test Facility", path: ["US", "CA", "ON"] }),
    status: 201,
    answer: () => ({ path: ["US", "CA", "ON"] }),
  },
  {
    what: "the sandbox's connection, at the path of the guide",
    page: SANDBOX_PAGE,
    method: "POST",
    path: ({ company }) => `/company/${company}/connection`,
    body: sandboxLogin,
    status: 201,
    answer: () => ({ status: "CONNECTED" }),
  },
  {
    what: "the sandbox's connection, at the path of the reference, for another country",
    page: "/reference/connection_company_create",
    method: "POST",
    path: ({ company }) => `/connection/company/${company}`,
    body: (places) => ({ ...sandboxLogin(places), country: "CA", sites: places.sites }),
    status: 201,
    answer: ({ sites }) => ({ status: "CONNECTED", country: "CA", initialSites: sites }),
  },
  {
    what: "any other login, as the sandbox page spells its status",
    page: SANDBOX_PAGE,
    method: "POST",
    path: ({ company }) => `/company/${company}/connection`,
    body: (places) => ({ ...sandboxLogin(places), password: "another" }),
    status: 201,
    answer: () => ({ status: "INCORRECT_PASSWORD" }),
  },
  {
    what: "a filter by sites, repeated",
    page: FILTERING_PAGE,
    method: "GET",
    path: ({ company, sites }) =>
      `/connection/company/${company}?sites=${sites[0]}&sites=${sites[1]}`,
    status: 200,
    answer: ({ connection }) => ({ totalConnections: 1, connections: [{ id: connection }] }),
  },
  {
    what: "a filter by status",
    page: "/cookbooks/filtering",
    method: "GET",
    path: ({ company }) => `/connection/company/${company}?status=MFA_TOKEN_EXPIRED`,
    status: 200,
    answer: () => ({ totalConnections: 0, connections: [] }),
  },
  {
    what: "the biggest page of connections",
    page: "/api-reference/v2-2/connections/get-company-utility-account-connections",
    method: "GET",
    path: ({ company }) => `/connection/company/${company}?limit=500`,
    status: 200,
    answer: () => ({ perPage: 500 }),
  },
  {
    what: "a page past the end, which is the last one",
    page: "/cookbooks/pagination",
    method: "GET",
    path: ({ company }) => `/document/company/${company}?page=999`,
    status: 200,
    answer: () => ({ perPage: 100, currentPage: 2, totalPages: 2, hasNext: false }),
  },
  {
    what: "documents between two dates",
    page: FILTERING_PAGE,
    method: "GET",
    path: ({ connection }) =>
      `/document/connection/${connection}?startDate=2024-01-01&endDate=2024-12-31`,
    status: 200,
  },
  {
    what: "usage of two types by its period",
    page: FILTERING_PAGE,
    method: "GET",
    path: ({ company }) =>
      `/usage/company/${company}?dateType=USAGE_PERIOD&datasourceType=ELECTRICITY&datasourceType=GAS`,
    status: 200,
  },
  {
    what: "an identifier that nothing has",
    page: FILTERING_PAGE,
    method: "GET",
    path: ({ connection }) => `/usage/connection/${connection}?identifier=013-774-6423`,
    status: 200,
    answer: () => ({ totalUsageData: 0 }),
  },
  {
    what: "an identifier with dashes and a leading zero",
    page: FILTERING_PAGE,
    method: "GET",
    path: ({ connection, identifier }) =>
      `/document/connection/${connection}?identifier=${dashed(identifier)}`,
    status: 200,
    some: "documents",
  },
  {
    what: "an identifier as bare digits",
    page: FILTERING_PAGE,
    method: "GET",
    path: ({ connection, identifier }) =>
      `/document/connection/${connection}?identifier=${identifier}`,
    status: 200,
    some: "documents",
  },
  {
    what: "intervals up to a time",
    page: "/api-reference/intervals/get-intervals-by-connection-beta",
    method: "GET",
    path: ({ connection }) => `/interval/connection/${connection}?endDate=2024-01-31T23:59:59Z`,
    status: 200,
  },
  {
    what: "an invitation that anyone may use once within a week",
    page: INVITATIONS_PAGE,
    method: "POST",
    path: ({ company }) => `/invitation/company/${company}`,
    body: ({ sites }) => ({
      allowedEmails: [],
      expiresInSeconds: 604_800,
      maxUses: 1,
      sendEmail: false,
      prefill: { url: "https://nectarclimate.com", initialSites: sites, country: "US" },
    }),
    status: 201,
    answer: () => ({ invitationType: "CREATE_CONNECTION", status: "ACTIVE", connectionId: null }),
  },
  {
    what: "an invitation to renew a login",
    page: "/api-reference/v2-2/invitations/create-reconnect-invitation",
    method: "POST",
    path: ({ connection }) => `/invitation/connection/${connection}`,
    body: () => ({ maxUses: 1 }),
    status: 201,
    answer: ({ connection }) => ({
      invitationType: "EDIT_CONNECTION",
      connectionId: connection,
      prefill: {},
      createdConnections: [],
    }),
  },
];

/** The same digits with a zero before them, set apart as the page sets them apart. */
function dashed(identifier: string): string {
  return `0${identifier}`.replace(/^(.{3})(.{3})/, "$1-$2-");
}
