/** The API client: one method per endpoint, with parsed results. */
import * as z from "zod/mini";
import { anySuccess, type Create, createCall } from "./call.ts";
import { createDataApi } from "./data.ts";
import { type BeforeSending, type Http, UNRECORDED } from "./http.ts";
import { createInvitationsApi } from "./invitations.ts";
import { eachItem, type Page, readAllItems } from "./pages.ts";
import { Companies, Company, type CompanyUpdate } from "./resources/company.ts";
import { Connection, ConnectionPage } from "./resources/connection.ts";
import { Site, type SiteUpdate } from "./resources/site.ts";
import { COMPANIES, type KnownForms, type Nested, type PathForm, pathOf } from "./routes.ts";

export interface ConnectionFilter {
  readonly status?: string;
  readonly siteIds?: readonly string[];
  readonly ownerEmail?: string;
}

/** The Nectar API as this tool uses it. */
export type NectarApi = ReturnType<typeof createClient>;

const LARGEST_PAGE = "500";

export interface ClientOptions {
  readonly http: Http;
  /** The path forms that worked in earlier runs. */
  readonly known?: KnownForms | undefined;
  /** Called once for each form that is found to work. */
  readonly onForm?: ((nested: Nested, form: PathForm) => void) | undefined;
}

/**
 * Creates a client for one API. Every method throws only NectarErrors.
 * @see https://docs.nectarclimate.com/developer-guide/getting-started.md
 */
export function createClient(options: ClientOptions) {
  const { http, known = {}, onForm = () => {} } = options;
  const seenCompanies = new Set<string>();
  const call = createCall(http, { known, onForm, hasSeen: (id) => seenCompanies.has(id) });

  function remember(company: Company): Company {
    seenCompanies.add(company.id);
    return company;
  }

  async function connectionPage(
    companyId: string,
    filter: ConnectionFilter,
    page: number,
  ): Promise<Page<Connection>> {
    const query: [string, string][] = [
      ["limit", LARGEST_PAGE],
      ["page", String(page)],
    ];
    if (filter.status !== undefined) query.push(["status", filter.status]);
    if (filter.ownerEmail !== undefined) query.push(["connectionOwnerEmail", filter.ownerEmail]);
    for (const id of filter.siteIds ?? []) query.push(["sites", id]);
    const path = { kind: "connections", companyId } as const;
    const envelope = await call({ method: "GET", path, query }, ConnectionPage);
    return { envelope, items: envelope.connections };
  }

  return {
    ...createDataApi(call),
    ...createInvitationsApi(call),
    /** Checks that the key is accepted; throws AuthError if not. */
    async ping() {
      await call({ method: "GET", path: "/ping" }, anySuccess);
    },
    async listCompanies(): Promise<readonly Company[]> {
      return (await call({ method: "GET", path: COMPANIES }, Companies)).map(remember);
    },
    /** Sends a create once; see `BeforeSending`. What the response omits is as requested. */
    async create<Thing extends { readonly id: string }>(
      { path, body, secrets, shape }: Create<Thing>,
      once: BeforeSending = UNRECORDED,
    ): Promise<Thing> {
      const request = { method: "POST", path, body: { ...body, ...secrets }, once } as const;
      const complete = z.pipe(
        z.looseObject({}),
        z.transform((wire): unknown => ({ ...body, ...wire })),
      );
      const thing = await call(request, z.pipe(complete, shape));
      if (path === COMPANIES) seenCompanies.add(thing.id);
      return thing;
    },
    async getCompany(id: string) {
      return remember(await call({ method: "GET", path: pathOf`/company/${id}` }, Company));
    },
    async updateCompany(id: string, body: CompanyUpdate) {
      return remember(await call({ method: "PATCH", path: pathOf`/company/${id}`, body }, Company));
    },
    /** Returns at once; the vendor deletes in the background. */
    async deleteCompany(id: string) {
      await call({ method: "DELETE", path: pathOf`/company/${id}` }, anySuccess);
    },
    getSite: (id: string) => call({ method: "GET", path: pathOf`/site/${id}` }, Site),
    updateSite: (id: string, body: SiteUpdate) =>
      call({ method: "PATCH", path: pathOf`/site/${id}`, body }, Site),
    /** All connections, with pages fetched lazily. */
    listConnections: (
      companyId: string,
      filter: ConnectionFilter = {},
    ): AsyncIterable<Connection> => eachItem((page) => connectionPage(companyId, filter, page)),
    /** All connections of a company, even if some are deleted while the pages are read. */
    allConnections: (companyId: string) =>
      readAllItems((page) => connectionPage(companyId, {}, page)),
    getConnection: (id: string) =>
      call({ method: "GET", path: pathOf`/connection/${id}/details` }, Connection),
    /** Sends any request. For a method that is not listed here. */
    send: http.send,
    /** Until when no request is sent because the server asked for a pause, in milliseconds since the epoch. */
    pausedUntil: http.pausedUntil,
    /** Closes the keep-alive sockets. */
    close: http.close,
  };
}
