/**
 * The engine's reads of what is remembered: the objects behind the IDs of the ledger, the profile and the user. Writes
 * nothing.
 */
import { isDeepStrictEqual } from "node:util";
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { lastWord, NotFoundError, optionWords } from "../errors.ts";
import type { Ledger, UnfinishedRun } from "./ledger.ts";
import {
  connectionKey,
  fold,
  type OnboardingPlan,
  type PlannedCompany,
  type PlannedSite,
  siteKey,
} from "./plan.ts";
import { readCreated } from "./poll.ts";
import type { EnginePorts } from "./ports.ts";
import { wantedCompany, wantedConnection, wantedSite } from "./reconcile.ts";

export type LookPorts = Pick<
  EnginePorts,
  "api" | "reads" | "ledger" | "remembered" | "clock" | "signal" | "readLagMs"
>;

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

/** The same ports, with reads that wait for what this tool created a moment ago: a read by ID may lag, too. */
export function waitingForOwn<Ports extends LookPorts>(ports: Ports): Ports {
  const { api, reads, ledger, clock, readLagMs } = ports;
  const own =
    <Thing>(get: (id: string) => Promise<Thing>) =>
    (id: string): Promise<Thing> => {
      const created = ledger.createdAt(id) ?? Number.NEGATIVE_INFINITY;
      // A clock that was set back must not make it wait for longer.
      return readCreated(() => get(id), Math.min(created, clock.now()) + readLagMs, ports);
    };
  return {
    ...ports,
    api: {
      ...api,
      getCompany: own(api.getCompany),
      getSite: own(api.getSite),
      getConnection: own(api.getConnection),
      allConnections: own(api.allConnections),
    },
    reads: {
      ...reads,
      company: own(reads.company),
      site: own(reads.site),
      inFull: (company) => own(() => reads.inFull(company))(company.id),
    },
  };
}

/** Reads everything remembered for a plan, concurrently. */
export async function readKnown(request: LookupRequest, ports: LookPorts): Promise<Known> {
  const { plan } = request;
  const { api, reads, ledger } = ports;
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
  if (!("id" in plan.company)) checkDeletion(company, ledger);
  const fitting = sites.map((site, index) => {
    const planned = plan.sites[index];
    if (site === null || planned === undefined) return null;
    if ("id" in planned) return checkSite(site, company, ports);
    return wantedSite(planned, company.name).fits(site) ? site : null;
  });
  const ids = fitting.flatMap((site) => site?.id ?? []);
  const fits =
    connection !== null &&
    plan.connection !== undefined &&
    ids.length === plan.sites.length &&
    wantedConnection(plan.connection, ids).fits(connection);
  return { company, sites: fitting, connection: fits ? connection : null, gone };
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
    return sameRun(request, ledger)?.connectionId ?? null;
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

/** The unfinished run, if it has the same plan, profile and options. */
export function sameRun(
  { plan, profile, newConnection }: LookupRequest,
  { unfinished }: Ledger,
): UnfinishedRun | null {
  const isSame =
    unfinished?.profile === profile &&
    unfinished?.newConnection === newConnection &&
    isDeepStrictEqual(unfinished?.plan, plan);
  return isSame ? unfinished : null;
}

/** @throws NotFoundError `ambiguous` for a company that may be about to disappear: only the user can tell */
export function checkDeletion({ id, name }: Company, ledger: LookPorts["ledger"]): void {
  if (!ledger.mayBeDeleted(id)) return;
  const message = `the company "${name}" still exists, but a request to delete it was sent, and its outcome is unknown`;
  throw new NotFoundError("ambiguous", message, {
    lines: [`${id}  ${name}`],
    hint: "Delete it again, or go on using it by its ID.",
    next: [
      { words: ["nectar", "companies", "delete", ...lastWord(id)], why: "delete it" },
      { words: ["nectar", "onboard", ...optionWords("--company-id", id)], why: "go on using it" },
    ],
  });
}

/** @returns null if the object does not exist */
export async function unlessGone<Thing>(reading: Promise<Thing>): Promise<Thing | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
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
  const isListed = company.sites === undefined || company.sites.some((one) => one.id === id);
  if (!site.isArchived && (isListed || ledger.hasSite(id, company.id))) return site;
  throw unknownSite(id, company);
}

/** A company that is to be created can't have a site yet. @throws NotFoundError for one that is named by its ID */
export function checkNewCompany(sites: readonly PlannedSite[]): void {
  for (const site of sites) if ("id" in site) throw unknownSite(site.id, null);
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
