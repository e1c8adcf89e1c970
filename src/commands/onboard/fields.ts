/** The options of `nectar onboard`. */
import { type InputOf, list, option, toggle } from "../../cli/define.ts";
import type { PlannedSite } from "../../onboarding/plan.ts";
import { parseSiteSpec, SITE_SPEC_ALLOWED } from "../../onboarding/site-spec.ts";
import { companyNameSpec, externalIdSpec } from "../companies/companies.ts";
import { countryFlag, loginFields, newConnectionSwitch, waitSwitch } from "../connections/login.ts";
import { idSpec } from "../profiles/ids.ts";

export const fields = {
  companyName: option("--company-name <NAME>", { help: "name of the company", ...companyNameSpec }),
  companyExternalId: option("--company-external-id <ID>", {
    help: "your own ID for it; default: a slug of the name",
    ...externalIdSpec,
  }),
  companyId: option("--company-id <ID>", {
    help: "use an existing company",
    ...idSpec,
    suggests: "company",
  }),
  sites: list<PlannedSite>("--site <SPEC>", {
    help: `a site, 1 to 3 times: ${SITE_SPEC_ALLOWED}`,
    read: parseSiteSpec,
    allowed: SITE_SPEC_ALLOWED,
    or: {
      flag: "--site-id <ID>",
      help: "use an existing site; counts towards the 3",
      ...idSpec,
      suggests: "site",
      read: (text) => {
        const id = idSpec.read(text);
        return id === null ? null : { id };
      },
    },
  }),
  country: countryFlag,
  ...loginFields,
  wait: waitSwitch,
  dryRun: toggle("--dry-run", {
    help: "print the plan and the requests it would send, with secrets masked; write nothing",
  }),
  newConnection: newConnectionSwitch,
  fresh: toggle("--fresh", { help: "ignore an unfinished run instead of continuing it" }),
} as const;

export type OnboardInput = InputOf<typeof fields>;
