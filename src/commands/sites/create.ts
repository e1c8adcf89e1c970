/** `nectar sites create`: finds the site in its company, else creates it. */
import type { Context } from "../../app/context.ts";
import { defineCommand, option } from "../../cli/define.ts";
import { nounView } from "../../cli/view.ts";
import { ensureSite } from "../../onboarding/engine.ts";
import { enginePorts } from "../onboard/ports.ts";
import { companyFlag, companyOf } from "../profiles/ids.ts";
import { keptSites, withCreated } from "../profiles/keep.ts";
import { createdSite, siteFields, siteNameSpec, sites } from "./sites.ts";

const fields = {
  company: companyFlag,
  name: option("--name <NAME>", {
    help: "name of the site",
    ...siteNameSpec,
    required: true,
    ask: "Site name",
  }),
  ...siteFields,
} as const;

export const command = defineCommand({
  description:
    "Creates a site in a company, unless it already exists: it is found by its external ID if one is given, else by its name.",
  fields,
  examples: {
    "nectar sites create --name 'Cold Store' --address '5 Dock Rd, Oakland, CA'":
      "in the profile's company",
    "nectar sites create --name Plant --external-id site-001 --json": "as JSON",
  },
  async run(input, context: Context) {
    const companyId = await companyOf(input.company, context);
    const session = await context.session();
    const site = await ensureSite(
      { name: input.name, address: input.address ?? null, externalId: input.externalId ?? null },
      companyId,
      await enginePorts({ id: companyId }, session, context),
    );
    if (site.outcome === "existing") {
      context.note("This site already exists; nothing was created.");
    }
    if (session.profile?.company?.id === companyId) {
      const siteIds = site.outcome === "created" ? [site.id] : [];
      await withCreated({ companyId: null, siteIds, connectionId: null }, () =>
        session.save((profile) => ({
          ...profile,
          sites: [...profile.sites.filter(({ id }) => id !== site.id), ...keptSites([site])],
        })),
      );
    }
    return site;
  },
  view: nounView(sites, createdSite),
});
