/**
 * Runs an onboarding: reads the remembered objects by ID, then finds or creates the company, the sites and the
 * connection in that order, saves every ID, and waits for the status.
 */
import { createCompany, createConnection, createSite } from "../api/creates.ts";
import type { Company, CompanyCreate } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { NectarError, NotFoundError } from "../errors.ts";
import {
  checkNewCompany,
  type Known,
  readKnown,
  sameRun,
  siteById,
  waitingForOwn,
} from "./known.ts";
import type { Kind } from "./ledger.ts";
import { companiesLike, connectionsAmong, sitesLike, withSites } from "./look.ts";
import { findOrCreate } from "./once.ts";
import {
  bodyOf,
  connectionKey,
  type OnboardingPlan,
  type PlannedCompany,
  type PlannedSite,
  siteKey,
} from "./plan.ts";
import type { EnginePorts, OnboardingRequest, RunPorts, WithOutcome } from "./ports.ts";
import { wantedCompany, wantedConnection, wantedSite } from "./reconcile.ts";
import { awaitSettled } from "./wait.ts";

export interface OnboardingResult {
  readonly company: WithOutcome<Company>;
  /** In the plan's order. */
  readonly sites: readonly WithOutcome<Site>[];
  readonly connection: WithOutcome<Connection>;
}

/** Extra fields for a company that is to be created. */
export type ExtraCompanyFields = Omit<CompanyCreate, "name" | "externalId">;

/**
 * Carries out a plan. Running the same plan twice creates nothing twice; an unfinished run is continued.
 *
 * @throws NectarError whose `created` lists what was created so far
 */
export function onboard(request: OnboardingRequest, given: EnginePorts): Promise<OnboardingResult> {
  return reportingCreated(given, async (ports) => {
    const { plan, profile, newConnection } = request;
    const { ledger, report, keep } = ports;
    report({ kind: "working", on: "company" });
    const known = await readKnown(request, ports);
    const unfinished = sameRun(request, ledger);
    if (unfinished !== null) {
      const sites = known.sites.filter((site) => site !== null).length;
      report({
        kind: "continued",
        since: unfinished.startedAt,
        company: known.company !== null,
        sites: [sites, plan.sites.length],
      });
    }
    if (profile !== null) ledger.begin({ profile, plan, newConnection });
    const found = await companyOf(plan, known, {}, ports);
    report({ kind: "company", company: found });
    const company =
      found.outcome === "created" ? found : await withSites(found, plan.sites, known, ports);
    await keep({ company, sites: [], connection: null });

    report({ kind: "working", on: "sites" });
    // Listed while the sites are created: a connection that exists before them can't be theirs.
    const listed = connectionsBefore(request, company, known, ports);
    const sites = await sitesOf(plan.sites, company, known, ports);
    await keep({ company, sites, connection: null });

    report({ kind: "working", on: "connection" });
    const made = await connectionOf(request, company, sites, known, await listed, ports);
    const { outcome } = made;
    const complete = (connection: Connection) =>
      fillIn({ ...connection, outcome }, plan, company, sites);
    await keep({ company, sites, connection: complete(made) });

    const last = complete(request.wait ? await awaitSettled(made, ports) : made);
    report({ kind: "connection", connection: last });
    return { company, sites, connection: last };
  });
}

/** Finds or creates a company. */
export function ensureCompany(
  planned: PlannedCompany,
  more: ExtraCompanyFields,
  given: EnginePorts,
): Promise<WithOutcome<Company>> {
  return reportingCreated(given, async (ports) => {
    const plan = { company: planned, sites: [] };
    return companyOf(plan, await readKnown({ plan }, ports), more, ports);
  });
}

/** Finds or creates a site in a company. */
export function ensureSite(
  planned: PlannedSite,
  companyId: string,
  given: EnginePorts,
): Promise<WithOutcome<Site>> {
  return reportingCreated(given, async (ports) => {
    const plan = { company: { id: companyId }, sites: [planned] };
    const known = await readKnown({ plan }, ports);
    const company = await companyOf(plan, known, {}, ports);
    const [site] = await sitesOf([planned], company, known, ports);
    if (site === undefined) throw new Error("one site was requested");
    return site;
  });
}

async function companyOf(
  { company: planned, sites }: Pick<OnboardingPlan, "company" | "sites">,
  known: Known,
  more: ExtraCompanyFields,
  ports: RunPorts,
): Promise<WithOutcome<Company>> {
  const { reads, ledger } = ports;
  if ("id" in planned) {
    const company = known.company ?? (await reads.company(planned.id));
    await adopt("company", ledger.company, company, company.id, ports);
    return { ...company, outcome: "existing" };
  }
  const wanted = wantedCompany(planned);
  const company = await findOrCreate(
    {
      kind: "company",
      key: ledger.company,
      companyId: null,
      name: planned.name,
      wanted,
      known: known.company,
      mayExist: true,
      findCandidates: (fresh) => companiesLike(planned, wanted, known, ports, fresh),
      before: [],
      request: createCompany({ ...more, ...bodyOf(planned) }),
      checkCreate: () => checkNewCompany(sites),
    },
    ports,
  );
  return withExternalId(company, planned.externalId);
}

/** Runs concurrently. Waits for every create even if one fails, so that no ID is lost. */
async function sitesOf(
  planned: readonly PlannedSite[],
  company: WithOutcome<Company>,
  known: Known,
  ports: RunPorts,
): Promise<readonly WithOutcome<Site>[]> {
  const settled = await Promise.allSettled(
    planned.map((one, index) => siteOf(one, company, known.sites[index] ?? null, ports)),
  );
  const sites = settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
  const twice = sites.find(({ id }, index) => sites.findIndex((site) => site.id === id) < index);
  if (twice === undefined) return sites;
  throw new NotFoundError("ambiguous", `two of the given sites are the same site, ${twice.id}`, {
    hint: "Give each site once.",
  });
}

async function siteOf(
  planned: PlannedSite,
  company: WithOutcome<Company>,
  known: Site | null,
  ports: RunPorts,
): Promise<WithOutcome<Site>> {
  const { api, ledger, report } = ports;
  const key = siteKey(planned);
  if ("id" in planned) {
    const existing = known ?? (await siteById(planned.id, company, ports));
    await adopt("site", key, existing, company.id, ports);
    const site = { ...existing, outcome: "existing" } as const;
    report({ kind: "site", site });
    return site;
  }
  const wanted = wantedSite(planned, company.name);
  const found = await findOrCreate(
    {
      kind: "site",
      key,
      companyId: company.id,
      name: planned.name,
      wanted,
      known,
      mayExist: company.outcome === "existing",
      findCandidates: async (fresh) => {
        const now = fresh ? await api.getCompany(company.id) : company;
        return sitesLike(wanted, now, ports, ledger.open("site", key) !== null);
      },
      before: [],
      request: createSite(company.id, bodyOf(planned)),
    },
    ports,
  );
  const site = withExternalId(found, planned.externalId);
  report({ kind: "site", site });
  return site;
}

/** If the API omits the external ID, the requested one is used. */
function withExternalId<Thing extends { readonly externalId: string | null | undefined }>(
  thing: Thing,
  externalId: string | null,
): Thing {
  return thing.externalId === undefined ? { ...thing, externalId } : thing;
}

/** The company's connections before its sites are created; empty if there can't be any, or the right one is known. */
function connectionsBefore(
  { newConnection }: OnboardingRequest,
  company: WithOutcome<Company>,
  known: Known,
  { api }: RunPorts,
): Promise<readonly Connection[]> {
  if (company.outcome === "created") return Promise.resolve([]);
  if (known.connection !== null && !newConnection) return Promise.resolve([]);
  const listed = api.allConnections(company.id);
  // The sites may fail first; then nothing awaits this promise.
  listed.catch(() => {});
  return listed;
}

async function connectionOf(
  { plan, password, newConnection }: OnboardingRequest,
  company: WithOutcome<Company>,
  sites: readonly WithOutcome<Site>[],
  known: Known,
  listed: readonly Connection[],
  ports: RunPorts,
): Promise<WithOutcome<Connection>> {
  const { api, ledger } = ports;
  const { url, username, country } = plan.connection;
  const siteIds = sites.map(({ id }) => id);
  const key = connectionKey(plan.connection, siteIds);
  const wanted = wantedConnection(plan.connection, siteIds);
  const isNew = newConnection || sites.some(({ outcome }) => outcome === "created");
  const before = isNew
    ? (ledger.open("connection", key)?.before ??
      listed.filter((one) => wanted.judge(one) !== "other").map(({ id }) => id))
    : [];
  const login = { url, username, password, sites: siteIds, country };
  const made = await findOrCreate(
    {
      kind: "connection",
      key,
      companyId: company.id,
      name: `${username} at ${url}`,
      wanted,
      known: known.connection,
      mayExist: !isNew && company.outcome === "existing",
      findCandidates: async (fresh) => {
        const now = fresh ? await api.allConnections(company.id) : listed;
        return connectionsAmong(wanted, now, before, ports);
      },
      before,
      request: createConnection(company.id, login),
    },
    ports,
  );
  if (made.status !== null) return made;
  return { ...(await api.getConnection(made.id)), outcome: made.outcome };
}

/** Records an object that the user named by ID. */
function adopt(
  kind: "company" | "site",
  key: string,
  { id, name }: { readonly id: string; readonly name: string },
  companyId: string,
  { ledger }: RunPorts,
): Promise<void> {
  return ledger.settle({ kind, key, id, companyId, name, made: "adopted" });
}

/** Runs `work`, and adds what was created so far to any error. */
async function reportingCreated<Result>(
  given: EnginePorts,
  work: (ports: RunPorts) => Promise<Result>,
): Promise<Result> {
  const ids: Record<Kind, string[]> = { company: [], site: [], connection: [] };
  try {
    return await work({ ...waitingForOwn(given), created: (kind, id) => ids[kind].push(id) });
  } catch (error) {
    if (!(error instanceof NectarError)) throw error;
    const [companyId = null] = ids.company;
    const [connectionId = null] = ids.connection;
    throw error.with({ created: { companyId, siteIds: ids.site, connectionId } });
  }
}

/** The create call is only guaranteed to return an ID and a status; the rest is filled in from the request. */
function fillIn(
  connection: WithOutcome<Connection>,
  plan: OnboardingPlan,
  company: Company,
  sites: readonly Site[],
): WithOutcome<Connection> {
  return {
    ...connection,
    url: connection.url ?? plan.connection.url,
    username: connection.username ?? plan.connection.username,
    country: connection.country ?? plan.connection.country,
    siteIds: connection.siteIds ?? sites.map(({ id }) => id),
    company: connection.company ?? { id: company.id, name: company.name },
  };
}
