/** Finds the object that a command is about: by ID, by a name stored in the profile, or the profile's own. */
import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { DEFAULT_PROFILE } from "../../app/target.ts";
import { argument, list, option } from "../../cli/define.ts";
import { lastWord, NotFoundError, UsageError } from "../../errors.ts";
import { nearest } from "../../onboarding/nearest.ts";
import { objectId, shorten } from "../../onboarding/plan.ts";
import type { Profile } from "../../profile/profiles.ts";

const UUID = "a UUID such as 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";

export const idSpec = { schema: objectId, allowed: UUID } as const;

export const idArgument = (what: string) =>
  argument("[id]", {
    help: `ID of the ${what}; default: the profile's ${what}`,
    schema: z.string(),
    allowed: UUID,
    suggests: what,
  });

export const companyFlag = option("--company <ID>", {
  help: "ID of the company; default: the profile's company",
  ...idSpec,
  suggests: "company",
});

/** For a command that finds the company by more than its ID: see `companyWith`. */
export const namedCompanyFlag = option("--company <ID>", {
  help: "one company: its ID, the beginning of one, its name or external ID",
  schema: z.string().check(z.trim(), z.minLength(1)),
  allowed: "an ID, a name or an external ID",
  suggests: "company",
});

export const siteIdList = (flag: string, help: string) =>
  list(flag, { help, ...idSpec, suggests: "site" });

/** How many other profiles are suggested. */
const MAX_SUGGESTIONS = 2;

interface Named {
  readonly id: string;
  readonly name?: string;
  readonly externalId?: string | null | undefined;
}

/** Maximum edit distance of a suggested profile name. */
const MAX_DISTANCE = 2;

/**
 * Checks that the profile exists, for a command that only reads and has no other target or object.
 *
 * @throws UsageError `no_profile`, with a similar name if there is one
 */
export async function requireProfile(context: Context): Promise<void> {
  const { profile, local, apiUrl } = context.globals;
  if (profile === null || profile === DEFAULT_PROFILE || local || apiUrl !== null) return;
  const names = (await (await context.profiles()).list()).map(({ name }) => name);
  if (names.includes(profile)) return;
  const near = nearest(profile, names, MAX_DISTANCE);
  const meant = near === null ? "" : `; did you mean "${near}"?`;
  throw new UsageError("no_profile", `there is no profile "${profile}"${meant}`, {
    next: [{ words: ["nectar", "profiles", "list"], why: "the profiles" }],
  });
}

/** The profile of this command as it is stored, or null. */
export async function storedProfile(context: Context): Promise<Profile | null> {
  return (await context.profiles()).find(await context.profileName());
}

/**
 * The ID that an argument means. Sends no request: names are looked up in the profile.
 *
 * @param given a UUID, or the name or external ID of an object stored in the profile
 * @throws UsageError `missing_input` when nothing is given and the profile has none, `invalid_input` for a text that is neither
 */
export async function idOf(
  what: "company" | "site" | "connection",
  given: string | undefined,
  context: Context,
): Promise<string> {
  const profile = await storedProfile(context);
  const kept: readonly Named[] =
    profile === null
      ? []
      : what === "site"
        ? profile.sites
        : ([profile[what]].filter((one) => one !== null) as readonly Named[]);
  if (given === undefined) {
    await requireProfile(context);
    const [only, second] = kept;
    if (only !== undefined && second === undefined) return only.id;
    throw missingId(what, await context.profileName(), kept.length);
  }
  if (z.safeParse(objectId, given).success) return given;
  const named = kept.filter(({ name, externalId }) => name === given || externalId === given);
  const [found, another] = named;
  if (found !== undefined && another === undefined) return found.id;
  const shown = given.length > 60 ? `${given.slice(0, 57)}…` : given;
  throw new UsageError(
    "invalid_input",
    `"${shown}" is not the ID of a ${what}: it is neither a UUID nor a name in the profile "${await context.profileName()}"`,
    {
      next: [
        what === "connection"
          ? { words: ["nectar", "connections", "list"], why: "the connections and their IDs" }
          : {
              words: ["nectar", what === "site" ? "sites" : "companies", "list"],
              why: "the IDs",
            },
      ],
    },
  );
}

export function isObjectId(text: string): boolean {
  return z.safeParse(objectId, text).success;
}

/** The shortest beginning of an ID that names an object. */
const MIN_ID_LENGTH = 8;

/**
 * The ID of the one company with this name, external ID, or beginning of an ID.
 *
 * @returns null if there is none
 * @throws NotFoundError `ambiguous` if there are several
 */
export function matchCompany(given: string, companies: readonly Named[]): string | null {
  const isBeginning = given.length >= MIN_ID_LENGTH && /^[0-9a-f-]+$/i.test(given);
  const matches = companies.filter(
    ({ id, name, externalId }) =>
      name === given ||
      externalId === given ||
      (isBeginning && id.toLowerCase().startsWith(given.toLowerCase())),
  );
  const [found, another] = new Map(matches.map((one) => [one.id.toLowerCase(), one])).values();
  if (found === undefined || another === undefined) return found?.id ?? null;
  throw new NotFoundError("ambiguous", `several companies match "${shorten(given)}"`, {
    lines: [...new Set(matches.map(({ id, name = "" }) => `${id}  ${name}`))],
    hint: "Name one by its ID.",
  });
}

/** The error for a company that neither the profile nor the API knows. */
export function noCompany(given: string): NotFoundError {
  return new NotFoundError(
    "not_found",
    `no company has the ID, name or external ID "${shorten(given)}"`,
    { next: [{ words: ["nectar", "companies", "list"], why: "the companies and their IDs" }] },
  );
}

/** The ID of the company that a command works in: the one given, else the profile's. */
export async function companyOf(given: string | undefined, context: Context): Promise<string> {
  if (given !== undefined) return given;
  await requireProfile(context);
  const profile = await storedProfile(context);
  if (profile?.company) return profile.company.id;
  throw await noStoredCompany("missing input: --company, because", context);
}

/**
 * The error for a profile without a company.
 *
 * @param why what the sentence begins with
 */
export async function noStoredCompany(why: string, context: Context): Promise<UsageError> {
  const name = await context.profileName();
  const others = await profilesWithCompany(context);
  return new UsageError("missing_input", `${why} the profile "${name}" has no company`, {
    next: [
      ...others.slice(0, MAX_SUGGESTIONS).map(({ name: other, company }) => ({
        words: ["nectar", "profiles", "use", ...lastWord(other)],
        why: `its company is ${company.name}`,
      })),
      { words: ["nectar", "companies", "list"], why: "the companies and their IDs" },
      { words: ["nectar", "companies", "use", "ID"], why: "set the company of the profile" },
      { words: ["nectar", "onboard"], why: "create one, with sites and a connection" },
    ],
  });
}

/**
 * The profiles that could be used instead. None when the profile was named by flag or variable: switching the current
 * profile would then not help.
 */
async function profilesWithCompany(context: Context) {
  const { profile, local, apiUrl } = context.globals;
  if (profile !== null || local) return [];
  return (await (await context.profiles()).list()).flatMap(({ name, company, target }) =>
    company !== null && (apiUrl === null || target === apiUrl) ? [{ name, company }] : [],
  );
}

function missingId(what: string, profileName: string, count: number): UsageError {
  const why = count > 1 ? `has ${count} of them` : `has no ${what}`;
  return new UsageError(
    "missing_input",
    `missing input: <id> of the ${what}, because the profile "${profileName}" ${why}`,
  );
}
