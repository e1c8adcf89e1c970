/** The utility login that a command is given, completed with the documented sandbox account. */
import { SANDBOX_LOGIN } from "../api/resources/connection.ts";
import type { Missing } from "../cli/define.ts";

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
