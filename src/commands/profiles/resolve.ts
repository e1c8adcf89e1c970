/** Finds an object of the API by the beginning of its ID, its name or its external ID. */
import * as z from "zod/mini";
import type { NectarApi } from "../../api/client.ts";
import type { Company } from "../../api/resources/company.ts";
import type { Context } from "../../app/context.ts";
import { type NextCommand, NotFoundError } from "../../errors.ts";
import { objectId, shorten } from "../../onboarding/plan.ts";

export type Kind = "company" | "site" | "connection" | "document" | "invitation";

export interface Candidate {
  readonly id: string;
  readonly name?: string | null;
  readonly externalId?: string | null | undefined;
}

export function isObjectId(text: string): boolean {
  return z.safeParse(objectId, text).success;
}

/** The shortest beginning of an ID that names an object. */
const MIN_ID_LENGTH = 8;

function isBeginning(text: string): boolean {
  return text.length >= MIN_ID_LENGTH && /^[0-9a-f-]+$/i.test(text);
}

/**
 * The ID of the one object with this name, external ID, or beginning of an ID.
 *
 * @returns null if there is none
 * @throws NotFoundError `ambiguous` if there are several
 */
export function matchOne(
  kind: Kind,
  given: string,
  candidates: readonly Candidate[],
): string | null {
  const matches = candidates.filter(
    ({ id, name, externalId }) =>
      name === given ||
      externalId === given ||
      (isBeginning(given) && id.toLowerCase().startsWith(given.toLowerCase())),
  );
  const [found, another] = new Map(matches.map((one) => [one.id.toLowerCase(), one])).values();
  if (found === undefined || another === undefined) return found?.id ?? null;
  throw new NotFoundError("ambiguous", `several ${NOUNS[kind]} match "${shorten(given)}"`, {
    lines: [...new Set(matches.map(({ id, name }) => `${id}  ${name ?? ""}`.trim()))],
    hint: "Name one by its ID.",
  });
}

const NOUNS = {
  company: "companies",
  site: "sites",
  connection: "connections",
  document: "documents",
  invitation: "invitations",
} as const;

/** The error for an object that neither the profile nor the API knows. */
export function noMatch(kind: Kind, given: string): NotFoundError {
  const what = hasName(kind) ? "the ID, name or external ID" : "an ID that begins with";
  const next: NextCommand = {
    words: ["nectar", NOUNS[kind], "list"],
    why: `the ${NOUNS[kind]} and their IDs`,
  };
  return new NotFoundError("not_found", `no ${kind} has ${what} "${shorten(given)}"`, {
    next: [next],
  });
}

/** The API has names and external IDs of these; of the others only IDs. */
function hasName(kind: Kind): boolean {
  return kind === "company" || kind === "site";
}

/**
 * The ID of an object that the API knows. Looks in the given company first, then in all.
 *
 * @throws NotFoundError `not_found`, `ambiguous`
 */
export async function findId(
  kind: Kind,
  given: string,
  companyId: string | undefined,
  context: Context,
): Promise<string> {
  if (!hasName(kind) && !isBeginning(given)) throw noMatch(kind, given);
  const { api } = await context.session();
  if (kind === "company") {
    const id = matchOne(kind, given, await api.listCompanies());
    if (id === null) throw noMatch(kind, given);
    return id;
  }
  const inside = async (company: Owner) => {
    const found: Candidate[] = [];
    for await (const one of SOURCES[kind](company, api)) found.push(one);
    return found;
  };
  if (companyId !== undefined) {
    const id = matchOne(kind, given, await inside({ id: companyId }));
    if (id !== null) return id;
  }
  const others = (await api.listCompanies()).filter(({ id }) => id !== companyId);
  const id = matchOne(kind, given, (await Promise.all(others.map(inside))).flat());
  if (id === null) throw noMatch(kind, given);
  return id;
}

/** A company, with its sites if they are known. */
type Owner = Pick<Company, "id"> & Partial<Pick<Company, "sites">>;

/** The objects of a company. */
const SOURCES: Readonly<
  Record<Exclude<Kind, "company">, (company: Owner, api: NectarApi) => AsyncIterable<Candidate>>
> = {
  async *site(company, api) {
    const { sites = [] } = company.sites === undefined ? await api.getCompany(company.id) : company;
    yield* sites.filter(({ isArchived }) => !isArchived);
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
