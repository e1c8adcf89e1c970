/**
 * The engine's reads of candidates from lists. A list is only a hint, as it may be stale and omit fields; every adopted
 * object was read by ID. Writes nothing.
 */
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { NotFoundError } from "../errors.ts";
import {
  checkDeletion,
  checkNewCompany,
  type Known,
  type LookPorts,
  readKnown,
  siteById,
  unlessGone,
  waitingForOwn,
} from "./known.ts";
import type { PlannedCompany, PlannedSite } from "./plan.ts";
import type { OnboardingRequest } from "./ports.ts";
import {
  reconcile,
  type Step,
  type Steps,
  type Wanted,
  wantedCompany,
  wantedConnection,
  wantedSite,
} from "./reconcile.ts";

const CREATE = { kind: "create" } as const;

/** Determines a plan's steps by reading only. */
export async function inspect(
  request: Pick<OnboardingRequest, "plan" | "profile" | "newConnection">,
  given: LookPorts,
): Promise<Steps> {
  const { plan, newConnection } = request;
  const ports = waitingForOwn(given);
  const known = await readKnown(request, ports);
  const wanted = wantedCompany(plan.company);
  const company = reconcile(
    wanted,
    known.company,
    known.company === null ? await companiesLike(plan.company, wanted, known, ports) : [],
  );
  if (company.kind === "create") {
    checkNewCompany(plan.sites);
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
  const candidates = [...found, ...own.filter((company) => company !== null)];
  for (const company of candidates) checkDeletion(company, ledger);
  return candidates;
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
  const listed = company.sites.filter((site) => wanted.judge(site) !== "other");
  return inFull(wanted, listed, reads.site);
}

/** Candidates for the wanted connection, each read by ID. */
export async function connectionsAmong(
  wanted: Wanted<Connection>,
  connections: readonly Connection[],
  without: readonly string[],
  { api }: LookPorts,
): Promise<readonly Connection[]> {
  const listed = connections.filter(
    (one) => wanted.judge(one) !== "other" && !without.includes(one.id),
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
