/** The non-interactive command that does the same as the wizard, even on a machine without a profile. Pure. */
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import type { Globals } from "../../app/globals.ts";
import { DEFAULT_PROFILE, LOCAL_PROFILE, NECTAR_API, type Target } from "../../app/target.ts";
import { optionWords } from "../../errors.ts";
import type { OnboardingPlan } from "../../onboarding/plan.ts";
import { formatSiteSpec } from "../../onboarding/site-spec.ts";

/** The words of the command. A password is never included: it is read from stdin. */
export function equivalentCommand(
  plan: OnboardingPlan,
  session: { readonly target: Target; readonly profileName: string },
  globals: Pick<Globals, "apiUrl" | "profile" | "save">,
  newConnection: boolean,
): readonly string[] {
  const { target, profileName } = session;
  const words = ["nectar", "onboard"];
  if (target.kind === "local") words.push("--local");
  else if (globals.apiUrl !== null || target.name !== NECTAR_API)
    words.push("--api-url", target.name);
  const defaultName = target.kind === "local" ? LOCAL_PROFILE : DEFAULT_PROFILE;
  if (globals.profile !== null || profileName !== defaultName) {
    words.push(...optionWords("--profile", profileName));
  }
  const { company, connection } = plan;
  if ("id" in company) words.push(...optionWords("--company-id", company.id));
  else {
    words.push(...optionWords("--company-name", company.name));
    if (company.externalId !== null && !company.isDerived) {
      words.push(...optionWords("--company-external-id", company.externalId));
    }
  }
  for (const site of plan.sites) {
    if ("id" in site) words.push(...optionWords("--site-id", site.id));
    else words.push(...optionWords("--site", formatSiteSpec(site)));
  }
  words.push("--country", connection.country);
  const { url, username } = SANDBOX_LOGIN;
  if (connection.url !== url) words.push("--url", connection.url);
  if (connection.username !== username)
    words.push(...optionWords("--username", connection.username));
  if (connection.url !== url || connection.username !== username) words.push("--password-stdin");
  if (newConnection) words.push("--new-connection");
  if (!globals.save) words.push("--no-save");
  words.push("--yes");
  return words;
}
