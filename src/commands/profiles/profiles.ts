/** Options and views of the profile commands. A profile contains no secrets, so all of it may be shown. */
import type { Context } from "../../app/context.ts";
import { argument } from "../../cli/define.ts";
import { listView } from "../../cli/list-view.ts";
import { noun, recordOf } from "../../cli/noun.ts";
import { listOf, objectOf, orNull, text, yesNo } from "../../cli/shape.ts";
import { nounJson, recordView } from "../../cli/view.ts";
import { NotFoundError } from "../../errors.ts";
import { checkProfileName, type Profile } from "../../profile/profiles.ts";

export const nameSpec = {
  read: checkProfileName,
  allowed: "1 to 64 letters, digits, _ and -",
  suggests: "profile",
} as const;

export const nameArgument = argument("<name>", {
  help: "name of the profile",
  ...nameSpec,
  required: true,
});

/** @throws NotFoundError when there is no such profile */
export async function profileNamed(name: string, context: Context): Promise<Profile> {
  const profile = await (await context.profiles()).find(name);
  if (profile !== null) return profile;
  throw new NotFoundError("not_found", `there is no profile "${name}"`, {
    next: [{ words: ["nectar", "profiles", "list"], why: "the profiles" }],
  });
}

interface ShownProfile extends Profile {
  readonly isCurrent: boolean;
}

const named = objectOf({ id: text, name: text, externalId: orNull(text) });

const profiles = noun<ShownProfile>()({
  fields: {
    name: {
      label: "Profile",
      header: "NAME",
      shape: text,
      text: ({ name, isCurrent }) => (isCurrent ? `${name} (current)` : name),
    },
    isCurrent: { shape: yesNo },
    target: { label: "Target", header: "TARGET", shrink: true },
    company: {
      label: "Company",
      header: "COMPANY",
      text: ({ company }) => company?.name ?? "",
      shape: orNull(named),
      shrink: true,
    },
    companyId: { label: "Company ID", value: ({ company }) => company?.id },
    sites: {
      label: "Site",
      text: ({ sites }) => sites.map(({ id, name }) => `${id}  ${name}`),
      shape: listOf(named),
      sparse: true,
    },
    connection: {
      label: "Connection",
      header: "CONNECTION",
      text: ({ connection }) => connection?.id ?? "",
      shape: orNull(objectOf({ id: text, url: orNull(text), username: orNull(text) })),
    },
    updatedAt: { label: "Updated" },
  },
  json: ["name", "isCurrent", "target", "company", "sites", "connection", "updatedAt"],
  table: ["name", "target", "company", "connection"],
});

export const profileListView = listView({
  noun: profiles,
  rows: (list: readonly ShownProfile[]) => list,
  id: ({ name }) => name,
  none: (_, commandLine) =>
    `No profiles yet. To create one: ${commandLine({ words: ["nectar", "onboard", "--local"] })}`,
});

export const profileView = recordView<ShownProfile>({
  fields: (profile) => recordOf(profiles, profile),
  ids: ({ name }) => [name],
  ...nounJson(profiles, (profile: ShownProfile) => profile),
});
