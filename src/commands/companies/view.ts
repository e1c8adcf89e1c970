/** How a company is shown. */
import type { Company } from "../../api/resources/company.ts";
import { listView, recordView } from "../../cli/view.ts";
import type { Column } from "../../terminal/table.ts";

type Shown = Pick<Company, "id" | "name" | "externalId"> & { readonly outcome?: string };

/** The company of the machine output: `id`, `name`, `externalId`, and `outcome` after a create. */
export function companyJson(company: Shown): object {
  const { id, name, externalId = null, outcome } = company;
  return { id, name, externalId, ...(outcome === undefined ? {} : { outcome }) };
}

const COLUMNS: readonly Column<Company>[] = [
  { header: "NAME", value: ({ name }) => name, shrink: true },
  { header: "EXTERNAL ID", value: ({ externalId }) => externalId ?? "", shrink: true },
  { header: "SITES", value: ({ sites }) => String(sites?.length ?? ""), align: "right" },
  { header: "ID", value: ({ id }) => id },
];

export const companyListView = listView<readonly Company[], Company>({
  rows: (companies) => companies,
  columns: () => COLUMNS,
  id: ({ id }) => id,
  json: companyJson,
  none: () => "No companies.",
  footer: (companies) => (companies.length === 1 ? "1 company" : `${companies.length} companies`),
});

export const companyView = recordView<Company & { readonly outcome?: string }>({
  fields: (company) => [
    ["Company", company.name],
    ["ID", company.id],
    ["External ID", company.externalId ?? ""],
    ["Data from", company.dataCollectionStartDate ?? ""],
    ["Sites", String(company.sites?.length ?? "")],
    ...(company.outcome === undefined ? [] : ([["Outcome", company.outcome]] as const)),
  ],
  ids: ({ id }) => [id],
  json: companyJson,
});
