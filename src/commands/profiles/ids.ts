/** The object that a command is about: the flags and arguments that name it, and the profile's own. */
import type { NectarApi } from "../../api/client.ts";
import type { Context } from "../../app/context.ts";
import { listOf } from "../../app/naming-lists.ts";
import { DEFAULT_PROFILE } from "../../app/target.ts";
import { argument, defineCommand, list, option, type View } from "../../cli/define.ts";
import { by } from "../../cli/values.ts";
import { lastWord, UsageError } from "../../errors.ts";
import { objectId } from "../../onboarding/plan.ts";
import type { Profile } from "../../profile/profiles.ts";
import { didYouMean } from "../../words/nearest.ts";
import { type Candidate, findObject, isObjectId, type Kind } from "./resolve.ts";

/** For a value that must be a whole ID, since it is not looked up. */
export const idSpec = {
  read: by(objectId),
  allowed: "a UUID such as 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11",
} as const;

/** For a value that `idOf` looks up. */
export const objectSpec = {
  read: (text: string) => text.trim() || null,
  allowed: "an ID, the beginning of one (8 or more characters), a name or an external ID",
} as const;

/** Where to find the ID of an object that no profile has. */
const LISTS: { readonly [what in Kind]?: string } = {
  document: "see `nectar documents list`",
  invitation: "see `nectar invitations list`",
};

export const idArgument = (what: Kind) => {
  const list = LISTS[what];
  return argument(list === undefined ? "[id]" : "<id>", {
    help: `the ${what}: ${waysToName(what)}; ${list ?? `default: the profile's ${what}`}`,
    ...objectSpec,
    required: list !== undefined,
    suggests: what,
  });
};

/** A command that shows one object. */
export function getCommand<Value>(
  what: Kind,
  {
    get,
    ...definition
  }: {
    readonly description?: string;
    readonly examples: Readonly<Record<string, string>>;
    readonly get: (id: string, api: NectarApi) => Promise<Value>;
    readonly view: View<Value>;
  },
) {
  return defineCommand({
    ...definition,
    fields: { id: idArgument(what) },
    async run(input, context: Context) {
      const id = await idOf(what, input.id, context);
      return get(id, (await context.session()).api);
    },
  });
}

/** How an object can be named, for help. */
export function waysToName(what: Kind): string {
  return what === "company" || what === "site"
    ? "its ID, the beginning of one, its name or external ID"
    : "its ID or the beginning of one";
}

export const companyFlag = option("--company <ID>", {
  help: `the company: ${waysToName("company")}; default: the profile's company`,
  ...objectSpec,
  suggests: "company",
});

export const siteList = (flag: string, help: string) =>
  list(flag, { help, ...objectSpec, suggests: "site" });

/** How many other profiles are suggested. */
const MAX_SUGGESTIONS = 2;

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
  const meant = didYouMean(profile, names);
  throw new UsageError("no_profile", `there is no profile "${profile}"${meant}`, {
    next: [{ words: ["nectar", "profiles", "list"], why: "the profiles" }],
  });
}

/** The ID of the object that an argument or flag means; see `objectOf`. */
export async function idOf(...named: Parameters<typeof objectOf>): Promise<string> {
  return (await objectOf(...named)).id;
}

/**
 * The object that an argument or flag means. Sends no request for an ID, nor for the profile's own.
 *
 * @param given undefined: the profile's own
 * @param companyId where to look first, if the command works in one company; default: in all
 * @throws UsageError `missing_input` when nothing is given and the profile has none; NotFoundError `not_found`, `ambiguous`
 */
export async function objectOf(
  what: Kind,
  given: string | undefined,
  context: Context,
  companyId?: string,
): Promise<Candidate> {
  const profile = await context.profile();
  const kept = keptOf(what, profile);
  if (given !== undefined && isObjectId(given)) {
    const id = given.toLowerCase();
    const known = kept.find((one) => one.id.toLowerCase() === id || one.externalId === given);
    return known ?? { id };
  }
  if (given === undefined) {
    await requireProfile(context);
    const [only, second] = kept;
    if (only !== undefined && second === undefined) return only;
    throw await missingId(what, profile, kept.length, context);
  }
  const own = profile?.company?.id;
  const isOwn = companyId === undefined || companyId === own;
  // Only reading every document of every company could tell that there is no other.
  const first = companyId ?? (what === "document" ? own : undefined);
  return findObject(what, given, isOwn ? kept : [], first, context);
}

/** The objects of this kind that the profile knows. */
function keptOf(what: Kind, profile: Profile | null): readonly Candidate[] {
  if (profile === null || what === "document" || what === "invitation") return [];
  if (what === "site") return profile.sites;
  const one: Candidate | null = profile[what];
  return one === null ? [] : [one];
}

/** The ID of the company that a command works in: the one given, else the profile's. */
export async function companyOf(given: string | undefined, context: Context): Promise<string> {
  if (given !== undefined) return idOf("company", given, context);
  await requireProfile(context);
  const profile = await context.profile();
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
      listOf("company", true),
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

async function missingId(
  what: Kind,
  profile: Profile | null,
  count: number,
  context: Context,
): Promise<UsageError> {
  const missing = `missing input: <id> of the ${what}, because`;
  if (what === "company") return noStoredCompany(missing, context);
  const why = count > 1 ? `has ${count} of them` : `has no ${what}`;
  const message = `${missing} the profile "${await context.profileName()}" ${why}`;
  const next = [listOf(what, Boolean(profile?.company))];
  return new UsageError("missing_input", message, { next });
}
