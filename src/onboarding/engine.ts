/** Runs an onboarding through its ports: look, adopt or create, keep every ID, wait for the status. */
import type { NectarApi } from "../api/client.ts";
import type { Company, CompanyCreate } from "../api/schemas/company.ts";
import type { Connection } from "../api/schemas/connection.ts";
import type { Site } from "../api/schemas/site.ts";
import { type Created, NectarError } from "../errors.ts";
import { createOnce } from "./once.ts";
import type { OnboardingPlan, PlannedCompany, PlannedSite } from "./plan.ts";
import {
  isSameConnection,
  matchCompany,
  matchSite,
  reconcile,
  type Step,
  type Steps,
} from "./reconcile.ts";
import { awaitSettled } from "./wait.ts";

export type Outcome = "created" | "existing";
export type WithOutcome<Thing> = Thing & { readonly outcome: Outcome };

/** What the engine tells while it works. */
export type EngineEvent =
  | { readonly kind: "working"; readonly on: "company" | "sites" | "connection" | "status" }
  | { readonly kind: "company"; readonly company: WithOutcome<Company> }
  | { readonly kind: "site"; readonly site: WithOutcome<Site> }
  | { readonly kind: "connection"; readonly connection: WithOutcome<Connection> };

export interface EnginePorts {
  readonly api: NectarApi;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: () => number;
  readonly report: (event: EngineEvent) => void;
  /** Keeps what is there by now, so that no ID is lost when the next step fails. */
  readonly keep: (result: PartialResult) => Promise<void>;
}

export interface PartialResult {
  readonly company: Company;
  readonly sites: readonly Site[];
  readonly connection: Connection | null;
}

export interface OnboardingResult {
  readonly company: WithOutcome<Company>;
  /** In the plan's order. */
  readonly sites: readonly WithOutcome<Site>[];
  readonly connection: WithOutcome<Connection>;
}

export interface OnboardingRequest {
  readonly plan: OnboardingPlan;
  /** Apart from the plan, which may be kept and shown. */
  readonly password: string;
  /** Open another connection even where one with this login and these sites exists. */
  readonly newConnection: boolean;
  /** Wait while the status is pending, until shortly before the deadline. */
  readonly wait: boolean;
}

/**
 * Brings a plan about. The same plan twice creates nothing twice.
 *
 * @throws NectarError whose `created` lists what was made by then
 */
export async function onboard(
  request: OnboardingRequest,
  ports: EnginePorts,
): Promise<OnboardingResult> {
  const made = new Ledger();
  try {
    ports.report({ kind: "working", on: "company" });
    const before = await lookAt(request.plan.company, ports.api);
    const steps = reconcile(request.plan, { companies: before, connections: null });
    const company = await companyStep(request.plan.company, steps.company, ports, made);
    await ports.keep({ company, sites: [], connection: null });

    ports.report({ kind: "working", on: "sites" });
    const sites = await sitesStep(request.plan.sites, steps.sites, company, ports, made);
    await ports.keep({ company, sites, connection: null });

    ports.report({ kind: "working", on: "connection" });
    const first = await connectionStep(request, steps, company, sites, ports, made);
    const { outcome } = first;
    const complete = (connection: Connection) =>
      fillIn({ ...connection, outcome }, request.plan, company, sites);
    await ports.keep({ company, sites, connection: complete(first) });

    const last = complete(request.wait ? await awaitSettled(first, ports) : first);
    ports.report({ kind: "connection", connection: last });
    return { company, sites, connection: last };
  } catch (error) {
    if (error instanceof NectarError) error.created = made.list();
    throw error;
  }
}

/** What the steps of a plan would be, by reading alone. */
export async function inspect(plan: OnboardingPlan, api: NectarApi): Promise<Steps> {
  const companies = await lookAt(plan.company, api);
  const steps = reconcile(plan, { companies, connections: null });
  if (steps.connection !== null || steps.company.kind === "create") return steps;
  const connections = await allConnections(api, steps.company.existing.id);
  return reconcile(plan, { companies, connections });
}

/**
 * Finds or creates a company.
 *
 * @param more further fields for a company that has to be created
 */
export async function ensureCompany(
  planned: PlannedCompany,
  more: Omit<CompanyCreate, "name" | "externalId">,
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
  return siteStep(planned, matchSite(planned, company), company, ports, new Ledger());
}

function lookAt(planned: PlannedCompany, api: NectarApi): Promise<readonly Company[]> {
  return "id" in planned
    ? api.getCompany(planned.id).then((found) => [found])
    : api.listCompanies();
}

async function companyStep(
  planned: PlannedCompany,
  step: Step<Company>,
  ports: EnginePorts,
  made: Ledger,
  more: Omit<CompanyCreate, "name" | "externalId"> = {},
): Promise<WithOutcome<Company>> {
  const company = await adoptOr<Company>(step, async () => {
    if ("id" in planned) return ports.api.getCompany(planned.id);
    const { name, externalId } = planned;
    const created = await createOnce(
      () =>
        ports.api.createCompany({
          ...more,
          name,
          ...(externalId === null ? {} : { externalId }),
        }),
      async () => found(matchCompany(planned, await ports.api.listCompanies())),
      ports,
    );
    made.company(created.id);
    return created;
  });
  ports.report({ kind: "company", company });
  return company;
}

/** Side by side. Every create is waited for, also when one of them fails, so that no ID is lost. */
async function sitesStep(
  planned: readonly PlannedSite[],
  steps: readonly Step<Site>[],
  company: Company,
  ports: EnginePorts,
  made: Ledger,
): Promise<readonly WithOutcome<Site>[]> {
  const ended = await Promise.allSettled(
    planned.map((site, index) =>
      siteStep(site, steps[index] ?? { kind: "create" }, company, ports, made),
    ),
  );
  return ended.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

async function siteStep(
  planned: PlannedSite,
  step: Step<Site>,
  company: Company,
  ports: EnginePorts,
  made: Ledger,
): Promise<WithOutcome<Site>> {
  const site = await adoptOr<Site>(step, async () => {
    if ("id" in planned) return ports.api.getSite(planned.id);
    const { name, address, externalId } = planned;
    const created = await createOnce(
      () =>
        ports.api.createSite(company.id, {
          name,
          ...(address === null ? {} : { address }),
          ...(externalId === null ? {} : { externalId }),
        }),
      async () => found(matchSite(planned, await ports.api.getCompany(company.id))),
      ports,
    );
    made.site(created.id);
    return created;
  });
  ports.report({ kind: "site", site });
  return site;
}

async function connectionStep(
  request: OnboardingRequest,
  steps: Steps,
  company: Company,
  sites: readonly Site[],
  ports: EnginePorts,
  made: Ledger,
): Promise<WithOutcome<Connection>> {
  const { url, username, country } = request.plan.connection;
  const siteIds = sites.map(({ id }) => id);
  const mayExist = steps.connection === null;
  const there = mayExist ? await allConnections(ports.api, company.id) : [];
  const step = request.newConnection
    ? ({ kind: "create" } as const)
    : (reconcileConnection(request.plan, company, sites, there) ?? ({ kind: "create" } as const));
  const before = new Set(there.map(({ id }) => id));
  return adoptOr<Connection>(step, async () => {
    const created = await createOnce(
      () =>
        ports.api.createConnection(company.id, {
          url,
          username,
          password: request.password,
          sites: siteIds,
          country,
        }),
      async () =>
        (await allConnections(ports.api, company.id)).filter(
          (other) => !before.has(other.id) && isSameConnection(other, { url, username }, siteIds),
        ),
      ports,
    );
    made.connection(created.id);
    return created.status === null ? await ports.api.getConnection(created.id) : created;
  });
}

/** The same rules as in the first look, now that the sites' IDs and the connections are known. */
function reconcileConnection(
  plan: OnboardingPlan,
  company: Company,
  sites: readonly Site[],
  connections: readonly Connection[],
): Step<Connection> | null {
  const facts = { companies: [{ ...company, sites }], connections };
  const known = {
    ...plan,
    company: { id: company.id },
    sites: sites.map(({ id }) => ({ id })),
  };
  return reconcile(known, facts).connection;
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

async function adoptOr<Thing extends object>(
  step: Step<Thing>,
  create: () => Promise<Thing>,
): Promise<WithOutcome<Thing>> {
  return step.kind === "adopt"
    ? { ...step.existing, outcome: "existing" }
    : { ...(await create()), outcome: "created" };
}

function found<Thing>(step: Step<Thing>): readonly Thing[] {
  return step.kind === "adopt" ? [step.existing] : [];
}

async function allConnections(api: NectarApi, companyId: string): Promise<readonly Connection[]> {
  const all: Connection[] = [];
  for await (const connection of api.listConnections(companyId)) all.push(connection);
  return all;
}

/** What this run has made, for the error that ends it. */
class Ledger {
  #company: string | null = null;
  readonly #sites: string[] = [];
  #connection: string | null = null;

  company(id: string): void {
    this.#company = id;
  }
  site(id: string): void {
    this.#sites.push(id);
  }
  connection(id: string): void {
    this.#connection = id;
  }
  list(): Created {
    return { companyId: this.#company, siteIds: [...this.#sites], connectionId: this.#connection };
  }
}
