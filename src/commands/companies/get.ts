/** `nectar companies get`. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { idArgument, idOf } from "../profiles/ids.ts";
import { companyView } from "./companies.ts";

export const command = defineCommand({
  fields: { id: idArgument("company") },
  examples: {
    "nectar companies get": "the profile's company",
    "nectar companies get 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11 --json": "one by its ID",
  },
  async run(input, context: Context) {
    const id = await idOf("company", input.id, context);
    return (await context.session()).api.getCompany(id);
  },
  view: companyView,
});
