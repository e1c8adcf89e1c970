/** An onboarding's plan: one company, its sites, one connection. Pure. */

import * as z from "zod/mini";
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../api/resources/connection.ts";
import { id } from "../api/resources/wire.ts";
import { UsageError } from "../errors.ts";
import { shorten } from "../words/shorten.ts";

export const companyName = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
export const siteName = z.string().check(z.trim(), z.minLength(1), z.maxLength(255));
export const siteAddress = z.string().check(z.trim(), z.maxLength(255));
export const externalId = z.string().check(z.trim(), z.minLength(1), z.maxLength(255));
/** A UUID of any version, or none: the format of the API's IDs is not documented. */
export const objectId = z.pipe(
  z.guid(),
  z.transform((id: string) => id.toLowerCase()),
);

/** Codes that `Intl` names but that are not ISO 3166 countries: unions, reserved and invented codes. */
const NO_COUNTRIES = /^(?:AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|XA|XB|XK|ZZ)$/;

/**
 * Parses an ISO 3166-1 country code, in any letter case.
 *
 * @throws Error with one sentence, which names the current code if the given one is outdated
 */
export function readCountry(text: string): string {
  const code = text.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(code)) {
    throw new Error(`"${shorten(text)}" is not a country; it takes two letters, such as US`);
  }
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const current = new Intl.Locale(`und-${code}`).region;
  if (current !== undefined && current !== code) {
    throw new Error(`"${code}" is not an ISO 3166 country; ${names.of(current)} is ${current}`);
  }
  if (NO_COUNTRIES.test(code) || names.of(code) === undefined) {
    throw new Error(`"${code}" is not an ISO 3166 country; it takes two letters, such as US`);
  }
  return code;
}

const countryCode = z.string().check(z.regex(/^[A-Z]{2}$/));
export const userName = z.string().check(z.minLength(1), z.maxLength(255));

/** IDs typed by the user are validated where they are parsed. */
const existing = z.object({ id });
const plannedCompany = z.union([
  existing,
  z.object({
    name: companyName,
    externalId: z.nullable(externalId),
    /** Whether the external ID was derived from the name, so that it proves nothing on its own. */
    isDerived: z.boolean(),
  }),
]);
const plannedSite = z.union([
  existing,
  z.object({
    name: siteName,
    address: z.nullable(siteAddress),
    externalId: z.nullable(externalId),
  }),
]);

/** The plan. Holds no password: the ledger stores it and must be safe to show. */
export const onboardingPlan = z.object({
  company: plannedCompany,
  sites: z.array(plannedSite).check(z.minLength(1)),
  connection: z.object({ url: z.string(), username: userName, country: countryCode }),
});
export type OnboardingPlan = z.infer<typeof onboardingPlan>;
export type PlannedCompany = OnboardingPlan["company"];
export type PlannedSite = OnboardingPlan["sites"][number];
/** Not one that the user named by its ID. */
export type NewCompany = Exclude<PlannedCompany, { id: string }>;
export type NewSite = Exclude<PlannedSite, { id: string }>;

/** A company to be created. Without an external ID it gets one that is derived from its name. */
export function newCompany(name: string, given: string | null | undefined): NewCompany {
  return { name, externalId: given ?? slugOf(name), isDerived: given == null };
}

type GivenLogin = { readonly [Key in "url" | "username"]?: string | null | undefined };

/** The login at a utility; what is not given is the sandbox's. */
export function loginOf({ url, username }: GivenLogin) {
  return { url: url ?? SANDBOX_LOGIN.url, username: username ?? SANDBOX_LOGIN.username };
}

/** Whether this is the login of the vendor's sandbox, whose password is public. */
export function isSandboxLogin(given: GivenLogin): boolean {
  const { url, username } = loginOf(given);
  return url === SANDBOX_LOGIN.url && username === SANDBOX_LOGIN.username;
}

/** What a create sends of a planned object: what was not given is left out. */
export function bodyOf(planned: NewCompany | NewSite) {
  const { name, externalId: external } = planned;
  const address = "address" in planned ? planned.address : null;
  return {
    name,
    ...(address === null ? {} : { address }),
    ...(external === null ? {} : { externalId: external }),
  };
}

/**
 * Validates a plan.
 *
 * @throws UsageError if two of its sites could not be told apart, or if there are too many for the sandbox login
 */
export function makePlan(parts: OnboardingPlan): OnboardingPlan {
  const plan = z.parse(onboardingPlan, parts);
  if (isSandboxLogin(plan.connection) && plan.sites.length > MAX_SANDBOX_SITES) {
    throw new UsageError(
      "invalid_input",
      `${plan.sites.length} sites are given; the sandbox login takes 1 to ${MAX_SANDBOX_SITES}`,
    );
  }
  const [repeated] = repeatedSites(plan.sites);
  if (repeated !== undefined) {
    throw new UsageError("invalid_input", repeated.why, {
      hint: DIFFERENCE[repeated.key],
    });
  }
  return plan;
}

const DIFFERENCE = {
  id: "Give each site once.",
  name: "Give each site its own name, or its own external-id.",
  externalId: "Give each site its own external ID.",
} as const;

interface RepeatedSite {
  readonly index: number;
  /** The value that is the same. */
  readonly key: keyof typeof DIFFERENCE;
  /** One sentence. */
  readonly why: string;
}

/** Sites that could not be told apart from another one of the plan. */
export function repeatedSites(sites: readonly PlannedSite[]): readonly RepeatedSite[] {
  const firsts = new Map<string, PlannedSite>();
  /** How many different sites have a name. A site without an external ID is found by it, so no other may share it. */
  const names = new Map<string, number>();
  for (const site of sites) {
    if (firsts.has(siteKey(site))) continue;
    firsts.set(siteKey(site), site);
    if ("name" in site) names.set(fold(site.name), (names.get(fold(site.name)) ?? 0) + 1);
  }
  return sites.flatMap((site, index): RepeatedSite[] => {
    const isFirst = firsts.get(siteKey(site)) === site;
    if ("id" in site) {
      return isFirst ? [] : [{ index, key: "id", why: `two sites are the same: ${site.id}` }];
    }
    const { name, externalId: id } = site;
    if (id !== null) {
      const why = `two sites have the same external ID, "${shorten(id)}"`;
      return isFirst ? [] : [{ index, key: "externalId", why }];
    }
    if (!isFirst) return [{ index, key: "name", why: `two sites are the same: ${name}` }];
    if (names.get(fold(name)) === 1) return [];
    const why = `two sites have the name "${name}", one without an external ID`;
    return [{ index, key: "name", why }];
  });
}

/**
 * Normalises a name for comparison: a server may trim it, normalise it or change its case.
 * @see https://www.unicode.org/reports/tr15/ (NFC)
 */
export function fold(name: string): string {
  return name.normalize("NFC").replace(/\s+/gu, " ").trim().toLowerCase();
}

/** Identifies a company: its external ID, else its name. */
export function companyKey(company: {
  readonly name: string;
  readonly externalId?: string | null | undefined;
}): string {
  return company.externalId ? `external:${company.externalId}` : `name:${fold(company.name)}`;
}

/** Identifies a site within its company. */
export function siteKey(site: PlannedSite): string {
  if ("id" in site) return `id:${site.id}`;
  return site.externalId === null ? `name:${fold(site.name)}` : `external:${site.externalId}`;
}

/** Identifies a connection within its company. */
export function connectionKey(
  { url, username }: Pick<OnboardingPlan["connection"], "url" | "username">,
  siteIds: readonly string[],
): string {
  return JSON.stringify([url, username, ...[...siteIds].sort()]);
}

/** The beginning of an ID, for an external ID that is derived from it: that is trimmed when it is read. */
export function shortId(id: string): string {
  return id.slice(0, 8).trim();
}

/** The external ID of a site that has none, in the export of its company. */
export function derivedSiteId(
  companyExternalId: string,
  site: { id: string; name: string },
): string {
  const company = slugOf(companyExternalId) ?? "site";
  return `${company}-${slugOf(site.name) ?? shortId(site.id)}`;
}

/** Whether an external ID says no more than the company's name: its slug, which an export numbers where it is taken. */
export function isDerivedCompanyId(externalId: string, name: string): boolean {
  const slug = slugOf(name);
  return (
    slug !== null &&
    externalId.startsWith(slug) &&
    /^(?:-\d+)?$/.test(externalId.slice(slug.length))
  );
}

/** Whether an external ID says no more than the site's name: see `derivedSiteId`. */
export function isDerivedSiteId(externalId: string, name: string): boolean {
  const slug = slugOf(name);
  return slug !== null && externalId.endsWith(`-${slug}`);
}

/**
 * A company's default external ID: its name in lower-case letters and digits, with hyphens.
 *
 * @returns null if no character of the name can be used
 */
export function slugOf(name: string): string | null {
  const slug = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return slug === "" ? null : slug.slice(0, 200);
}
