/** The wizard's answers while they are still being given. Pure. */
import type { Company } from "../api/resources/company.ts";
import { fold, slugOf } from "./plan.ts";
import type { SiteSpec } from "./site-spec.ts";

/** An onboarding's inputs, from flags or answers. */
export interface Answers {
  readonly companyId: string | undefined;
  readonly companyName: string | undefined;
  readonly companyExternalId: string | undefined;
  /** Existing sites by ID, new ones by their details. */
  readonly sites: readonly (SiteSpec | { readonly id: string })[];
  readonly country: string | undefined;
  readonly url: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Answers that are still being given. Undefined is what was not asked yet. */
export interface PlanDraft extends Omit<Answers, "companyExternalId" | "sites"> {
  /** Null: it is derived from the name. */
  readonly companyExternalId: string | null | undefined;
  /** Whether the company is one that is to be created. */
  readonly isNew: boolean;
  /** What the API lists; null while that was not read. */
  readonly companies: readonly Company[] | null;
  readonly siteCount: number | undefined;
  readonly sites: readonly SiteDraft[];
}

export type SiteDraft =
  | { readonly id: string }
  | {
      readonly name: string | undefined;
      readonly address: string | null | undefined;
      readonly externalId: string | null;
    };

/** The draft that what was given by flags makes. */
export function draftOf(given: Answers): PlanDraft {
  const isNamed = given.companyName !== undefined;
  return {
    ...given,
    // With a name from a flag the ID is not asked for.
    companyExternalId: given.companyExternalId ?? (isNamed ? null : undefined),
    isNew: isNamed,
    companies: null,
    siteCount: given.sites.length || undefined,
  };
}

/** The answers so far: of a site that has no name yet, none. */
export function answersOf(draft: PlanDraft): Answers {
  const { companyId, companyName, companyExternalId, sites, country, url, username, password } =
    draft;
  return {
    ...{ companyId, companyName, country, url, username, password },
    companyExternalId: companyExternalId ?? undefined,
    sites: sites.flatMap((site): Answers["sites"] => {
      if ("id" in site) return [site];
      const { name, address, externalId } = site;
      return name === undefined ? [] : [{ name, address: address ?? null, externalId }];
    }),
  };
}

/** The company of the API's list that the draft names, by its ID, its external ID, or its name. */
export function listedCompany(draft: PlanDraft): Company | null {
  const { companies, companyId, companyName = "" } = draft;
  if (companyId !== undefined) return companies?.find(({ id }) => id === companyId) ?? null;
  const external = draft.companyExternalId ?? slugOf(companyName);
  return (
    companies?.find((one) => external !== null && one.externalId === external) ??
    companies?.find(({ name }) => fold(name) === fold(companyName)) ??
    null
  );
}

/** What an existing site is called: by its name, if the API lists it. */
export function existingSiteName(draft: PlanDraft, id: string): string {
  return listedCompany(draft)?.sites?.find((site) => site.id === id)?.name ?? id;
}
