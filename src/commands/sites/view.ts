/** How a site is shown. */
import type { Site } from "../../api/resources/site.ts";
import { listView, recordView } from "../../cli/view.ts";
import type { Column } from "../../terminal/table.ts";

type Shown = Pick<Site, "id" | "name" | "address" | "externalId"> & { readonly outcome?: string };

/** The site of the machine output, with `outcome` after a create. */
export function siteJson(site: Shown): object {
  const { id, name, address, externalId, outcome } = site;
  return { id, name, address, externalId, ...(outcome === undefined ? {} : { outcome }) };
}

const COLUMNS: readonly Column<Site>[] = [
  { header: "NAME", value: ({ name }) => name, shrink: true },
  { header: "ADDRESS", value: ({ address }) => address ?? "", shrink: true },
  { header: "EXTERNAL ID", value: ({ externalId }) => externalId ?? "", shrink: true },
  { header: "ID", value: ({ id }) => id },
];

export interface SiteList {
  readonly companyName: string;
  readonly sites: readonly Site[];
}

export const siteListView = listView<SiteList, Site>({
  rows: ({ sites }) => sites,
  columns: () => COLUMNS,
  id: ({ id }) => id,
  json: siteJson,
  none: ({ companyName }) => `No sites in ${companyName}.`,
  footer: ({ sites, companyName }) =>
    `${sites.length === 1 ? "1 site" : `${sites.length} sites`} of ${companyName}`,
});

export const siteView = recordView<Site & { readonly outcome?: string }>({
  fields: (site) => [
    ["Site", site.name],
    ["ID", site.id],
    ["Address", site.address ?? ""],
    ["External ID", site.externalId ?? ""],
    ...(site.isArchived ? ([["Archived", "yes"]] as const) : []),
    ...(site.outcome === undefined ? [] : ([["Outcome", site.outcome]] as const)),
  ],
  ids: ({ id }) => [id],
  json: siteJson,
});
