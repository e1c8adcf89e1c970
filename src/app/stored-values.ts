/** The values that shell completion offers: the names and IDs stored on this machine. Sends no request, writes nothing. */
import type { Candidate } from "../cli/completion.ts";
import { NectarError } from "../errors.ts";
import type { Profile } from "../profile/profiles.ts";
import type { Context } from "./context.ts";

/**
 * The stored values of a kind: `profile`, or `company`, `site` or `connection` for the IDs of every profile that is bound
 * to the same target, those of the command's own profile first.
 *
 * @param options the options of the command line, by flag
 * @param open creates the context from the global options, under commander's names
 * @returns nothing for another kind, or if the profiles can't be read: a shell has no place for an error
 */
export async function storedValues(
  kind: string,
  options: ReadonlyMap<string, string>,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<Context>,
): Promise<readonly Candidate[]> {
  try {
    const context = await open({
      profile: options.get("--profile"),
      local: options.has("--local"),
    });
    const profiles = await (await context.profiles()).list();
    if (kind === "profile") {
      return profiles.map(({ name, target, company }) => ({
        value: name,
        description: [company?.name, target].filter(Boolean).join(" · "),
      }));
    }
    const name = await context.profileName();
    const own = profiles.find((one) => one.name === name);
    const alike = profiles.filter((one) => one !== own && one.target === own?.target);
    const found = [...(own === undefined ? [] : [own]), ...alike].flatMap((one) =>
      idsOf(kind, one),
    );
    return [...new Map(found.map((one) => [one.value, one])).values()];
  } catch (error) {
    if (error instanceof NectarError) return [];
    throw error;
  }
}

function idsOf(kind: string, { company, sites, connection }: Profile): readonly Candidate[] {
  switch (kind) {
    case "company":
      return company === null ? [] : [{ value: company.id, description: company.name }];
    case "site":
      return sites.map(({ id, name }) => ({ value: id, description: name }));
    case "connection": {
      if (connection === null) return [];
      const { id, url, username } = connection;
      return [{ value: id, description: [username, url].filter(Boolean).join(" · ") }];
    }
    default:
      return [];
  }
}
