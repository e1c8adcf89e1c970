/** `nectar sites list`: the sites of a company, archived ones left out. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { foundView } from "../../cli/list-view.ts";
import { companyFlag, companyOf } from "../profiles/ids.ts";
import { sites } from "./sites.ts";

export const command = defineCommand({
  description: "Lists the sites of a company. Archived sites are left out.",
  fields: { company: companyFlag },
  examples: {
    "nectar sites list": "of the profile's company",
    "nectar sites list --quiet": "only the IDs, one per line",
  },
  async run(input, context: Context) {
    const companyId = await companyOf(input.company, context);
    const company = await (await context.session()).api.getCompany(companyId);
    const { name, sites: all = [] } = company;
    const rows = all.filter(({ isArchived }) => !isArchived);
    const archived = all.length - rows.length;
    const more = archived === 0 ? "" : `; ${archived} archived`;
    return { rows, of: name, none: () => `No sites of ${name}${more}.` };
  },
  view: foundView(sites, "site"),
});
