/** `nectar companies list`: every company that the key sees. */
import { defineCommand } from "../../cli/define.ts";
import type { Context } from "../context.ts";
import { requireProfile } from "../ids.ts";
import { companyListView } from "./companies.ts";

export const command = defineCommand({
  fields: {},
  examples: [
    { command: "nectar companies list", note: "as a table" },
    { command: "nectar companies list --json", note: "as JSON" },
  ],
  async run(_input, context: Context) {
    await requireProfile(context);
    return (await context.session()).api.listCompanies();
  },
  view: companyListView,
});
