/** One method an endpoint, with parsed results. */
import * as z from "zod/mini";
import { callOver, parse, type Shape } from "./call.ts";
import { type DataApi, dataOver } from "./data.ts";
import { trackForms } from "./forms.ts";
import type { Http, HttpRequest } from "./http.ts";
import { type InvitationsApi, invitationsOver } from "./invitations.ts";
import { eachItem, everyItem, type Page } from "./pages.ts";
import {
  COMPANIES,
  companyPath,
  connectionPath,
  type KnownForms,
  type Nested,
  nestedPath,
  type PathForm,
  PING,
  sitePath,
} from "./routes.ts";
import {
  type Company,
  type CompanyCreate,
  type CompanyUpdate,
  companyListWire,
  companyWire,
  toCompany,
} from "./schemas/company.ts";
import {
  type Connection,
  type ConnectionCreate,
  connectionWire,
  toConnection,
} from "./schemas/connection.ts";
import { pageEnvelope } from "./schemas/page.ts";
import { type Site, type SiteCreate, type SiteUpdate, siteWire, toSite } from "./schemas/site.ts";

export interface ConnectionFilter {
  readonly status?: string;
  readonly siteIds?: readonly string[];
  readonly ownerEmail?: string;
  /** Items on a page, from 1 to 500. */
  readonly pageSize?: number;
}

/**
 * The Nectar API as this tool uses it. Every method throws a NectarError and nothing else.
 * @see https://docs.nectarclimate.com/developer-guide/getting-started.md
 */
export interface NectarApi extends DataApi, InvitationsApi {
  /** Whether the key is accepted; throws AuthError when it is not. */
  ping(): Promise<void>;
  listCompanies(): Promise<readonly Company[]>;
  createCompany(body: CompanyCreate): Promise<Company>;
  getCompany(id: string): Promise<Company>;
  updateCompany(id: string, body: CompanyUpdate): Promise<Company>;
  /** Answers at once; the vendor deletes in the background. */
  deleteCompany(id: string): Promise<void>;
  createSite(companyId: string, body: SiteCreate): Promise<Site>;
  getSite(id: string): Promise<Site>;
  updateSite(id: string, body: SiteUpdate): Promise<Site>;
  createConnection(companyId: string, body: ConnectionCreate): Promise<Connection>;
  /** Every connection on every page, fetched as they are asked for. */
  listConnections(companyId: string, filter?: ConnectionFilter): AsyncIterable<Connection>;
  /** All connections of a company, also where some are deleted while the pages are read. */
  allConnections(companyId: string): Promise<readonly Connection[]>;
  getConnection(id: string): Promise<Connection>;
  /** Lets go of the kept-alive sockets. */
  close(): void;
}

const connectionPageWire = z.extend(pageEnvelope, { connections: z.array(connectionWire) });
const LARGEST_PAGE = 500;

/**
 * A client over one API's HTTP.
 *
 * @param known the path forms that answered in earlier runs
 * @param onForm told once for each form that is found to answer
 */
export function createClient(options: {
  readonly http: Http;
  readonly known?: KnownForms;
  readonly onForm?: (nested: Nested, form: PathForm) => void;
}): NectarApi {
  const forms = trackForms(options.known ?? {}, options.onForm ?? (() => {}));
  const seenCompanies = new Set<string>();
  const http: Pick<Http, "send"> = {
    async send(request) {
      const answer = await options.http.send(request);
      if (answer.pathForms !== null) forms.believe(answer.pathForms);
      return answer;
    },
  };
  const call = callOver(http);

  function seen(company: Company): Company {
    seenCompanies.add(company.id);
    return company;
  }

  async function nested<Wire>(
    kind: Nested,
    companyId: string,
    request: Omit<HttpRequest, "path">,
    schema: Shape<Wire>,
  ): Promise<Wire> {
    const answer = await forms.send(
      kind,
      (form) => http.send({ ...request, path: nestedPath(kind, form, companyId) }),
      async () => {
        if (!seenCompanies.has(companyId)) await client.getCompany(companyId);
      },
    );
    return parse(answer, schema);
  }

  async function connectionPage(
    companyId: string,
    filter: ConnectionFilter,
    page: number,
  ): Promise<Page<Connection>> {
    const query: [string, string][] = [
      ["limit", String(filter.pageSize ?? LARGEST_PAGE)],
      ["page", String(page)],
    ];
    if (filter.status !== undefined) query.push(["status", filter.status]);
    if (filter.ownerEmail !== undefined) query.push(["connectionOwnerEmail", filter.ownerEmail]);
    for (const id of filter.siteIds ?? []) query.push(["sites", id]);
    const wire = await nested(
      "connections",
      companyId,
      { method: "GET", query },
      connectionPageWire,
    );
    return { envelope: wire, items: wire.connections.map(toConnection) };
  }

  const client: NectarApi = {
    ...dataOver(call),
    ...invitationsOver(call, http),
    async ping() {
      await http.send({ method: "GET", path: PING });
    },
    async listCompanies() {
      const wire = await call({ method: "GET", path: COMPANIES }, companyListWire);
      return wire.map(toCompany).map(seen);
    },
    async createCompany(body) {
      const request: HttpRequest = { method: "POST", path: COMPANIES, body, once: true };
      return seen(toCompany(await call(request, companyWire)));
    },
    async getCompany(id) {
      return seen(toCompany(await call({ method: "GET", path: companyPath(id) }, companyWire)));
    },
    async updateCompany(id, body) {
      const request: HttpRequest = { method: "PATCH", path: companyPath(id), body };
      return seen(toCompany(await call(request, companyWire)));
    },
    async deleteCompany(id) {
      await http.send({ method: "DELETE", path: companyPath(id) });
    },
    async createSite(companyId, body) {
      const request = { method: "POST", body, once: true } as const;
      return toSite(await nested("sites", companyId, request, siteWire));
    },
    async getSite(id) {
      return toSite(await call({ method: "GET", path: sitePath(id) }, siteWire));
    },
    async updateSite(id, body) {
      return toSite(await call({ method: "PATCH", path: sitePath(id), body }, siteWire));
    },
    async createConnection(companyId, body) {
      const request = { method: "POST", body, once: true } as const;
      return toConnection(await nested("connections", companyId, request, connectionWire));
    },
    listConnections(companyId, filter = {}) {
      return eachItem((page) => connectionPage(companyId, filter, page));
    },
    allConnections: (companyId) => everyItem((page) => connectionPage(companyId, {}, page)),
    async getConnection(id) {
      return toConnection(await call({ method: "GET", path: connectionPath(id) }, connectionWire));
    },
    close: () => options.http.close(),
  };
  return client;
}
