/** Options and views of the company commands. */
import * as z from "zod/mini";
import type { Company } from "../../api/resources/company.ts";
import { option } from "../../cli/define.ts";
import { countText, listView } from "../../cli/list-view.ts";
import { noun } from "../../cli/noun.ts";
import { text, wordOf } from "../../cli/shape.ts";
import { by } from "../../cli/values.ts";
import { nounView } from "../../cli/view.ts";
import { companyName, externalId } from "../../onboarding/plan.ts";

export const companyNameSpec = { read: by(companyName), allowed: "1 to 200 characters" } as const;

export const externalIdSpec = { read: by(externalId), allowed: "1 to 255 characters" } as const;

export const startDateFlag = option("--data-collection-start-date <YYYY-MM-DD>", {
  help: "the date from which data is collected",
  read: by(z.iso.date()),
  allowed: "a date such as 2025-01-01",
});

/** Flags that creating and updating share. */
export const companyFields = {
  externalId: option("--external-id <ID>", { help: "your own ID for it", ...externalIdSpec }),
  dataCollectionStartDate: startDateFlag,
} as const;

/** `outcome` is set after a create. */
type Shown = Pick<Company, "id" | "name" | "externalId"> &
  Partial<Pick<Company, "sites" | "dataCollectionStartDate">> & {
    readonly outcome?: string;
  };

/** What a create did. */
export const outcome = wordOf(["created", "existing"]);

export const companies = noun<Shown>()({
  fields: {
    name: { label: "Company", header: "NAME", shape: text, shrink: true },
    id: { label: "ID", header: "ID", shape: text },
    externalId: {
      label: "External ID",
      header: "EXTERNAL ID",
      value: ({ externalId = null }) => externalId,
      shrink: true,
    },
    dataCollectionStartDate: { label: "Data from" },
    sites: {
      label: "Sites",
      header: "SITES",
      value: ({ sites }) => sites?.length,
      align: "right",
    },
    outcome: { label: "Outcome", shape: outcome, sparse: true },
  },
  json: ["id", "name", "externalId"],
  table: ["name", "externalId", "sites", "id"],
});

/** What is printed of one that was to be created. */
export const createdCompany = [...companies.json, "outcome"] as const;

export const companyListView = listView({
  noun: companies,
  rows: (list: readonly Company[]) => list,
  id: ({ id }) => id,
  none: () => "No companies.",
  footer: (list) => countText(list.length, "company"),
});

export const companyView = nounView(companies);
