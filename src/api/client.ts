/** One method an endpoint, with parsed results. Finds out which of the documented path forms is the real one. */
import * as z from "zod/mini";
import { NotFoundError } from "../errors.ts";
import type { HttpAnswer } from "./answer.ts";
import { callOver, parse, type Shape } from "./call.ts";
import { type DataApi, dataOver } from "./data.ts";
import type { Http, HttpRequest } from "./http.ts";
import { type InvitationsApi, invitationsOver } from "./invitations.ts";
import { eachItem, type Page } from "./pages.ts";
import {
  COMPANIES,
  companyPath,
  connectionPath,
  formsToTry,
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
  getConnection(id: string): Promise<Connection>;
  /** Lets go of the kept-alive sockets. */
  close(): void;
}

const connectionPageWire = z.extend(pageEnvelope, { connections: z.array(connectionWire) });
const LARGEST_PAGE = 500;

/**
 * A client over one HTTP way.
 *
 * @param known the path forms that answered in earlier runs
 * @param onForm told once for each form that is found to answer
 */
export function createClient(options: {
  readonly http: Http;
  readonly known?: KnownForms;
  readonly onForm?: (nested: Nested, form: PathForm) => void;
}): NectarApi {
  const { http } = options;
  const forms: Partial<Record<Nested, PathForm>> = { ...options.known };
  const seenCompanies = new Set<string>();

  const call = callOver(http);

  function seen(company: Company): Company {
    seenCompanies.add(company.id);
    return company;
  }

  /** A 404 created nothing, so trying the other form is safe for a create too, once the company is known to exist. */
  async function nested<Wire>(
    kind: Nested,
    companyId: string,
    request: Omit<HttpRequest, "path">,
    schema: Shape<Wire>,
  ): Promise<Wire> {
    const [first, second] = formsToTry(forms[kind]);
    const send = (form: PathForm) =>
      http.send({ ...request, path: nestedPath(kind, form, companyId) });
    let answer: HttpAnswer;
    let form = first;
    try {
      answer = await send(first);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      if (!seenCompanies.has(companyId)) await client.getCompany(companyId);
      answer = await send(second);
      form = second;
    }
    if (forms[kind] !== form) {
      forms[kind] = form;
      options.onForm?.(kind, form);
    }
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
      return seen(toCompany(await call({ method: "POST", path: COMPANIES, body }, companyWire)));
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
      return toSite(await nested("sites", companyId, { method: "POST", body }, siteWire));
    },
    async getSite(id) {
      return toSite(await call({ method: "GET", path: sitePath(id) }, siteWire));
    },
    async updateSite(id, body) {
      return toSite(await call({ method: "PATCH", path: sitePath(id), body }, siteWire));
    },
    async createConnection(companyId, body) {
      const request = { method: "POST", body } as const;
      return toConnection(await nested("connections", companyId, request, connectionWire));
    },
    listConnections(companyId, filter = {}) {
      return eachItem((page) => connectionPage(companyId, filter, page));
    },
    async getConnection(id) {
      return toConnection(await call({ method: "GET", path: connectionPath(id) }, connectionWire));
    },
    close: () => http.close(),
  };
  return client;
}
