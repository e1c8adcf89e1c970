/** Deletes a company with its ledgers locked, and removes its IDs from the profiles. */
import type { Context, Session } from "../../app/context.ts";
import type { Ledger } from "../../onboarding/ledger.ts";
import { removeCompany } from "../../onboarding/removal.ts";
import type { Candidate } from "../../onboarding/teardown.ts";
import type { Profile } from "../../profile/profiles.ts";
import { openOrCreate } from "../onboard/ports.ts";

/**
 * Deletes a company.
 *
 * @returns what became of it, and the profiles that pointed at it
 * @throws LocalStateError `locked` if another run is working on it, `ledger_damaged`; any error of the request
 */
export async function deleteCompany(
  { id, name, keys, isOpen }: Pick<Candidate, "id" | "name" | "keys" | "isOpen">,
  session: Session,
  context: Context,
) {
  const ledgers: Ledger[] = [];
  let profiles: readonly string[] = [];
  try {
    for (const company of keys) {
      const key = { target: session.target.name, company };
      const ledger = await openOrCreate(key, `the company "${name}"`, context, false);
      ledgers.push(ledger);
      const created = { kind: "company", key: company, id, companyId: id, name } as const;
      if (isOpen) await ledger.settle({ ...created, made: "created" });
    }
    const forget = async () => {
      profiles = await clearProfiles(id, session, context);
    };
    const removal = await removeCompany(id, { api: session.api, ledgers, forget });
    return { removal, profiles };
  } finally {
    for (const ledger of ledgers) await ledger.close();
  }
}

/** Removes a deleted company's IDs from the profiles that point at it, and returns their names. */
async function clearProfiles(
  companyId: string,
  { target }: Session,
  context: Context,
): Promise<readonly string[]> {
  if (!context.globals.save) return [];
  const pointsThere = ({ company, target: of }: Profile) =>
    of === target.name && company?.id.toLowerCase() === companyId.toLowerCase();
  const store = await context.profiles();
  const names = (await store.list()).filter(pointsThere).map(({ name }) => name);
  for (const name of names) {
    await store.update(name, (old) =>
      pointsThere(old) ? { ...old, company: null, sites: [], connection: null } : old,
    );
  }
  return names;
}

/** Prints a note about the profiles that were changed, if any were. */
export function noteCleared(profiles: readonly string[], { note }: Context): void {
  const names = profiles.map((name) => `"${name}"`).join(", ");
  if (profiles.length === 1) note(`The profile ${names} no longer has a company.`);
  if (profiles.length > 1) note(`The profiles ${names} no longer have a company.`);
}
