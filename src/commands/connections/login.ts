/** Flags for a new connection. The default login is the documented sandbox account. */
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { readUrl } from "../../api/url.ts";
import { fromStdin, type Missing, option, toggle } from "../../cli/define.ts";
import { by } from "../../cli/values.ts";
import { isSandboxLogin, loginOf, readCountry, userName } from "../../onboarding/plan.ts";
import type { Answers } from "../../onboarding/plan-draft.ts";

/** The login at the utility; default: the documented sandbox account. */
export const loginFields = {
  url: option("--url <URL>", {
    help: `the utility's site; default: ${SANDBOX_LOGIN.url}`,
    read: readUrl,
    allowed: "an https URL such as https://nectarclimate.com",
  }),
  username: option("--username <NAME>", {
    help: `user name at the utility; default: ${SANDBOX_LOGIN.username}`,
    read: by(userName),
    allowed: "1 to 255 characters",
  }),
  password: fromStdin("--password-stdin", {
    help: "read the password from stdin; default: the sandbox password, for the sandbox login",
  }),
} as const;

export const countryFlag = option("--country <CC>", {
  help: "country of the utility account; default: US",
  read: readCountry,
  allowed: "two letters, such as US",
});

export const waitSwitch = toggle("--wait", {
  help: "wait while the status is pending, up to --timeout (default)",
  negative: "do not wait",
});

export const newConnectionSwitch = toggle("--new-connection", {
  help: "create another connection even if this login already has one",
});

type Given = Pick<Answers, "url" | "username" | "password">;

/** What is missing from a login; every login except the sandbox's needs a password. */
export function missingOfLogin(given: Given): readonly Missing[] {
  if (given.password !== undefined || isSandboxLogin(given)) return [];
  return [{ flag: "--password-stdin", what: `the password of ${given.username ?? "this login"}` }];
}

/** The complete login. Call it only when `missingOfLogin` is empty: the default password is the sandbox's. */
export function completeLogin(given: Given) {
  return { ...loginOf(given), password: given.password ?? SANDBOX_LOGIN.password };
}
