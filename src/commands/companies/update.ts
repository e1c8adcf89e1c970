/** `nectar companies update`. */
import type { Context } from "../../app/context.ts";
import { defineCommand, option } from "../../cli/define.ts";
import { requireChange } from "../../cli/input.ts";
import { idArgument, idOf } from "../profiles/ids.ts";
import { keptCompany } from "../profiles/keep.ts";
import { companyFields, companyNameSpec, companyView } from "./companies.ts";

const fields = {
  id: idArgument("company"),
  name: option("--name <NAME>", { help: "new name", ...companyNameSpec }),
  ...companyFields,
} as const;

export const command = defineCommand({
  description: "Changes only the fields that are given.",
  fields,
  examples: {
    "nectar companies update --name 'Acme Europe'": "rename the profile's company",
    "nectar companies update 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11 --external-id acme-2":
      "change the external ID of a company",
  },
  async run(input, context: Context) {
    const { id: given, ...changes } = input;
    requireChange(changes, fields);
    const id = await idOf("company", given, context);
    const session = await context.session();
    const company = await session.api.updateCompany(id, changes);
    if (session.profile?.company?.id === company.id) {
      await session.save((profile) => ({ ...profile, company: keptCompany(company) }));
    }
    return company;
  },
  view: companyView,
});
