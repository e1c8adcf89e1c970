/**
 * Decides what to create, by comparing the wanted objects with those known by ID and those listed. Pure, and the only
 * place that defines when two objects are the same. The API documents no uniqueness and may omit fields, so an object
 * is the same, may be, or is a different one; an unknown field never decides, and two candidates are never guessed
 * between.
 */
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { lastWord, type NextCommand, NotFoundError, optionWords } from "../errors.ts";
import {
  fold,
  isDerivedCompanyId,
  isDerivedSiteId,
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

function fitsExternalId(there: string | null | undefined, wanted: string): boolean {
  return !there || fold(there) === fold(wanted);
}

/**
 * Matched by ID; else by external ID, plus the name if the ID was derived from it; else by name. An external ID that is
 * derived from the name matches a company of that name without one.
 */
export function wantedCompany(planned: PlannedCompany): Wanted<Company> {
  const choose = (id: string) => ["nectar", "onboard", ...optionWords("--company-id", id)];
  const things = "companies";
  const hint = "Choose one with --company-id of onboard, or give each its own external ID.";
  if ("id" in planned) {
    const fits = ({ id }: Company) => id === planned.id;
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
      const verdict = judgeExternalId(
        company.externalId,
        externalId,
        sameName(company),
        isDerivedCompanyId(externalId, name),
      );
      return verdict === "same" && isDerived && !sameName(company) ? "taken" : verdict;
    },
    fits: (company) => fitsExternalId(company.externalId, externalId),
    refuse: (company) => takenBy(company, name, externalId),
    choose,
    rename: ownExternalId("companies"),
    hint,
  };
}

/**
 * Matched within its company by ID; else by external ID if the plan has one; else by name. An external ID that is derived
 * from the name matches a site of that name without one. Ignores archived sites.
 */
export function wantedSite(planned: PlannedSite, companyName: string): Wanted<Site> {
  const choose = (id: string) => ["nectar", "sites", "get", ...lastWord(id)];
  const things = `sites of ${companyName}`;
  const hint = "Choose one with --site-id of onboard, or give each its own external ID.";
  const isActive = (site: Site) => !site.isArchived;
  const active = (judge: (site: Site) => Verdict) => (site: Site) =>
    isActive(site) ? judge(site) : "other";
  if ("id" in planned) {
    const fits = (site: Site) => !site.isArchived && site.id === planned.id;
    const judge = (site: Site) => (fits(site) ? "same" : "other");
    return { things, by: `the ID ${planned.id}`, judge, fits, choose, hint };
  }
  const { name, externalId } = planned;
  const sameName = (site: Site) => fold(site.name) === fold(name);
  if (externalId === null) {
    const judge = active((site) => (sameName(site) ? "same" : "other"));
    return { things, by: `the name "${name}"`, judge, fits: isActive, choose, hint };
  }
  return {
    things,
    by: `the external ID "${externalId}"`,
    judge: active((site) =>
      judgeExternalId(
        site.externalId,
        externalId,
        sameName(site),
        isDerivedSiteId(externalId, name),
      ),
    ),
    fits: (site) => isActive(site) && fitsExternalId(site.externalId, externalId),
    choose,
    rename: ownExternalId("sites"),
    hint,
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

/** @param noun the one of the command that changes it */
function ownExternalId(noun: "companies" | "sites") {
  return (id: string) => ["nectar", noun, "update", "--external-id", "NEW-ID", ...lastWord(id)];
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
  const [first, second] = candidates;
  const message =
    second === undefined
      ? `one of the ${things} may match ${by}, but the API does not return enough to be sure`
      : `${candidates.length} ${things} match ${by}, so none of them is chosen`;
  const next: readonly NextCommand[] =
    first === undefined
      ? []
      : [
          { words: choose(first.id), why: "this one" },
          ...(rename === undefined
            ? []
            : [{ words: rename(first.id), why: "or give it an external ID of its own" }]),
        ];
  return new NotFoundError("ambiguous", message, {
    lines: candidates.map(({ id, name, status }) => `${id}  ${name ?? status ?? ""}`.trimEnd()),
    hint,
    next,
  });
}

/** The external ID was derived from the name, so a company with a similar name can have the same one. */
function takenBy(company: Company, name: string, externalId: string): NotFoundError {
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
