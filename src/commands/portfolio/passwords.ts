/** The passwords of a plan file's logins: from variables that the file names, or stdin. */
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import type { Environment } from "../../app/globals.ts";
import { UsageError } from "../../errors.ts";
import { isSandboxLogin } from "../../onboarding/plan.ts";
import { type FileEntry, withoutPassword } from "../../onboarding/plan-file.ts";
import { SECRET_VARIABLES } from "../../profile/secret-variables.ts";
import type { Selection } from "./portfolio.ts";

/**
 * Finds the password of every login that this run may send, before it sends anything.
 *
 * @param stdin the password from stdin; undefined unless it was asked for
 * @throws UsageError that names every missing variable
 */
export function passwordsOf(
  { all, entries }: Selection,
  stdin: string | undefined,
  env: Environment,
): (entry: FileEntry) => string {
  const logins = new Set(
    withoutPassword(all).map(({ plan }) =>
      JSON.stringify([plan.connection.url, plan.connection.username]),
    ),
  );
  if (stdin !== undefined && logins.size !== 1) {
    throw new UsageError(
      "invalid_input",
      `--password-stdin: ${logins.size} logins of the file need a password and name no variable; it takes exactly one`,
    );
  }
  const own = entries.find(({ passwordEnv }) =>
    SECRET_VARIABLES.some((name) => name === passwordEnv),
  );
  if (own !== undefined) {
    throw new UsageError(
      "invalid_input",
      `${own.passwordEnv} holds a secret of this tool, not ${whose(own)}`,
    );
  }
  const missing = entries.flatMap((entry) => {
    const variable = entry.passwordEnv;
    if (variable !== null) return env[variable] ? [] : [`${variable}  ${whose(entry)}`];
    const isKnown = isSandboxLogin(entry.plan.connection) || stdin !== undefined;
    return isKnown ? [] : [`no variable  ${whose(entry)}`];
  });
  if (missing.length > 0) {
    throw new UsageError("missing_input", "missing input: passwords", {
      lines: missing,
      hint: "Set these variables; a login without one needs passwordEnv in the file, or, if it is the only one, --password-stdin.",
    });
  }
  return ({ plan, passwordEnv }) =>
    (passwordEnv === null
      ? isSandboxLogin(plan.connection)
        ? SANDBOX_LOGIN.password
        : stdin
      : env[passwordEnv]) ?? "";
}

function whose({ key, line, plan: { connection } }: FileEntry): string {
  return `the password of ${connection.username} at ${connection.url}, for ${key} (line ${line})`;
}
