/**
 * How the engine reads companies and their sites: each by a request of its own, or from the company list, which all
 * companies of one run share. A list proves what exists, never what is missing: it may be stale, and lag behind.
 */
import type { NectarApi } from "../api/client.ts";
import type { Company } from "../api/resources/company.ts";
import type { Site } from "../api/resources/site.ts";
import { fold, type NewCompany } from "./plan.ts";

export interface Reads {
  /**
   * Companies that may be the planned one; others may be among them.
   *
   * @param fresh whether only a list will do that is requested after this call
   */
  companiesLike(planned: NewCompany, fresh: boolean): Promise<readonly Company[]>;
  /** @throws NotFoundError */
  company(id: string): Promise<Company>;
  /** @throws NotFoundError */
  site(id: string): Promise<Site>;
  /** The company as a read by ID shows it, for a decision about what it lacks. */
  inFull(company: Company): Promise<Company>;
}

/** One request for each read. */
export function directReads(api: NectarApi): Reads {
  return {
    companiesLike: () => api.listCompanies(),
    company: api.getCompany,
    site: api.getSite,
    inFull: async (company) => company,
  };
}

/** That a company does not exist is concluded from a list of at most this age, in milliseconds. */
const LONGEST_AGE_MS = 60_000;

/**
 * Reads for many companies: one request for the list, and one for each object that it does not show completely.
 *
 * @param now milliseconds since the epoch
 * @throws NectarError if the list can't be read at all
 */
export async function openSharedReads(api: NectarApi, now: () => number): Promise<Reads> {
  let requestedAt = now();
  let latest = await api.listCompanies().then(indexOf);
  let underWay: Promise<CompanyIndex> | null = null;
  let following: Promise<CompanyIndex> | null = null;

  const request = async (): Promise<CompanyIndex> => {
    const began = now();
    latest = indexOf(await api.listCompanies());
    requestedAt = began;
    return latest;
  };
  /** A list that is requested from now on. Those that ask while one is under way share the one after it. */
  const fresh = (): Promise<CompanyIndex> => {
    following ??= Promise.resolve(underWay)
      .then(noop, noop)
      .then(() => {
        following = null;
        underWay = request().finally(() => {
          underWay = null;
        });
        return underWay;
      });
    return following;
  };

  return {
    async companiesLike(planned, isFresh) {
      const isRecent = now() - requestedAt <= LONGEST_AGE_MS;
      const list = isFresh ? await fresh() : isRecent ? latest : await (underWay ?? fresh());
      const keys = [nameKey(planned.name), ...externalKeys(planned.externalId)];
      return [...new Set(keys.flatMap((key) => list.alike.get(key) ?? []))];
    },
    async company(id) {
      const listed = latest.companies.get(id);
      const isComplete = listed?.externalId !== undefined && listed.sites !== undefined;
      return isComplete ? listed : api.getCompany(id);
    },
    async site(id) {
      const listed = latest.sites.get(id);
      const isComplete = listed?.externalId !== undefined && listed.isArchived !== undefined;
      return isComplete ? listed : api.getSite(id);
    },
    inFull: ({ id }) => api.getCompany(id),
  };
}

/** A company list that is searched a thousand times. */
interface CompanyIndex {
  /** By ID. */
  readonly companies: ReadonlyMap<string, Company>;
  readonly sites: ReadonlyMap<string, Site>;
  /** By name and by external ID, folded: reconcile.ts accepts no company in which both differ. */
  readonly alike: ReadonlyMap<string, readonly Company[]>;
}

function indexOf(list: readonly Company[]): CompanyIndex {
  const companies = new Map<string, Company>();
  const sites = new Map<string, Site>();
  const alike = new Map<string, Company[]>();
  for (const company of list) {
    companies.set(company.id, company);
    for (const site of company.sites ?? []) sites.set(site.id, site);
    for (const key of [nameKey(company.name), ...externalKeys(company.externalId)]) {
      const others = alike.get(key);
      if (others === undefined) alike.set(key, [company]);
      else others.push(company);
    }
  }
  return { companies, sites, alike };
}

const nameKey = (name: string) => `name:${fold(name)}`;

const externalKeys = (externalId: string | null | undefined) =>
  typeof externalId === "string" ? [`external:${fold(externalId)}`] : [];

const noop = () => {};
