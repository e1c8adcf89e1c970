/**
 * The engine's reads: objects behind remembered IDs, and candidates from lists. A list is only a hint, as it may be
 * stale and omit fields; every adopted object was read by ID. Writes nothing.
 */
import { isDeepStrictEqual } from "node:util";
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { NotFoundError, optionWords } from "../errors.ts";
import {
  connectionKey,
  fold,
  type OnboardingPlan,
  type PlannedCompany,
  type PlannedSite,
  siteKey,
} from "./plan.ts";
import type { EnginePorts, OnboardingRequest } from "./ports.ts";
import {
  reconcile,
  type Step,
  type Steps,
  type Wanted,
  wantedCompany,
  wantedConnection,
  wantedSite,
} from "./reconcile.ts";

export type LookPorts = Pick<EnginePorts, "api" | "reads" | "ledger" | "remembered">;

/** The objects behind the remembered IDs that still exist and belong to this plan. */
export interface Known {
  readonly company: Company | null;
  /** In the plan's order. */
  readonly sites: readonly (Site | null)[];
  readonly connection: Connection | null;
  /** Remembered IDs that no longer exist, whatever a list shows. */
  readonly gone: ReadonlySet<string>;
}

export interface LookupRequest {
  readonly plan: Pick<OnboardingPlan, "company" | "sites"> & Partial<OnboardingPlan>;
  readonly profile?: string | null;
  readonly newConnection?: boolean;
}

/** Reads everything remembered for a plan, concurrently: reads by ID are never stale in any API we know. */
export async function readKnown(request: LookupRequest, ports: LookPorts): Promise<Known> {
  const { plan } = request;
  const { api, reads } = ports;
  const companyId = rememberedCompany(plan.company, ports);
  if (companyId === null) {
    return { company: null, sites: plan.sites.map(() => null), connection: null, gone: new Set() };
  }
  const siteIds = plan.sites.map((site) => rememberedSite(site, companyId, ports));
  const connectionId = rememberedConnection(request, companyId, siteIds, ports);
  const gone = new Set<string>();
  const read = async <Thing>(
    id: string | null,
    get: (id: string) => Promise<Thing>,
    isNamed = false,
  ): Promise<Thing | null> => {
    if (id === null) return null;
    if (isNamed) return get(id);
    const thing = await unlessGone(get(id));
    if (thing === null) gone.add(id);
    return thing;
  };
  const [company, connection, sites] = await Promise.all([
    read(companyId, reads.company, "id" in plan.company),
    read(connectionId, api.getConnection),
    Promise.all(
      plan.sites.map((site, index) => read(siteIds[index] ?? null, reads.site, "id" in site)),
    ),
  ]);
  if (company === null || !wantedCompany(plan.company).fits(company)) {
    return { company: null, sites: sites.map(() => null), connection: null, gone };
  }
  const fitting = sites.map((site, index) => {
    const planned = plan.sites[index];
    if (site === null || planned === undefined) return null;
    if ("id" in planned) return checkSite(site, company, ports);
    return wantedSite(planned, company.name).fits(site) ? site : null;
  });
  return { company, sites: fitting, connection, gone };
}

const CREATE = { kind: "create" } as const;

/** Determines a plan's steps by reading only. */
export async function inspect(
  request: Pick<OnboardingRequest, "plan" | "profile" | "newConnection">,
  ports: LookPorts,
): Promise<Steps> {
  const { plan, newConnection } = request;
  const known = await readKnown(request, ports);
  const wanted = wantedCompany(plan.company);
  const company = reconcile(
    wanted,
    known.company,
    known.company === null ? await companiesLike(plan.company, wanted, known, ports) : [],
  );
  if (company.kind === "create") {
    for (const site of plan.sites) {
      if ("id" in site) throw unknownSite(site.id, null);
    }
    return { company, sites: plan.sites.map(() => CREATE), connection: CREATE };
  }
  const existing = await withSites(company.existing, plan.sites, known, ports);
  const sites = await Promise.all(
    plan.sites.map(async (site, index): Promise<Step<Site>> => {
      const mine = known.sites[index] ?? null;
      if (mine !== null) return { kind: "adopt", existing: mine };
      if ("id" in site)
        return { kind: "adopt", existing: await siteById(site.id, existing, ports) };
      const like = wantedSite(site, existing.name);
      return reconcile(like, null, await sitesLike(like, existing, ports));
    }),
  );
  const ids = sites.flatMap((step) => (step.kind === "adopt" ? [step.existing.id] : []));
  if (newConnection || ids.length < sites.length) return { company, sites, connection: CREATE };
  const like = wantedConnection(plan.connection, ids);
  const there =
    known.connection === null
      ? await connectionsAmong(like, await ports.api.allConnections(existing.id), [], ports)
      : [];
  return { company, sites, connection: reconcile(like, known.connection, there) };
}

/**
 * The company, read in full if it may lack a site that is to be created: until then a list of this run may have shown
 * it, which proves what exists, but not what is missing.
 */
export async function withSites<Found extends Company>(
  company: Found,
  planned: readonly PlannedSite[],
  known: Known,
  { reads }: LookPorts,
): Promise<Found> {
  const isThere = (site: PlannedSite, index: number) => {
    const { judge } = wantedSite(site, company.name);
    return known.sites[index] != null || company.sites?.some((one) => judge(one) === "same");
  };
  return planned.every(isThere) ? company : { ...company, ...(await reads.inFull(company)) };
}

function rememberedCompany(planned: PlannedCompany, ports: LookPorts): string | null {
  if ("id" in planned) return planned.id;
  const { ledger, remembered } = ports;
  // Two names can have the same derived key.
  const isMeant = ({ name }: { readonly name: string }) =>
    !planned.isDerived || fold(name) === fold(planned.name);
  const own = ledger.known("company", ledger.company).find(isMeant);
  if (own !== undefined) return own.id;
  const kept = remembered?.company ?? null;
  if (kept === null || ledger.isDeleted(kept.id)) return null;
  const { externalId } = planned;
  const isKept =
    externalId === null ? fold(kept.name) === fold(planned.name) : kept.externalId === externalId;
  return isKept && isMeant(kept) ? kept.id : null;
}

function rememberedSite(
  planned: PlannedSite,
  companyId: string,
  { ledger, remembered }: LookPorts,
): string | null {
  if ("id" in planned) return planned.id;
  const own = ledger.known("site", siteKey(planned)).find((site) => site.companyId === companyId);
  if (own !== undefined) return own.id;
  if (remembered?.company?.id !== companyId) return null;
  const { name, externalId } = planned;
  const kept = remembered.sites.filter((site) =>
    externalId === null ? fold(site.name) === fold(name) : site.externalId === externalId,
  );
  return kept.length === 1 ? (kept[0]?.id ?? null) : null;
}

function rememberedConnection(
  request: LookupRequest,
  companyId: string,
  siteIds: readonly (string | null)[],
  { ledger, remembered }: LookPorts,
): string | null {
  const login = request.plan.connection;
  const sites = siteIds.filter((id) => id !== null);
  if (login === undefined || sites.length < siteIds.length) return null;
  if (request.newConnection) {
    const { unfinished } = ledger;
    return unfinished !== null && isSameRun(request, { ledger }) ? unfinished.connectionId : null;
  }
  const own = ledger
    .known("connection", connectionKey(login, sites))
    .find((connection) => connection.companyId === companyId);
  if (own !== undefined) return own.id;
  if (remembered?.company?.id !== companyId) return null;
  const kept = remembered.connection;
  const isMeant =
    kept?.url === login.url &&
    kept.username === login.username &&
    remembered.sites.length === sites.length &&
    remembered.sites.every(({ id }) => sites.includes(id));
  return isMeant ? kept.id : null;
}

/** Whether the unfinished run has the same plan, profile and options. */
export function isSameRun(
  { plan, profile, newConnection }: LookupRequest,
  { ledger: { unfinished } }: Pick<EnginePorts, "ledger">,
): boolean {
  return (
    unfinished !== null &&
    unfinished.profile === profile &&
    unfinished.newConnection === newConnection &&
    isDeepStrictEqual(unfinished.plan, plan)
  );
}

/**
 * Candidates for the wanted company, each read by ID, as a list may be stale and omit fields.
 *
 * @param fresh whether nothing read before this call will do
 */
export async function companiesLike(
  planned: PlannedCompany,
  wanted: Wanted<Company>,
  { gone }: Known,
  { api, reads, ledger }: LookPorts,
  fresh = false,
): Promise<readonly Company[]> {
  if ("id" in planned) return [];
  const mayExist = (id: string) => !ledger.isDeleted(id) && !gone.has(id);
  const listed = (await reads.companiesLike(planned, fresh)).filter(
    (company) => wanted.judge(company) !== "other" && mayExist(company.id),
  );
  // A stale list may not yet show what this machine created for the same key under another name.
  const unlisted = ledger
    .known("company", ledger.company)
    .filter(({ id }) => mayExist(id) && !listed.some((company) => company.id === id));
  const get = fresh ? api.getCompany : reads.company;
  const [found, own] = await Promise.all([
    inFull(wanted, listed, get),
    Promise.all(unlisted.map(({ id }) => unlessGone(get(id)))),
  ]);
  return [...found, ...own.filter((company) => company !== null)];
}

/** @returns null if the object does not exist */
async function unlessGone<Thing>(reading: Promise<Thing>): Promise<Thing | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

/**
 * Candidates for the wanted site, each read by ID.
 *
 * @param mayBeLost whether a create of it may have reached the server
 * @throws NotFoundError `ambiguous` if the API does not list the company's sites and the site may already exist
 */
export async function sitesLike(
  wanted: Wanted<Site>,
  company: Company,
  { reads, ledger }: LookPorts,
  mayBeLost = false,
): Promise<readonly Site[]> {
  if (company.sites === undefined) {
    const [own] = ledger.known("company", ledger.company);
    if (own?.id === company.id && own.made === "created" && !mayBeLost) return [];
    throw new NotFoundError(
      "ambiguous",
      `the API does not list the sites of ${company.name}, so one with ${wanted.by} may already exist`,
      { hint: "Name an existing site with --site-id." },
    );
  }
  const listed = company.sites.filter(
    (site) => wanted.judge(site) !== "other" && !ledger.isDeleted(site.id),
  );
  return inFull(wanted, listed, reads.site);
}

/** Candidates for the wanted connection, each read by ID. */
export async function connectionsAmong(
  wanted: Wanted<Connection>,
  connections: readonly Connection[],
  without: readonly string[],
  { api, ledger }: LookPorts,
): Promise<readonly Connection[]> {
  const listed = connections.filter(
    (one) =>
      wanted.judge(one) !== "other" && !without.includes(one.id) && !ledger.isDeleted(one.id),
  );
  return inFull(wanted, listed, api.getConnection);
}

/**
 * Reads listed objects by ID, and fills fields missing from the details.
 *
 * @throws NotFoundError `ambiguous` for one that is listed and can't be found by its ID: it may have just been deleted, or
 *   not be readable yet, so that neither using it nor creating another one is safe
 */
async function inFull<Thing extends { readonly id: string }>(
  { things, by }: Wanted<Thing>,
  listed: readonly (Partial<Thing> & { readonly id: string })[],
  get: (id: string) => Promise<Thing>,
): Promise<readonly Thing[]> {
  const read = await Promise.all(
    listed.map(async (one) => {
      try {
        const details = await get(one.id);
        const missing = Object.entries(one).filter(([name]) => {
          const value: unknown = Reflect.get(details, name);
          return value === undefined || value === null;
        });
        return { ...details, ...Object.fromEntries(missing) };
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        throw new NotFoundError(
          "ambiguous",
          `the API lists one of the ${things} with ${by}, but finds nothing at its ID, ${one.id}`,
          {
            hint: "It may have just been deleted, or not be readable yet. Run the same command again in a minute.",
            retryable: true,
          },
        );
      }
    }),
  );
  return read;
}

/** @throws NotFoundError `not_found` unless the company has a site with this ID */
export async function siteById(id: string, company: Company, ports: LookPorts): Promise<Site> {
  try {
    return checkSite(await ports.reads.site(id), company, ports);
  } catch (error) {
    throw error instanceof NotFoundError ? unknownSite(id, company) : error;
  }
}

/** A site named by ID must belong to its company, as far as the API shows that. */
function checkSite(site: Site, company: Company, { ledger }: LookPorts): Site {
  const { id } = site;
  const isListed =
    company.sites === undefined ||
    company.sites.some((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!site.isArchived && (isListed || ledger.hasSite(id, company.id))) return site;
  throw unknownSite(id, company);
}

/** @param company null if it does not exist yet */
function unknownSite(id: string, company: Company | null): NotFoundError {
  const where = company === null ? "a company that does not exist yet" : company.name;
  return new NotFoundError("not_found", `no site of ${where} has the ID ${id}`, {
    next:
      company === null
        ? []
        : [
            {
              words: ["nectar", "sites", "list", ...optionWords("--company", company.id)],
              why: "its sites",
            },
          ],
  });
}
