/** `nectar companies list`: every company that the key can access. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { requireProfile } from "../profiles/ids.ts";
import { companyListView } from "./companies.ts";

export const command = defineCommand({
  fields: {},
  examples: { "nectar companies list": "as a table", "nectar companies list --json": "as JSON" },
  async run(_input, context: Context) {
    await requireProfile(context);
    return (await context.session()).api.listCompanies();
  },
  view: companyListView,
});
