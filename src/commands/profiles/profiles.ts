/** Views of profiles. A profile contains no secrets, so all of it may be shown. */

import { listView } from "../../cli/list-view.ts";
import { noun, recordOf } from "../../cli/noun.ts";
import { listOf, objectOf, orNull, text, yesNo } from "../../cli/shape.ts";
import { nounJson, recordView } from "../../cli/view.ts";
import type { Profile } from "../../profile/profiles.ts";

export interface ShownProfile extends Profile {
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
