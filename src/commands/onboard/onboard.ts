/** `nectar onboard`: company → sites → sandbox connection → validated status. */
import type { Company } from "../../api/resources/company.ts";
import { MAX_SANDBOX_SITES, SANDBOX_LOGIN } from "../../api/resources/connection.ts";
import type { Context, Session } from "../../app/context.ts";
import { defineCommand, type Missing } from "../../cli/define.ts";
import { InterruptedError, NectarError, UsageError } from "../../errors.ts";
import { type OnboardingResult, onboard } from "../../onboarding/engine.ts";
import { awaitFirstData, type FirstData } from "../../onboarding/first-data.ts";
import type { Ledger } from "../../onboarding/ledger.ts";
import { inspect } from "../../onboarding/look.ts";
import { fold, makePlan, newCompany, type OnboardingPlan } from "../../onboarding/plan.ts";
import { statusFailure } from "../connections/explain.ts";
import { completeLogin, missingOfLogin } from "../connections/login.ts";
import { createdBy, keepResult, noteReplaced } from "../profiles/keep.ts";
import { plannedRequests } from "./dry-run.ts";
import { equivalentCommand } from "./equivalent.ts";
import { fields, type OnboardInput } from "./fields.ts";
import { interview } from "./interview.ts";
import { enginePorts, readingPorts } from "./ports.ts";
import { reportData, reportTo } from "./progress.ts";
import { type OnboardValue, onboardView } from "./view.ts";

export const command = defineCommand({
  description:
    "Creates a company, 1 to 3 sites and the sandbox connection, and waits for the connection's validated status\nand, for a few seconds at most, for its first data; --no-wait waits for neither.\nRunning it twice with the same input creates nothing twice; if it is stopped, the same command continues.\nOn a terminal it asks for what is missing, offers the companies that exist, and shows every answer before it creates anything;\nEscape or < goes back one question. In CI it names every missing flag at once.",
  fields,
  examples: {
    "nectar onboard --local": "the wizard, on the local emulator: no account, no network",
    "nectar onboard --local --company-name 'Sandbox Test Company' --site 'Test Facility' --json":
      "the same without questions, as JSON",
    "nectar onboard --company-name Acme --site 'name=Plant;address=123 Main St, Austin, TX;external-id=site-001' --site 'Cold Store' --country US":
      "on the Nectar API, with a key in NECTAR_API_KEY",
    "nectar onboard --local --company-name Acme --site Plant --dry-run": "show what it would do",
  },
  exclusive: [
    ["companyId", "companyName"],
    ["companyId", "companyExternalId"],
  ],
  check(input) {
    if (input.sites.length > MAX_SANDBOX_SITES) {
      throw new UsageError(
        "invalid_input",
        `${input.sites.length} sites are given; it takes 1 to ${MAX_SANDBOX_SITES} of --site and --site-id`,
      );
    }
  },
  missing: (input) => [...missingOfPlan(input), ...missingOfLogin(input)],
  interview,
  async run(input, context: Context): Promise<OnboardValue> {
    const { password, ...login } = completeLogin(input);
    const plan = makePlan({
      company:
        input.companyId === undefined
          ? newCompany(input.companyName ?? "", input.companyExternalId)
          : { id: input.companyId },
      sites: [...input.sites],
      connection: { ...login, country: input.country ?? SANDBOX_LOGIN.country },
    });
    const session = await context.session();
    const newConnection = input.newConnection ?? false;
    const base = {
      profile: session.profileName,
      target: session.target.name,
      profileFile: shortPath((await context.profiles()).file, context),
    };
    if (input.dryRun) {
      const ports = await readingPorts(plan.company, session, context);
      const steps = await inspect({ plan, profile: session.profileName, newConnection }, ports);
      const requests = plannedRequests(plan, steps, session.profile?.routes ?? {});
      if (steps.company.kind === "adopt") noteOtherName(steps.company.existing, plan, context);
      return { kind: "plan", ...base, plan, requests };
    }
    const wait = input.wait ?? true;
    const equivalent = equivalentCommand(input, session, context.globals);
    let ledger: Ledger | null = null;
    try {
      const ports = await enginePorts(plan.company, session, context, {
        report: reportTo(context, input.fresh ?? false),
        async keep(partial) {
          const replaced = await keepResult(partial, session);
          // Where the wizard asks, its review has said so before the question.
          if (!(await context.canAsk())) noteReplaced(replaced, session.profileName, context);
        },
      });
      ledger = ports.ledger;
      const profile = session.profileName;
      const result = await onboard({ profile, plan, password, newConnection, wait }, ports);
      // Only after the result is printed: a run that ends earlier has not reported what it created.
      context.onClose(() => ports.ledger.finish());
      if (result.company.outcome === "existing") noteOtherName(result.company, plan, context);
      return {
        kind: "done",
        ...base,
        ...result,
        data: wait ? await firstData(result, session, context) : null,
        failure:
          statusFailure(result.connection, wait)?.with({ created: createdBy(result) }) ?? null,
        equivalent,
      };
    } catch (error) {
      if (!(error instanceof NectarError)) throw error;
      const { companyId, siteIds, connectionId } = error.created;
      const made = [companyId, ...siteIds, connectionId, ledger?.openUntil() ?? null];
      const isUntouched = made.every((one) => one === null);
      throw error.with({
        hint: error instanceof InterruptedError && isUntouched ? "Nothing was created." : undefined,
        next: error.retryable
          ? [{ words: equivalent, why: "continue from here" }]
          : [...error.next, { words: equivalent, why: "the same, once that is solved" }],
      });
    }
  },
  view: onboardView,
  failure: (value) => (value.kind === "plan" ? null : value.failure),
});

/** The first data of the connection. Everything is created by now, so an error lists all IDs. */
async function firstData(
  { company, sites, connection }: OnboardingResult,
  { api }: Session,
  context: Context,
): Promise<FirstData | null> {
  if (connection.state !== "connected") return null;
  context.progress.start("Waiting for the first data");
  const { signal, clock, deadline } = context;
  const ports = { api, clock, signal, deadline };
  try {
    const data = await awaitFirstData(connection.id, ports);
    reportData(data, context);
    return data;
  } catch (error) {
    if (!(error instanceof NectarError)) throw error;
    const siteIds = sites.map(({ id }) => id);
    throw error.with({ created: { companyId: company.id, siteIds, connectionId: connection.id } });
  }
}

function missingOfPlan(input: OnboardInput): readonly Missing[] {
  const missing: Missing[] = [];
  if (input.companyId === undefined && input.companyName === undefined) {
    missing.push({ flag: "--company-name", what: "name of the company (or --company-id)" });
  }
  if (input.sites.length === 0) {
    missing.push({ flag: "--site", what: "a site, 1 to 3 times (or --site-id)" });
  }
  return missing;
}

/** A given external ID finds its company even under another name; prints that name. */
function noteOtherName(
  company: Pick<Company, "name">,
  { company: planned }: OnboardingPlan,
  context: Context,
): void {
  if ("id" in planned) return;
  if (fold(planned.name) === fold(company.name)) return;
  context.note(
    `The company with the external ID "${planned.externalId}" is named "${company.name}"; it is used unchanged.`,
  );
}

function shortPath(path: string, context: Context): string {
  const { home } = context;
  return home !== "" && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
