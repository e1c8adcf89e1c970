/** Options and views of the site commands. */
import type { Site } from "../../api/resources/site.ts";
import { option } from "../../cli/define.ts";
import { noun } from "../../cli/noun.ts";
import { text } from "../../cli/shape.ts";
import { by } from "../../cli/values.ts";
import { nounView } from "../../cli/view.ts";
import { siteAddress, siteName } from "../../onboarding/plan.ts";
import { externalIdSpec, outcome } from "../companies/companies.ts";

export const siteNameSpec = { read: by(siteName), allowed: "1 to 255 characters" } as const;

/** Flags that creating and updating share. */
export const siteFields = {
  address: option("--address <TEXT>", {
    help: "address, one line",
    read: by(siteAddress),
    allowed: "up to 255 characters",
  }),
  externalId: option("--external-id <ID>", { help: "your own ID for it", ...externalIdSpec }),
} as const;

/** `outcome` is set after a create. */
type Shown = Pick<Site, "id" | "name" | "address" | "externalId"> &
  Partial<Pick<Site, "isArchived">> & { readonly outcome?: string };

export const sites = noun<Shown>()({
  fields: {
    name: { label: "Site", header: "NAME", shape: text, shrink: true },
    id: { label: "ID", header: "ID", shape: text },
    address: { label: "Address", header: "ADDRESS", shrink: true },
    externalId: { label: "External ID", header: "EXTERNAL ID", maybe: true, shrink: true },
    isArchived: { label: "Archived", text: (site) => (site.isArchived ? "yes" : ""), sparse: true },
    outcome: { label: "Outcome", shape: outcome, sparse: true },
  },
  json: ["id", "name", "address", "externalId"],
  table: ["name", "address", "externalId", "id"],
});

/** What is printed of one that was to be created. */
export const createdSite = [...sites.json, "outcome"] as const;

export const siteView = nounView(sites);
