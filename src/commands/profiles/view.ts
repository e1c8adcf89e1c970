/** How a profile is shown. Profiles hold no secret, so all of it may be. */
import { listView, recordView } from "../../cli/view.ts";
import type { Profile } from "../../profile/profiles.ts";
import type { Column } from "../../terminal/table.ts";

export interface ShownProfile extends Profile {
  readonly isCurrent: boolean;
}

function profileJson(profile: ShownProfile): object {
  const { name, isCurrent, target, company, sites, connection, updatedAt } = profile;
  return { name, isCurrent, target, company, sites, connection, updatedAt };
}

const COLUMNS: readonly Column<ShownProfile>[] = [
  {
    header: "NAME",
    value: ({ name, isCurrent }) => (isCurrent ? `${name} (current)` : name),
    plain: ({ name }) => name,
  },
  { header: "TARGET", value: ({ target }) => target ?? "", shrink: true },
  { header: "COMPANY", value: ({ company }) => company?.name ?? "", shrink: true },
  { header: "CONNECTION", value: ({ connection }) => connection?.id ?? "" },
];

export const profileListView = listView<readonly ShownProfile[], ShownProfile>({
  rows: (profiles) => profiles,
  columns: () => COLUMNS,
  id: ({ name }) => name,
  json: profileJson,
  none: (_, commandLine) =>
    `No profiles yet. This makes one: ${commandLine({ words: ["nectar", "onboard", "--local"] })}`,
});

export const profileView = recordView<ShownProfile>({
  fields: (profile) => [
    ["Profile", profile.isCurrent ? `${profile.name} (current)` : profile.name],
    ["Target", profile.target ?? ""],
    ["Company", profile.company?.name ?? ""],
    ["Company ID", profile.company?.id ?? ""],
    ...profile.sites.map((site): [string, string] => ["Site", `${site.id}  ${site.name}`]),
    ["Connection", profile.connection?.id ?? ""],
    ["Updated", profile.updatedAt ?? ""],
  ],
  ids: ({ name }) => [name],
  json: profileJson,
});
