/**
 * What is left to do: what is wanted, held against what is known by ID and what a list shows. Pure, and the only place
 * that knows what counts as "the same". The API documents no uniqueness of anything and may leave fields out, so each
 * object is the same, may be, or is another one; unknown never decides, and two candidates are never a guess.
 */
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { lastWord, type NextCommand, NotFoundError, optionWords } from "../errors.ts";
import { fold, type OnboardingPlan, type PlannedCompany, type PlannedSite } from "./plan.ts";

/**
 * What an object is to the wanted one. `maybe`: nothing contradicts it, and something that would decide is not known.
 * `alike`: it has the name and no external ID, so that it is another one, unless it came since a create was sent.
 * `taken`: it has the external ID that was derived from the wanted name, and another name.
 */
export type Verdict = "same" | "maybe" | "alike" | "taken" | "other";

/** One wanted object: how it is recognised, and how it is spoken of. */
export interface Wanted<Thing> {
  /** Such as `companies`. */
  readonly things: string;
  /** What it is recognised by, such as `the external ID "acme"`. */
  readonly by: string;
  readonly judge: (thing: Thing) => Verdict;
  /** Whether one whose ID is remembered is still meant: what a server may write its own way says nothing against it. */
  readonly fits: (thing: Thing) => boolean;
  /** The error for an object that is `taken`. */
  readonly refuse?: (thing: Thing) => NotFoundError;
  /** The command that picks one of several candidates. */
  readonly choose: (id: string) => readonly string[];
  /** What else can be done about several candidates, in a sentence. */
  readonly hint: string;
}

/** There already, or to be created. */
export type Step<Thing> =
  | { readonly kind: "adopt"; readonly existing: Thing }
  | { readonly kind: "create" };

export interface Steps {
  readonly company: Step<Company>;
  /** In the plan's order. */
  readonly sites: readonly Step<Site>[];
  readonly connection: Step<Connection>;
}

/**
 * Decides on one object.
 *
 * @param known what an ID that this tool remembers led to; it wins as long as it fits
 * @param there what was read by ID of all that a list shows
 * @param since null; or, where a create of this object may have reached the server, the IDs that were there before:
 *   of those that came since, one that nothing contradicts is the created one
 * @throws NotFoundError `ambiguous` where more than one, or one that only may be it, could be meant; `external_id_taken`
 */
export function reconcile<Thing extends { readonly id: string }>(
  wanted: Wanted<Thing>,
  known: Thing | null,
  there: readonly Thing[],
  since: readonly string[] | null = null,
): Step<Thing> {
  if (known !== null && wanted.fits(known)) return { kind: "adopt", existing: known };
  const by = (verdict: Verdict) => there.filter((thing) => wanted.judge(thing) === verdict);
  const same = by("same");
  if (same.length > 1) throw ambiguous(wanted, same);
  const [found] = same;
  if (found !== undefined) return { kind: "adopt", existing: found };
  const [taken] = by("taken");
  if (taken !== undefined && wanted.refuse !== undefined) throw wanted.refuse(taken);
  const isNew = ({ id }: Thing) => since !== null && !since.includes(id);
  const unsure = [...by("maybe"), ...by("alike").filter(isNew)];
  const [maybe, another] = unsure;
  if (maybe === undefined) return { kind: "create" };
  if (another === undefined && isNew(maybe)) return { kind: "adopt", existing: maybe };
  throw ambiguous(wanted, unsure);
}

/** What an external ID says; a server may normalise it or change its letter case. */
function judgeExternalId(
  there: string | null | undefined,
  wanted: string,
  sameName: boolean,
): Verdict {
  if (there === undefined) return sameName ? "maybe" : "other";
  if (there === null) return sameName ? "alike" : "other";
  if (there.normalize("NFC") === wanted.normalize("NFC")) return "same";
  return fold(there) === fold(wanted) ? "maybe" : "other";
}

function fitsExternalId(there: string | null | undefined, wanted: string): boolean {
  return !there || fold(there) === fold(wanted);
}

/** By ID; else by external ID, and by name as well where that ID was derived from it; else by name. */
export function wantedCompany(planned: PlannedCompany): Wanted<Company> {
  const choose = (id: string) => ["nectar", "onboard", ...optionWords("--company-id", id)];
  const things = "companies";
  const hint = "Choose one with --company-id.";
  if ("id" in planned) {
    const fits = ({ id }: Company) => sameId(id, planned.id);
    const judge = (company: Company) => (fits(company) ? "same" : "other");
    return { things, by: `the ID ${planned.id}`, judge, fits, choose, hint };
  }
  const { name, externalId, isDerived } = planned;
  const sameName = (company: Company) => fold(company.name) === fold(name);
  if (externalId === null) {
    const judge = (company: Company) => (sameName(company) ? "same" : "other");
    return { things, by: `the name "${name}"`, judge, fits: () => true, choose, hint };
  }
  return {
    things,
    by: `the external ID "${externalId}"`,
    judge(company) {
      const verdict = judgeExternalId(company.externalId, externalId, sameName(company));
      return verdict === "same" && isDerived && !sameName(company) ? "taken" : verdict;
    },
    fits: (company) => fitsExternalId(company.externalId, externalId),
    refuse: (company) => takenBy(company, name, externalId),
    choose,
    hint,
  };
}

/** Within its company: by ID; else by external ID when the plan has one; else by name. Archived sites are gone. */
export function wantedSite(planned: PlannedSite, companyName: string): Wanted<Site> {
  const choose = (id: string) => ["nectar", "sites", "get", ...lastWord(id)];
  const things = `sites of ${companyName}`;
  const hint = "Choose one with --site-id.";
  const isLiving = (site: Site) => !site.isArchived;
  const living = (judge: (site: Site) => Verdict) => (site: Site) =>
    isLiving(site) ? judge(site) : "other";
  if ("id" in planned) {
    const fits = (site: Site) => !site.isArchived && sameId(site.id, planned.id);
    const judge = (site: Site) => (fits(site) ? "same" : "other");
    return { things, by: `the ID ${planned.id}`, judge, fits, choose, hint };
  }
  const { name, externalId } = planned;
  const sameName = (site: Site) => fold(site.name) === fold(name);
  if (externalId === null) {
    const judge = living((site) => (sameName(site) ? "same" : "other"));
    return { things, by: `the name "${name}"`, judge, fits: isLiving, choose, hint };
  }
  return {
    things,
    by: `the external ID "${externalId}"`,
    judge: living((site) => judgeExternalId(site.externalId, externalId, sameName(site))),
    fits: (site) => isLiving(site) && fitsExternalId(site.externalId, externalId),
    choose,
    hint,
  };
}

/** By URL, user name and the same set of sites. */
export function wantedConnection(
  login: Pick<OnboardingPlan["connection"], "url" | "username">,
  siteIds: readonly string[],
): Wanted<Connection> {
  const sites = new Set(siteIds.map((id) => id.toLowerCase()));
  return {
    things: "connections",
    by: `the login ${login.username} at ${login.url}`,
    judge(connection) {
      const verdicts = [
        judgeUrl(connection.url, login.url),
        judgeUsername(connection.username, login.username),
        judgeSites(connection.siteIds, sites),
      ];
      if (verdicts.includes("other")) return "other";
      return verdicts.includes("maybe") ? "maybe" : "same";
    },
    fits: ({ username, siteIds }) =>
      judgeUsername(username, login.username) !== "other" && judgeSites(siteIds, sites) !== "other",
    choose: (id) => ["nectar", "connections", "get", ...lastWord(id)],
    hint: "Each can be used as it is, by its ID; --new-connection opens another one.",
  };
}

/** Scheme, `www.`, letter case of the host and a slash at the end make no difference; another path at the same host may. */
function judgeUrl(there: string | null, wanted: string): Verdict {
  if (there === null || there === "") return "maybe";
  const [one, other] = [addressOf(there), addressOf(wanted)];
  if (one === null || other === null) return there === wanted ? "same" : "maybe";
  if (one.host !== other.host) return "other";
  return one.rest === other.rest ? "same" : "maybe";
}

function addressOf(text: string): { readonly host: string; readonly rest: string } | null {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(full)) return null;
  const { hostname, port, pathname, search } = new URL(full);
  const bare = hostname.replace(/^www\./, "");
  return {
    host: port === "" ? bare : `${bare}:${port}`,
    rest: pathname.replace(/\/+$/, "") + search,
  };
}

/** A name that is masked, or differs in letter case or spaces alone, decides nothing. */
function judgeUsername(there: string | null, wanted: string): Verdict {
  if (there === wanted) return "same";
  if (there === null || there === "" || /[*•●…]/u.test(there)) return "maybe";
  return fold(there) === fold(wanted) ? "maybe" : "other";
}

/** A connection has a site at least, so that an empty list says as much as none. */
function judgeSites(there: readonly string[] | null, wanted: ReadonlySet<string>): Verdict {
  if (there === null || there.length === 0) return "maybe";
  const found = new Set(there.map((id) => id.toLowerCase()));
  return found.size === wanted.size && [...wanted].every((id) => found.has(id)) ? "same" : "other";
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

interface Shown {
  readonly id: string;
  readonly name?: string;
  readonly status?: string | null;
}

function ambiguous<Thing extends { readonly id: string }>(
  { things, by, choose, hint }: Wanted<Thing>,
  candidates: readonly (Thing & Shown)[],
): NotFoundError {
  const [first, second] = candidates;
  const message =
    second === undefined
      ? `one of the ${things} may match ${by}, and the API does not tell enough to be sure`
      : `${candidates.length} ${things} match ${by}, so none of them is chosen`;
  const next: readonly NextCommand[] =
    first === undefined ? [] : [{ words: choose(first.id), why: "this one" }];
  return new NotFoundError("ambiguous", message, {
    lines: candidates.map(({ id, name, status }) => `${id}  ${name ?? status ?? ""}`.trimEnd()),
    hint,
    next,
  });
}

/** The external ID was made of the name, and so says nothing against a company whose name only looks alike. */
function takenBy(company: Company, name: string, externalId: string): NotFoundError {
  return new NotFoundError(
    "external_id_taken",
    `the external ID "${externalId}", which was derived from the name "${name}", belongs to the company "${company.name}"`,
    {
      lines: [`${company.id}  ${company.name}`],
      hint: "Give the new company an external ID of its own with --company-external-id, or use that one with --company-id.",
      next: [
        { words: ["nectar", "companies", "get", ...lastWord(company.id)], why: "that company" },
      ],
    },
  );
}
