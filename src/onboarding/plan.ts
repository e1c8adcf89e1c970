/** What an onboarding is to bring about: one company, one to three sites, one connection. Pure. */
import * as z from "zod/mini";
import { MAX_SANDBOX_SITES } from "../api/resources/connection.ts";
import { UsageError } from "../errors.ts";

export const companyName = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
export const siteName = z.string().check(z.trim(), z.minLength(1), z.maxLength(255));
export const siteAddress = z.string().check(z.trim(), z.maxLength(255));
export const externalId = z.string().check(z.trim(), z.minLength(1), z.maxLength(255));
/** Any version, also none: how the API makes its IDs is not documented. */
export const objectId = z.pipe(
  z.guid(),
  z.transform((id: string) => id.toLowerCase()),
);

/** What `Intl` names although ISO 3166 has no such country: unions, reserved and invented codes. */
const NO_COUNTRIES = /^(?:AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|XA|XB|XK|ZZ)$/;

/**
 * Reads a country as ISO 3166-1 has it, in whatever letter case.
 *
 * @throws Error with one sentence that names the right code where the given one has another now
 */
export function readCountry(text: string): string {
  const code = text.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(code)) {
    throw new Error(`"${shorten(text)}" is not a country; it takes two letters, such as US`);
  }
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const current = new Intl.Locale(`und-${code}`).region;
  if (current !== undefined && current !== code) {
    throw new Error(`"${code}" is not a country of ISO 3166; ${names.of(current)} is ${current}`);
  }
  if (NO_COUNTRIES.test(code) || names.of(code) === undefined) {
    throw new Error(`"${code}" is not a country of ISO 3166; it takes two letters, such as US`);
  }
  return code;
}

const countryCode = z.string().check(z.regex(/^[A-Z]{2}$/));
export const userName = z.string().check(z.minLength(1), z.maxLength(255));

/** An ID that a person types is checked where it is read; one that the API gave is what it is. */
const existing = z.object({ id: z.string().check(z.minLength(1)) });
const plannedCompany = z.union([
  existing,
  z.object({
    name: companyName,
    externalId: z.nullable(externalId),
    /** Whether the external ID was made of the name, so that it proves nothing by itself. */
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

/** The plan. It holds no password: the ledger that keeps it must be safe to show. */
export const onboardingPlan = z.object({
  company: plannedCompany,
  sites: z.array(plannedSite).check(z.minLength(1), z.maxLength(MAX_SANDBOX_SITES)),
  connection: z.object({ url: z.string(), username: userName, country: countryCode }),
});
export type OnboardingPlan = z.infer<typeof onboardingPlan>;
export type PlannedCompany = OnboardingPlan["company"];
export type PlannedSite = OnboardingPlan["sites"][number];

/**
 * Makes a plan of its parts.
 *
 * @throws UsageError when two sites of it could not be told apart
 */
export function makePlan(parts: OnboardingPlan): OnboardingPlan {
  const plan = z.parse(onboardingPlan, parts);
  const seen = new Set<string>();
  for (const site of plan.sites) {
    const key = siteKey(site);
    if (seen.has(key)) {
      throw new UsageError("invalid_input", `two sites are the same: ${describeSite(site)}`, {
        hint: "Give each site its own name, or its own external-id.",
      });
    }
    seen.add(key);
  }
  // A site without an external ID is found by its name, so no other site of the plan may have that name.
  const named = plan.sites.flatMap((site) => ("id" in site ? [] : [site]));
  for (const { name, externalId: own } of named) {
    if (own === null && named.filter((other) => fold(other.name) === fold(name)).length > 1) {
      throw new UsageError(
        "invalid_input",
        `two sites have the name "${name}", one without an external-id`,
        {
          hint: "Give each of them its own external-id, or its own name.",
        },
      );
    }
  }
  return plan;
}

/**
 * A name as it is compared: a server may trim it, normalise it or change its letter case.
 * @see https://www.unicode.org/reports/tr15/ (NFC)
 */
export function fold(name: string): string {
  return name.normalize("NFC").replace(/\s+/gu, " ").trim().toLowerCase();
}

/** What a company is known by among all companies: its external ID, else its name. */
export function companyKey(company: {
  readonly name: string;
  readonly externalId?: string | null | undefined;
}): string {
  return company.externalId ? `external:${company.externalId}` : `name:${fold(company.name)}`;
}

/** What a site is known by within its company. */
export function siteKey(site: PlannedSite): string {
  if ("id" in site) return `id:${site.id.toLowerCase()}`;
  return site.externalId === null ? `name:${fold(site.name)}` : `external:${site.externalId}`;
}

/** What a connection is known by within its company. */
export function connectionKey(
  { url, username }: Pick<OnboardingPlan["connection"], "url" | "username">,
  siteIds: readonly string[],
): string {
  return JSON.stringify([url, username, ...siteIds.map((id) => id.toLowerCase()).sort()]);
}

/** A text of a person's, short enough for a message. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A site of a plan in a few words. */
function describeSite(site: PlannedSite): string {
  return "id" in site ? site.id : site.name;
}

/**
 * The external ID that a company gets when none is given: its name in small letters and digits, with hyphens.
 *
 * @returns null when nothing of the name can be used
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
