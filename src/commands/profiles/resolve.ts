/** Finds an object of the API by the beginning of its ID, its name or its external ID. */

import * as z from "zod/mini";
import type { NectarApi } from "../../api/client.ts";
import type { Company } from "../../api/resources/company.ts";
import type { Context } from "../../app/context.ts";
import { listOf } from "../../app/naming-lists.ts";
import { pluralOf } from "../../cli/list-view.ts";
import { NotFoundError } from "../../errors.ts";
import { fold, objectId } from "../../onboarding/plan.ts";
import { shorten } from "../../words/shorten.ts";

export type Kind = "company" | "site" | "connection" | "document" | "invitation";

export interface Candidate {
  readonly id: string;
  readonly name?: string | null;
  readonly externalId?: string | null | undefined;
  /** The name of its company, to tell it from another of the same name. */
  readonly company?: string;
}

export function isObjectId(text: string): boolean {
  return z.safeParse(objectId, text).success;
}

/** The shortest beginning of an ID that names an object. */
const MIN_ID_LENGTH = 8;

function isBeginning(text: string): boolean {
  return text.length >= MIN_ID_LENGTH && /^[0-9a-f-]+$/i.test(text);
}

/** How many of the objects that match are shown. */
const MOST_SHOWN = 20;

/**
 * The one object with this name, external ID, or beginning of an ID; the letter case and spaces of a name count only where
 * objects differ in nothing else.
 *
 * @returns null if there is none
 * @throws NotFoundError `ambiguous` if there are several
 */
export function matchOne(
  kind: Kind,
  given: string,
  candidates: readonly Candidate[],
): Candidate | null {
  const matching = (isSame: (text: string) => boolean) =>
    candidates.filter(
      ({ id, name, externalId }) =>
        (name && isSame(name)) ||
        (externalId && isSame(externalId)) ||
        (isBeginning(given) && id.toLowerCase().startsWith(given.toLowerCase())),
    );
  const exact = matching((text) => text === given);
  const matches = exact.length > 0 ? exact : matching((text) => fold(text) === fold(given));
  const found = [...new Map(matches.map((one) => [one.id.toLowerCase(), one])).values()];
  const [only = null, another] = found;
  if (another === undefined) return only;
  const lines = found
    .slice(0, MOST_SHOWN)
    .map(({ id, name, company }) =>
      [id, name ?? "", company === undefined ? "" : `(${company})`].filter(Boolean).join("  "),
    );
  const more = found.length - lines.length;
  throw new NotFoundError("ambiguous", `several ${pluralOf(kind)} match "${shorten(given)}"`, {
    lines: more === 0 ? lines : [...lines, `… and ${more} more`],
    hint: "Name one by its ID.",
  });
}

/** The error for an object that neither the profile nor the API knows. */
export function noMatch(kind: Kind, given: string): NotFoundError {
  const what = hasName(kind) ? "the ID, name or external ID" : "an ID that begins with";
  return new NotFoundError("not_found", `no ${kind} has ${what} "${shorten(given)}"`, {
    next: [listOf(kind, true)],
  });
}

/** The API has names and external IDs of these; of the others only IDs. */
function hasName(kind: Kind): boolean {
  return kind === "company" || kind === "site";
}

/**
 * The one object that the API or the profile knows by this name, external ID, or beginning of an ID. Asks the API even if
 * the profile knows one, which can't prove that there is no other.
 *
 * @param kept what the profile knows: a list may lag behind it
 * @param companyId where to look first; default: everywhere
 * @throws NotFoundError `not_found`, `ambiguous`
 */
export async function findObject(
  kind: Kind,
  given: string,
  kept: readonly Candidate[],
  companyId: string | undefined,
  context: Context,
): Promise<Candidate> {
  if (!hasName(kind) && !isBeginning(given)) throw noMatch(kind, given);
  const { api } = await context.session();
  const match = (listed: readonly Candidate[]) => {
    const ids = new Set(listed.map(({ id }) => id));
    return matchOne(kind, given, [...kept.filter(({ id }) => !ids.has(id)), ...listed]);
  };
  const inside = async (company: Owner) => {
    const found: Candidate[] = [];
    if (kind === "company") return found;
    for await (const one of SOURCES[kind](company, api)) found.push(one);
    return found;
  };
  const own = companyId === undefined ? null : match(await inside({ id: companyId }));
  if (own !== null) return own;
  const companies = await api.listCompanies();
  const found = match(
    kind === "company" ? companies : (await Promise.all(companies.map(inside))).flat(),
  );
  if (found === null) throw noMatch(kind, given);
  return found;
}

/** A company, with its name and sites if they are known. */
type Owner = Pick<Company, "id"> & Partial<Pick<Company, "name" | "sites">>;

/** The objects of a company. */
const SOURCES: Readonly<
  Record<Exclude<Kind, "company">, (company: Owner, api: NectarApi) => AsyncIterable<Candidate>>
> = {
  async *site(company, api) {
    const { sites = [], name } =
      company.sites === undefined ? await api.getCompany(company.id) : company;
    for (const { id, name: ofSite, externalId, isArchived } of sites) {
      if (!isArchived) yield { id, name: ofSite, externalId, ...(name && { company: name }) };
    }
  },
  async *connection(company, api) {
    for await (const { id, url, username } of api.listConnections(company.id)) {
      yield { id, name: `${username ?? ""} at ${url ?? ""}` };
    }
  },
  document: ({ id }, api) => withoutName(api.listDocuments({ kind: "company", id })),
  invitation: ({ id }, api) => withoutName(api.listInvitations(id)),
};

async function* withoutName(found: AsyncIterable<{ readonly id: string }>) {
  for await (const { id } of found) yield { id };
}
