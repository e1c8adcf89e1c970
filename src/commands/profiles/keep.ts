/** What a profile stores of API objects: IDs and names only, so that it is safe to paste into a ticket. */
import type { Company } from "../../api/resources/company.ts";
import type { Connection } from "../../api/resources/connection.ts";
import type { Site } from "../../api/resources/site.ts";
import type { Context, Session } from "../../app/context.ts";
import { type Created, NectarError } from "../../errors.ts";
import type { OnboardingResult } from "../../onboarding/engine.ts";
import type { PlannedCompany } from "../../onboarding/plan.ts";
import type { Outcome, PartialResult } from "../../onboarding/ports.ts";
import type { Profile, ProfileSite } from "../../profile/profiles.ts";

/** The IDs of what a run created. */
export function createdBy({ company, sites, connection }: OnboardingResult): Created {
  const made = ({ id, outcome }: { readonly id: string; readonly outcome: Outcome }) =>
    outcome === "created" ? [id] : [];
  return {
    companyId: made(company)[0] ?? null,
    siteIds: sites.flatMap(made),
    connectionId: made(connection)[0] ?? null,
  };
}

/** Runs `save`; when that fails, the error lists what has been created. */
export async function withCreated(created: Created, save: () => Promise<unknown>): Promise<void> {
  try {
    await save();
  } catch (error) {
    throw error instanceof NectarError ? error.with({ created }) : error;
  }
}

export function keptCompany({ id, name, externalId }: Company): NonNullable<Profile["company"]> {
  return { id, name, externalId: externalId ?? null };
}

export function keptSites(sites: readonly Site[] = []): readonly ProfileSite[] {
  return sites
    .filter(({ isArchived }) => !isArchived)
    .map(({ id, name, externalId }) => ({ id, name, externalId: externalId ?? null }));
}

export function keptConnection(connection: Connection): NonNullable<Profile["connection"]> {
  const { id, url, username } = connection;
  return { id, url, username };
}

/**
 * Stores what an onboarding has found or created so far in the profile.
 *
 * @returns the company that the profile had until now; null if it had none, or this one
 */
export async function keepResult(
  { company, sites, connection }: PartialResult,
  session: Session,
): Promise<Profile["company"]> {
  let replaced: Profile["company"] = null;
  await session.save((profile) => {
    const same = profile.company?.id === company.id;
    replaced = same ? null : profile.company;
    return {
      ...profile,
      company: keptCompany(company),
      sites: sites.length === 0 && same ? profile.sites : keptSites(sites),
      connection:
        connection === null ? (same ? profile.connection : null) : keptConnection(connection),
    };
  });
  return replaced;
}

/** A profile stores one company. Prints the one that is replaced, so that no ID is lost. */
export function noteReplaced(
  before: Profile["company"],
  profileName: string,
  context: Context,
): void {
  // With --no-save the profile stays as it is.
  if (before === null || !context.globals.save) return;
  context.note(
    `The company of the profile "${profileName}" was ${before.name} (${before.id}); this one replaces it.`,
  );
}

/** The company that the profile will no longer hold once a plan is carried out; null if it holds none, or the planned one. */
export function replacedCompany(
  planned: PlannedCompany,
  profile: Profile | null,
): Profile["company"] {
  const before = profile?.company ?? null;
  if (before === null) return null;
  const isSame =
    "id" in planned ? before.id === planned.id : before.externalId === planned.externalId;
  return isSame ? null : before;
}
