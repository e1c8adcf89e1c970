/** Flags for a new connection. A login that is not given is the documented sandbox account. */
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import { readUrl } from "../../app/target.ts";
import { fromStdin, type Missing, option, schemaOf, toggle } from "../../cli/define.ts";
import { readCountry, userName } from "../../onboarding/plan.ts";

/** The login at the utility; without any of it, the documented sandbox account. */
export const loginFields = {
  url: option("--url <URL>", {
    help: `the utility's site; default: ${SANDBOX_LOGIN.url}`,
    schema: schemaOf((text) => readUrl("the URL", text)),
    allowed: "an https URL such as https://nectarclimate.com",
  }),
  username: option("--username <NAME>", {
    help: `user name at the utility; default: ${SANDBOX_LOGIN.username}`,
    schema: userName,
    allowed: "1 to 255 characters",
  }),
  password: fromStdin("--password-stdin", {
    help: "read the password from stdin; default: the sandbox's, for the sandbox's login",
  }),
} as const;

export const countryFlag = option("--country <CC>", {
  help: "country of the utility account; default: US",
  schema: schemaOf(readCountry),
  allowed: "two letters, such as US",
});

export const waitSwitch = toggle("--wait", {
  help: "wait while the status is pending, up to --timeout (default)",
  negatable: true,
});

export const newConnectionSwitch = toggle("--new-connection", {
  help: "open another connection even where this login has one",
});

interface Given {
  readonly url: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export interface Login {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Whether this is the sandbox's own login, whose password is public. */
function isSandbox(given: Omit<Given, "password">): boolean {
  const url = given.url ?? SANDBOX_LOGIN.url;
  const username = given.username ?? SANDBOX_LOGIN.username;
  return url === SANDBOX_LOGIN.url && username === SANDBOX_LOGIN.username;
}

/** What a login lacks; every login but the sandbox's needs its password. */
export function missingOfLogin(given: Given): readonly Missing[] {
  if (given.password !== undefined || isSandbox(given)) return [];
  return [{ flag: "--password-stdin", what: `the password of ${given.username ?? "this login"}` }];
}

/** The whole login. Its password is a default only for the sandbox's own login. */
export function completeLogin(given: Given): Login {
  return {
    url: given.url ?? SANDBOX_LOGIN.url,
    username: given.username ?? SANDBOX_LOGIN.username,
    password: given.password ?? SANDBOX_LOGIN.password,
  };
}
