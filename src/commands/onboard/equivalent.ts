/** The command that does the same as the wizard, or continues with its answers, even on a machine without a profile. Pure. */
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import type { Globals } from "../../app/globals.ts";
import { DEFAULT_PROFILE, LOCAL_PROFILE, NECTAR, type Target } from "../../app/target.ts";
import { optionWords } from "../../errors.ts";
import { isSandboxLogin } from "../../onboarding/plan.ts";
import type { Answers } from "../../onboarding/plan-draft.ts";
import { formatSiteSpec } from "../../onboarding/site-spec.ts";
import type { OnboardInput } from "./fields.ts";

type Flags = Pick<Globals, "apiUrl" | "profile" | "save">;

interface Place {
  /** Null: not decided yet. */
  readonly target: Target | null;
  readonly profileName: string;
}

/** The words of the non-interactive command. A password is never included: it is read from stdin. */
export function equivalentCommand(
  input: OnboardInput,
  place: Place,
  flags: Flags,
): readonly string[] {
  const country = input.country ?? SANDBOX_LOGIN.country;
  return [
    // What --fresh ignored is over.
    ...stoppedCommand({ ...input, country, fresh: undefined }, place, flags),
    ...(isSandboxLogin(input) ? [] : ["--password-stdin"]),
    "--yes",
  ];
}

/** The words of the command that asks for what `input` does not have yet. */
export function stoppedCommand(input: OnboardInput, place: Place, flags: Flags): readonly string[] {
  return [
    ...commandStart(place, flags),
    ...answerWords(input),
    ...(input.newConnection ? ["--new-connection"] : []),
    ...(input.wait === false ? ["--no-wait"] : []),
    ...(input.dryRun ? ["--dry-run"] : []),
    ...(input.fresh ? ["--fresh"] : []),
    ...(flags.save ? [] : ["--no-save"]),
  ];
}

function commandStart({ target, profileName }: Place, { apiUrl, profile }: Flags): string[] {
  const words = ["nectar", "onboard"];
  if (target?.kind === "local") words.push("--local");
  else if (target !== null && (apiUrl !== null || target.name !== NECTAR.name)) {
    words.push("--api-url", target.name);
  }
  const defaultName = target?.kind === "local" ? LOCAL_PROFILE : DEFAULT_PROFILE;
  if (profile !== null || profileName !== defaultName) {
    words.push(...optionWords("--profile", profileName));
  }
  return words;
}

function answerWords(answers: Answers): readonly string[] {
  const { companyId, companyName, companyExternalId, sites, country, url, username } = answers;
  const given = (flag: string, value: string | undefined, usual?: string) =>
    value === undefined || value === usual ? [] : optionWords(flag, value);
  return [
    ...given("--company-id", companyId),
    ...given("--company-name", companyName),
    ...given("--company-external-id", companyExternalId),
    ...sites.flatMap((site) =>
      "id" in site
        ? optionWords("--site-id", site.id)
        : optionWords("--site", formatSiteSpec(site)),
    ),
    ...given("--country", country),
    ...given("--url", url, SANDBOX_LOGIN.url),
    ...given("--username", username, SANDBOX_LOGIN.username),
  ];
}
