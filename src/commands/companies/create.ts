/** `nectar companies create`: finds the company by its external ID, else creates it. */
import type { Context } from "../../app/context.ts";
import { defineCommand, option } from "../../cli/define.ts";
import { nounView } from "../../cli/view.ts";
import { ensureCompany } from "../../onboarding/engine.ts";
import { slugOf } from "../../onboarding/plan.ts";
import { enginePorts } from "../onboard/ports.ts";
import { keptCompany, keptSites, withCreated } from "../profiles/keep.ts";
import { companies, companyFields, companyNameSpec, createdCompany } from "./companies.ts";

const fields = {
  name: option("--name <NAME>", {
    help: "name of the company",
    ...companyNameSpec,
    required: true,
    ask: "Company name",
  }),
  ...companyFields,
  externalId: {
    ...companyFields.externalId,
    help: "your own ID for it; default: a slug of the name",
  },
} as const;

export const command = defineCommand({
  description:
    "Creates a company, unless one with this external ID already exists: then it shows that one.\nIt becomes the profile's company if the profile has none.",
  fields,
  examples: {
    "nectar companies create --name 'Acme Corp' --external-id acme-1": "your own ID identifies it",
    "nectar companies create --name 'Acme Corp' --local --json": "on the local emulator, as JSON",
  },
  async run(input, context: Context) {
    const session = await context.session();
    const { name, dataCollectionStartDate } = input;
    const externalId = input.externalId ?? slugOf(name);
    const planned = { name, externalId, isDerived: input.externalId === undefined };
    const company = await ensureCompany(
      planned,
      dataCollectionStartDate === undefined ? {} : { dataCollectionStartDate },
      await enginePorts(planned, session, context),
    );
    if (company.outcome === "existing") {
      context.note("A company with this external ID already exists; nothing was created.");
    }
    const made = company.outcome === "created" ? company.id : null;
    await withCreated({ companyId: made, siteIds: [], connectionId: null }, () =>
      session.save((profile) =>
        profile.company !== null
          ? profile
          : { ...profile, company: keptCompany(company), sites: keptSites(company.sites) },
      ),
    );
    return company;
  },
  view: nounView(companies, createdCompany),
});
