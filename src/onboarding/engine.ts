/** Runs an onboarding through its ports: look, adopt or create, keep every ID, wait for the status. */
import type { NectarApi } from "../api/client.ts";
import type { Company } from "../api/schemas/company.ts";
import type { Connection } from "../api/schemas/connection.ts";
import type { Site } from "../api/schemas/site.ts";
import { NectarError } from "../errors.ts";
import type { Journal } from "./journal.ts";
import type { OnboardingPlan, PlannedCompany, PlannedSite } from "./plan.ts";
import type { EnginePorts, OnboardingRequest, WithOutcome } from "./ports.ts";
import { type KnownIds, matchCompany, matchSite, reconcile, type Steps } from "./reconcile.ts";
import {
  allConnections,
  companyStep,
  connectionStep,
  Ledger,
  type MoreOfCompany,
  siteStep,
  sitesStep,
  stepName,
} from "./steps.ts";
import { awaitSettled } from "./wait.ts";

export interface OnboardingResult {
  readonly company: WithOutcome<Company>;
  /** In the plan's order. */
  readonly sites: readonly WithOutcome<Site>[];
  readonly connection: WithOutcome<Connection>;
}

/**
 * Brings a plan about. The same plan twice creates nothing twice; an unfinished run of it is continued.
 *
 * @throws NectarError whose `created` lists what was made by then
 */
export async function onboard(
  request: OnboardingRequest,
  ports: EnginePorts,
): Promise<OnboardingResult> {
  const { plan } = request;
  const made = new Ledger();
  try {
    ports.report({ kind: "working", on: "company" });
    const companies = await lookAt(plan.company, ports.api);
    const known = knownIds(plan, ports.journal);
    const steps = reconcile(plan, { companies, connections: null, known });
    if (ports.journal.continues !== null) {
      ports.report({ kind: "continued", since: ports.journal.continues, steps });
    }
    const company = await companyStep(plan.company, steps.company, ports, made);
    await ports.keep({ company, sites: [], connection: null });

    ports.report({ kind: "working", on: "sites" });
    const sites = await sitesStep(plan.sites, steps.sites, company, ports, made);
    await ports.keep({ company, sites, connection: null });

    ports.report({ kind: "working", on: "connection" });
    const mayExist = steps.connection === null;
    const first = await connectionStep(request, mayExist, company, sites, ports, made);
    const { outcome } = first;
    const complete = (connection: Connection) =>
      fillIn({ ...connection, outcome }, plan, company, sites);
    await ports.keep({ company, sites, connection: complete(first) });
    await ports.journal.finish();

    const last = complete(request.wait ? await awaitSettled(first, ports) : first);
    ports.report({ kind: "connection", connection: last });
    return { company, sites, connection: last };
  } catch (error) {
    throw error instanceof NectarError ? error.with({ created: made.list() }) : error;
  }
}

/** What the steps of a plan would be, by reading alone. */
export async function inspect(
  plan: OnboardingPlan,
  newConnection: boolean,
  api: NectarApi,
): Promise<Steps> {
  const companies = await lookAt(plan.company, api);
  const steps = reconcile(plan, { companies, connections: null });
  if (newConnection) return { ...steps, connection: { kind: "create" } };
  if (steps.connection !== null || steps.company.kind === "create") return steps;
  const connections = await allConnections(api, steps.company.existing.id);
  return reconcile(plan, { companies, connections });
}

/** Finds or creates a company. */
export async function ensureCompany(
  planned: PlannedCompany,
  more: MoreOfCompany,
  ports: EnginePorts,
): Promise<WithOutcome<Company>> {
  const step = matchCompany(planned, await lookAt(planned, ports.api));
  return companyStep(planned, step, ports, new Ledger(), more);
}

/** Finds or creates a site in a company. */
export async function ensureSite(
  planned: PlannedSite,
  companyId: string,
  ports: EnginePorts,
): Promise<WithOutcome<Site>> {
  const company = await ports.api.getCompany(companyId);
  return siteStep(planned, 0, matchSite(planned, company), company, ports, new Ledger());
}

function lookAt(planned: PlannedCompany, api: NectarApi): Promise<readonly Company[]> {
  return "id" in planned
    ? api.getCompany(planned.id).then((found) => [found])
    : api.listCompanies();
}

/** The IDs that an unfinished run of this plan had noted. */
function knownIds(plan: OnboardingPlan, journal: Journal): KnownIds {
  const idOf = (name: string) => journal.step(name)?.id ?? null;
  return {
    companyId: idOf(stepName.company),
    siteIds: plan.sites.map((_, index) => idOf(stepName.site(index))),
    connectionId: idOf(stepName.connection),
  };
}

/** The create call is only promised to answer an ID and a status; the rest is what was sent. */
function fillIn(
  connection: WithOutcome<Connection>,
  plan: OnboardingPlan,
  company: Company,
  sites: readonly Site[],
): WithOutcome<Connection> {
  return {
    ...connection,
    url: connection.url ?? plan.connection.url,
    username: connection.username ?? plan.connection.username,
    country: connection.country ?? plan.connection.country,
    siteIds: connection.siteIds ?? sites.map(({ id }) => id),
    company: connection.company ?? { id: company.id, name: company.name },
  };
}
