/**
 * Decides what to create, by comparing the wanted objects with those known by ID and those listed. Pure, and the only
 * place that defines when two objects are the same. The API documents no uniqueness and may omit fields, so an object
 * is the same, may be, or is a different one; an unknown field never decides, and two candidates are never guessed
 * between.
 */
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { lastWord, NotFoundError, optionWords } from "../errors.ts";
import {
  fold,
  isDerivedCompanyId,
  isDerivedSiteId,
  type NewCompany,
  type OnboardingPlan,
  type PlannedCompany,
  type PlannedSite,
} from "./plan.ts";

/**
 * How an object compares to the wanted one. `maybe`: nothing contradicts it, but a deciding field is unknown. `alike`:
 * it has the name but no external ID, so it is a different one, unless it appeared after a create was sent. `presumed`:
 * that, and the wanted ID says no more than the name, so it is the same one unless another has that ID, or a create was
 * sent beside it. `taken`: it has the external ID derived from the wanted name, but another name.
 */
export type Verdict = "same" | "maybe" | "alike" | "presumed" | "taken" | "other";

/** One wanted object: how to recognise it, and how to describe it in messages. */
export interface Wanted<Thing> {
  /** Such as `companies`. */
  readonly things: string;
  /** What identifies it, such as `the external ID "acme"`. */
  readonly by: string;
  readonly judge: (thing: Thing) => Verdict;
  /** Whether an object with a remembered ID still matches: values that a server may rewrite are not held against it. */
  readonly fits: (thing: Thing) => boolean;
  /** The error for an object that is `taken`. */
  readonly refuse?: (thing: Thing) => NotFoundError;
  /** The command that picks one of several candidates. */
  readonly choose: (id: string) => readonly string[];
  /** The command that gives one of several candidates an external ID of its own. */
  readonly rename?: (id: string) => readonly string[];
  /** What to do about several candidates, as a sentence that is true of every command. */
  readonly hint: string;
}

/** Exists already, or is to be created. */
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
 * @param known the object behind a remembered ID; it takes precedence if it fits
 * @param there the listed candidates, each read by ID
 * @param since null; or, if a create of this object may have reached the server, the IDs that existed before: of those
 *   that appeared since, a single one that nothing contradicts is the created one
 * @throws NotFoundError `ambiguous` for several matches, or a single uncertain one; `external_id_taken`
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
  const isSure = (thing: Thing) =>
    isNew(thing) || (since === null && wanted.judge(thing) === "presumed");
  const unsure = [...by("maybe"), ...[...by("presumed"), ...by("alike")].filter(isSure)];
  const [only, another] = unsure;
  if (only === undefined) return { kind: "create" };
  if (another === undefined && isSure(only)) return { kind: "adopt", existing: only };
  throw ambiguous(wanted, unsure);
}

/**
 * Compares external IDs; a server may normalise one or change its case.
 *
 * @param isDerived whether the wanted ID says no more than the wanted name
 */
function judgeExternalId(
  there: string | null | undefined,
  wanted: string,
  sameName: boolean,
  isDerived: boolean,
): Verdict {
  if (there === undefined) return sameName ? "maybe" : "other";
  if (there === null) return !sameName ? "other" : isDerived ? "presumed" : "alike";
  if (there.normalize("NFC") === wanted.normalize("NFC")) return "same";
  return fold(there) === fold(wanted) ? "maybe" : "other";
}

type Recognised = Pick<Wanted<Company | Site>, "by" | "judge" | "fits" | "rename">;

/**
 * By its ID; else by its external ID, if the plan has one; else by its name. An external ID that is derived from the name
 * also matches one of that name without an external ID.
 *
 * @param isDerived whether an external ID says no more than the name
 */
function recognise(
  planned: PlannedCompany | PlannedSite,
  noun: "companies" | "sites",
  isDerived: (externalId: string, name: string) => boolean,
): Recognised {
  if ("id" in planned) {
    const fits = ({ id }: Company | Site) => id === planned.id;
    const judge = (thing: Company | Site) => (fits(thing) ? "same" : "other");
    return { by: `the ID ${planned.id}`, judge, fits };
  }
  const { name, externalId } = planned;
  const sameName = (thing: Company | Site) => fold(thing.name) === fold(name);
  if (externalId === null) {
    const judge = (thing: Company | Site) => (sameName(thing) ? "same" : "other");
    return { by: `the name "${name}"`, judge, fits: () => true };
  }
  return {
    by: `the external ID "${externalId}"`,
    judge: (thing) =>
      judgeExternalId(thing.externalId, externalId, sameName(thing), isDerived(externalId, name)),
    fits: ({ externalId: there }) => !there || fold(there) === fold(externalId),
    rename: (id) => ["nectar", noun, "update", "--external-id", "NEW-ID", ...lastWord(id)],
  };
}

/** An external ID that was derived from the name matches only a company of that name. */
export function wantedCompany(planned: PlannedCompany): Wanted<Company> {
  const recognised = recognise(planned, "companies", isDerivedCompanyId);
  const isTaken = ({ name }: Company) =>
    "isDerived" in planned && planned.isDerived && fold(name) !== fold(planned.name);
  return {
    ...recognised,
    things: "companies",
    judge(company) {
      const verdict = recognised.judge(company);
      return verdict === "same" && isTaken(company) ? "taken" : verdict;
    },
    ...("name" in planned ? { refuse: (company) => takenBy(company, planned) } : {}),
    choose: (id) => ["nectar", "onboard", ...optionWords("--company-id", id)],
    hint: "Choose one with --company-id of onboard, or give each its own external ID.",
  };
}

/** Within its company. Ignores archived sites. */
export function wantedSite(planned: PlannedSite, companyName: string): Wanted<Site> {
  const recognised = recognise(planned, "sites", isDerivedSiteId);
  return {
    ...recognised,
    things: `sites of ${companyName}`,
    judge: (site) => (site.isArchived ? "other" : recognised.judge(site)),
    fits: (site) => !site.isArchived && recognised.fits(site),
    choose: (id) => ["nectar", "sites", "get", ...lastWord(id)],
    hint: "Choose one with --site-id of onboard, or give each its own external ID.",
  };
}

/** Matched by URL, user name and the same set of sites. */
export function wantedConnection(
  login: Pick<OnboardingPlan["connection"], "url" | "username">,
  siteIds: readonly string[],
): Wanted<Connection> {
  const sites = new Set(siteIds);
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
    hint: "Use one of them by its ID; --new-connection of onboard and of connections create makes another.",
  };
}

/** Ignores scheme, `www.`, the host's case and a trailing slash; a different path on the same host is a `maybe`. */
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

/** Whether the API does not show a user name, or only parts of it. */
export function isMasked(username: string | null): boolean {
  return username === null || username === "" || /[*•●…]/u.test(username);
}

/** A name that is masked, or differs only in case or spaces, is inconclusive. */
function judgeUsername(there: string | null, wanted: string): Verdict {
  if (there === wanted) return "same";
  if (there === null || isMasked(there)) return "maybe";
  return fold(there) === fold(wanted) ? "maybe" : "other";
}

/** A connection has at least one site, so an empty list is as inconclusive as a missing one. */
function judgeSites(there: readonly string[] | null, wanted: ReadonlySet<string>): Verdict {
  if (there === null || there.length === 0) return "maybe";
  const found = new Set(there);
  return found.size === wanted.size && [...wanted].every((id) => found.has(id)) ? "same" : "other";
}

interface Shown {
  readonly id: string;
  readonly name?: string;
  readonly status?: string | null;
}

function ambiguous<Thing extends { readonly id: string }>(
  { things, by, choose, rename, hint }: Wanted<Thing>,
  candidates: readonly (Thing & Shown)[],
): NotFoundError {
  const message =
    candidates.length === 1
      ? `one of the ${things} may match ${by}, but the API does not return enough to be sure`
      : `${candidates.length} ${things} match ${by}, so none of them is chosen`;
  const renaming = (id: string) =>
    rename === undefined
      ? []
      : [{ words: rename(id), why: "or give it an external ID of its own" }];
  const next = candidates
    .slice(0, 1)
    .flatMap(({ id }) => [{ words: choose(id), why: "this one" }, ...renaming(id)]);
  return new NotFoundError("ambiguous", message, {
    lines: candidates.map(({ id, name, status }) => `${id}  ${name ?? status ?? ""}`.trimEnd()),
    hint,
    next,
  });
}

/** The external ID was derived from the name, so a company with a similar name can have the same one. */
function takenBy(company: Company, { name, externalId }: NewCompany): NotFoundError {
  return new NotFoundError(
    "external_id_taken",
    `the external ID "${externalId}", which was derived from the name "${name}", belongs to the company "${company.name}"`,
    {
      lines: [`${company.id}  ${company.name}`],
      hint: "Give the new company an external ID of its own, or use the existing one with --company-id of onboard.",
      next: [
        { words: ["nectar", "companies", "get", ...lastWord(company.id)], why: "that company" },
      ],
    },
  );
}
