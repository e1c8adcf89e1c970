/** `nectar connections create`: finds the connection by login and sites, else creates it, and waits for its status. */
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import type { Context } from "../../app/context.ts";
import { listOf } from "../../app/naming-lists.ts";
import { defineCommand } from "../../cli/define.ts";
import { nounJson } from "../../cli/view.ts";
import { UsageError } from "../../errors.ts";
import { onboard } from "../../onboarding/engine.ts";
import { makePlan } from "../../onboarding/plan.ts";
import { enginePorts } from "../onboard/ports.ts";
import { showWork } from "../onboard/progress.ts";
import { companyFlag, companyOf, idOf, siteList } from "../profiles/ids.ts";
import { createdBy, keptCompany, keptConnection } from "../profiles/keep.ts";
import { type ConnectionDetail, connections, detailView } from "./connections.ts";
import { statusFailure } from "./explain.ts";
import {
  completeLogin,
  countryFlag,
  loginFields,
  missingOfLogin,
  newConnectionSwitch,
  waitSwitch,
} from "./login.ts";

const fields = {
  company: companyFlag,
  siteIds: siteList(
    "--site-id <ID>",
    "a site of the connection (1 to 3); default: the profile's sites",
  ),
  ...loginFields,
  country: countryFlag,
  wait: waitSwitch,
  newConnection: newConnectionSwitch,
} as const;

export const command = defineCommand({
  description:
    "Creates a connection for a company's sites, unless this login already has one for the same sites: then it shows that one.\nWithout --url, --username and --password-stdin it uses the documented sandbox login.",
  fields,
  examples: {
    "nectar connections create": "the sandbox login, for the profile's company and sites",
    "nectar connections create --username someone --password-stdin --url https://utility.example":
      "another login; the password is read from stdin",
  },
  missing: missingOfLogin,
  async interview(input, context: Context) {
    if (missingOfLogin(input).length === 0) return input;
    const message = `Password of ${input.username ?? SANDBOX_LOGIN.username}`;
    return { ...input, password: await (await context.prompter()).secret({ message }) };
  },
  async run(input, context: Context): Promise<ConnectionDetail> {
    const companyId = await companyOf(input.company, context);
    const sites = await sitesOf(input.siteIds, companyId, context);
    const session = await context.session();
    const { password, ...login } = completeLogin(input);
    const plan = makePlan({
      company: { id: companyId },
      sites: sites.map((id) => ({ id })),
      connection: { ...login, country: input.country ?? SANDBOX_LOGIN.country },
    });
    const wait = input.wait ?? true;
    const newConnection = input.newConnection ?? false;
    const ports = await enginePorts(plan.company, session, context, {
      report: (event) => showWork(event, context),
      keep: async ({ company, connection: made }) => {
        if (made === null) return;
        await session.save((profile) => ({
          ...profile,
          company: profile.company ?? keptCompany(company),
          connection:
            (profile.company?.id ?? company.id) === company.id
              ? keptConnection(made)
              : profile.connection,
        }));
      },
    });
    const profile = session.profileName;
    const result = await onboard({ profile, plan, password, newConnection, wait }, ports);
    const { connection } = result;
    // Only after the result is printed: a run that ends earlier has not reported what it created.
    context.onClose(() => ports.ledger.finish());
    if (connection.outcome === "existing") {
      context.note("This login already has a connection for these sites; nothing was created.");
    }
    const created = createdBy(result);
    return { connection, failure: statusFailure(connection, wait)?.with({ created }) ?? null };
  },
  view: {
    ...detailView,
    ...nounJson(connections, ({ connection }: ConnectionDetail) => connection, [
      ...connections.json,
      "outcome",
    ]),
  },
  failure: ({ failure }) => failure,
});

/** The sites that were given, else those of the profile if its company is the same. */
async function sitesOf(
  given: readonly string[],
  companyId: string,
  context: Context,
): Promise<readonly string[]> {
  const profile = await context.profile();
  const own = profile?.company?.id === companyId ? profile.sites.map(({ id }) => id) : [];
  const ids =
    given.length > 0
      ? await Promise.all(given.map((one) => idOf("site", one, context, companyId)))
      : own;
  if (ids.length === 0) {
    throw new UsageError(
      "missing_input",
      "missing input: --site-id, because the profile has no sites",
      { next: [listOf("site", true)] },
    );
  }
  if (ids.length > MAX_SANDBOX_SITES) {
    const what = given.length > 0 ? "--site-id names" : "the profile has";
    throw new UsageError(
      "invalid_input",
      `${what} ${ids.length} sites; a connection takes 1 to ${MAX_SANDBOX_SITES}, so choose them with --site-id`,
    );
  }
  return ids;
}
