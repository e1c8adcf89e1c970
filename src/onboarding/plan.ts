/** What an onboarding is to bring about: one company, one to three sites, one connection. Pure. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { MAX_SANDBOX_SITES } from "../api/schemas/connection.ts";
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
export const countryCode = z.pipe(
  z.string().check(z.regex(/^[A-Za-z]{2}$/)),
  z.transform((code: string) => code.toUpperCase()),
);
export const userName = z.string().check(z.minLength(1), z.maxLength(255));

/** An ID that a person types is checked where it is read; one that the API gave is what it is. */
const existing = z.object({ id: z.string().check(z.minLength(1)) });
const plannedCompany = z.union([
  existing,
  z.object({ name: companyName, externalId: z.nullable(externalId) }),
]);
const plannedSite = z.union([
  existing,
  z.object({
    name: siteName,
    address: z.nullable(siteAddress),
    externalId: z.nullable(externalId),
  }),
]);

/** The plan. It holds no password: the plan's fingerprint and its file must be safe to keep. */
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
    const name = siteKey(site);
    if (seen.has(name)) {
      throw new UsageError("invalid_input", `two sites are the same: ${describeSite(site)}`, {
        hint: "Give each site its own name, or its own external-id.",
      });
    }
    seen.add(name);
  }
  // A site without an external ID is found by its name, so no other site of the plan may have that name.
  const named = plan.sites.flatMap((site) => ("id" in site ? [] : [site]));
  for (const { name, externalId: own } of named) {
    if (own === null && named.filter((other) => other.name === name).length > 1) {
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

function siteKey(site: PlannedSite): string {
  if ("id" in site) return `id:${site.id.toLowerCase()}`;
  return site.externalId === null ? `name:${site.name}` : `external:${site.externalId}`;
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

/**
 * Tells plans apart: the same plan gives the same text, whatever the order of its properties.
 *
 * @returns 64 hexadecimal digits (SHA-256)
 */
export function fingerprint(plan: OnboardingPlan): string {
  return createHash("sha256").update(canonical(plan)).digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}
