/** `nectar companies use`: sets the profile's company. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { idArgument, idOf, waysToName } from "../profiles/ids.ts";
import { keptCompany, keptSites } from "../profiles/keep.ts";
import { companyView } from "./companies.ts";

export const command = defineCommand({
  description: "Sets the company of the profile, so that lists and creates need no --company.",
  fields: {
    id: {
      ...idArgument("company"),
      flag: "<id>",
      required: true,
      help: `the company: ${waysToName("company")}`,
    },
  },
  examples: {
    "nectar companies use 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11": "for the current profile",
    "nectar companies use 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11 --profile acme":
      "for another profile",
  },
  async run(input, context: Context) {
    const id = await idOf("company", input.id, context);
    const session = await context.session();
    const company = await session.api.getCompany(id);
    await session.save((profile) => ({
      ...profile,
      company: keptCompany(company),
      sites: keptSites(company.sites),
      connection: profile.company?.id === company.id ? profile.connection : null,
    }));
    context.note(`The profile "${session.profileName}" now uses this company.`);
    return company;
  },
  view: companyView,
});
