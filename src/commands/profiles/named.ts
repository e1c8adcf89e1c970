/** Profile names as arguments, and finding a profile by name. */
import type { Context } from "../../app/context.ts";
import { argument } from "../../cli/define.ts";
import { NotFoundError } from "../../errors.ts";
import { checkProfileName, type Profile } from "../../profile/profiles.ts";

const profileName = {
  read: checkProfileName,
  allowed: "1 to 64 letters, digits, _ and -",
  suggests: "profile",
} as const;

export const nameArgument = argument("<name>", {
  help: "name of the profile",
  ...profileName,
  required: true,
});

export const optionalNameArgument = argument("[name]", {
  help: "name of the profile; default: the current one",
  ...profileName,
});

/** @throws NotFoundError when there is no such profile */
export async function profileNamed(name: string, context: Context): Promise<Profile> {
  const profile = await (await context.profiles()).find(name);
  if (profile !== null) return profile;
  throw new NotFoundError("not_found", `there is no profile "${name}"`, {
    next: [{ words: ["nectar", "profiles", "list"], why: "the profiles" }],
  });
}
