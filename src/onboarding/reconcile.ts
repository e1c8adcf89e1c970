/**
 * What is left to do: the plan held against what the API has. Pure, and the only place that knows what counts as
 * "the same". The API documents no uniqueness of anything, so two candidates are never a guess.
 */
import type { Company } from "../api/schemas/company.ts";
import type { Connection } from "../api/schemas/connection.ts";
import type { Site } from "../api/schemas/site.ts";
import { lastWord, NotFoundError, optionWords } from "../errors.ts";
import type { OnboardingPlan, PlannedCompany, PlannedSite } from "./plan.ts";

/** A step of the plan: it is there already, or it is to be made. */
export type Step<Existing> =
  | { readonly kind: "adopt"; readonly existing: Existing }
  | { readonly kind: "create" };

/** What is known of the API so far. `connections` is null as long as nobody looked. */
export interface Facts {
  readonly companies: readonly Company[];
  readonly connections: readonly Connection[] | null;
  /** What an unfinished run of the same plan had made: it is that, whatever else would match. */
  readonly known?: KnownIds;
}

export interface KnownIds {
  readonly companyId: string | null;
  /** In the plan's order. */
  readonly siteIds: readonly (string | null)[];
  readonly connectionId: string | null;
}

export interface Steps {
  readonly company: Step<Company>;
  /** In the plan's order. */
  readonly sites: readonly Step<Site>[];
  /** Null when it can't be said before the connections were looked at. */
  readonly connection: Step<Connection> | null;
}

/**
 * Holds a plan against facts.
 *
 * @throws NotFoundError `not_found` for an ID that the plan names and the API does not have,
 *   `ambiguous` where two candidates match
 */
export function reconcile(plan: OnboardingPlan, facts: Facts): Steps {
  const { known } = facts;
  const company = matchCompany(plan.company, facts.companies, known?.companyId);
  if (company.kind === "create") {
    for (const site of plan.sites) if ("id" in site) throw unknownSite(site.id, null);
    return { company, sites: plan.sites.map(() => CREATE), connection: CREATE };
  }
  const sites = plan.sites.map((site, index) =>
    matchSite(site, company.existing, known?.siteIds[index]),
  );
  const ids = sites.flatMap((step) => (step.kind === "adopt" ? [step.existing.id] : []));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new NotFoundError("ambiguous", `two of the given sites are the same one, ${twice}`, {
      hint: "Give each site once.",
    });
  }
  const connection = matchConnection(plan, sites, facts.connections, known?.connectionId);
  return { company, sites, connection };
}

const CREATE = { kind: "create" } as const;

/** By ID; else by external ID when the plan has one; else by exact name. */
export function matchCompany(
  planned: PlannedCompany,
  companies: readonly Company[],
  knownId?: string | null,
): Step<Company> {
  const mine = companies.find(({ id }) => id === knownId);
  if (mine !== undefined) return { kind: "adopt", existing: mine };
  if ("id" in planned) {
    const found = companies.find(({ id }) => sameId(id, planned.id));
    if (found !== undefined) return { kind: "adopt", existing: found };
    throw new NotFoundError("not_found", `no company has the ID ${planned.id}`, {
      next: [{ words: ["nectar", "companies", "list"], why: "the companies that this key sees" }],
    });
  }
  const { name, externalId } = planned;
  const found = companies.filter((company) =>
    externalId === null ? company.name === name : company.externalId === externalId,
  );
  const what = externalId === null ? `the name "${name}"` : `the external ID "${externalId}"`;
  return one(found, `companies match ${what}`, "--company-id");
}

/** Within its company: by ID; else by external ID when the plan has one; else by exact name. Archived sites are gone. */
export function matchSite(
  planned: PlannedSite,
  company: Company,
  knownId?: string | null,
): Step<Site> {
  const sites = company.sites.filter((site) => !site.isArchived);
  const mine = sites.find(({ id }) => id === knownId);
  if (mine !== undefined) return { kind: "adopt", existing: mine };
  if ("id" in planned) {
    const found = sites.find(({ id }) => sameId(id, planned.id));
    if (found === undefined) throw unknownSite(planned.id, company);
    return { kind: "adopt", existing: found };
  }
  const { name, externalId } = planned;
  const found = sites.filter((site) =>
    externalId === null ? site.name === name : site.externalId === externalId,
  );
  const what = externalId === null ? `the name "${name}"` : `the external ID "${externalId}"`;
  return one(found, `sites of ${company.name} match ${what}`, "--site-id");
}

/** By URL, user name and the same set of sites. */
function matchConnection(
  plan: OnboardingPlan,
  sites: readonly Step<Site>[],
  connections: readonly Connection[] | null,
  knownId?: string | null,
): Step<Connection> | null {
  const siteIds: string[] = [];
  for (const site of sites) {
    if (site.kind === "create") return CREATE;
    siteIds.push(site.existing.id);
  }
  if (connections === null) return null;
  const mine = connections.find(({ id }) => id === knownId);
  if (mine !== undefined) return { kind: "adopt", existing: mine };
  const found = connections.filter((connection) =>
    isSameConnection(connection, plan.connection, siteIds),
  );
  return one(found, `connections are this login at ${plan.connection.url}`, null);
}

/** Whether a connection is the login that is meant, for exactly these sites. */
export function isSameConnection(
  connection: Connection,
  login: { readonly url: string; readonly username: string },
  siteIds: readonly string[],
): boolean {
  if (connection.url === null || !sameUrl(connection.url, login.url)) return false;
  if (connection.username !== login.username) return false;
  const there = new Set((connection.siteIds ?? []).map((id) => id.toLowerCase()));
  return there.size === siteIds.length && siteIds.every((id) => there.has(id.toLowerCase()));
}

function sameUrl(one: string, other: string): boolean {
  return normalUrl(one) === normalUrl(other);
}

function normalUrl(text: string): string {
  return URL.canParse(text) ? new URL(text).href.replace(/\/+$/, "") : text;
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function one<
  Existing extends { readonly id: string; readonly name?: string; readonly status?: string | null },
>(found: readonly Existing[], matched: string, flag: string | null): Step<Existing> {
  const [first, second] = found;
  if (first === undefined) return CREATE;
  if (second === undefined) return { kind: "adopt", existing: first };
  throw new NotFoundError("ambiguous", `${found.length} ${matched}, so none is guessed`, {
    lines: found.map(({ id, name, status }) => `${id}  ${name ?? status ?? ""}`.trimEnd()),
    hint:
      flag === null
        ? "Each can be used as it is, by its ID. --new-connection opens another one."
        : `Choose one with ${flag} ID.`,
    next:
      flag === null
        ? [
            {
              words: ["nectar", "connections", "get", ...lastWord(first.id)],
              why: "look at this one",
            },
          ]
        : flag === "--company-id"
          ? [
              {
                words: ["nectar", "onboard", ...optionWords(flag, first.id)],
                why: "use this one",
              },
            ]
          : [],
  });
}

function unknownSite(id: string, company: Company | null): NotFoundError {
  const where = company === null ? "a company that is not there yet" : company.name;
  return new NotFoundError("not_found", `no site of ${where} has the ID ${id}`, {
    next: [{ words: ["nectar", "sites", "list"], why: "the sites of the profile's company" }],
  });
}
