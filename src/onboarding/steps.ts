/** The steps of an onboarding: each adopts what is there, or notes what it is about to create, creates it once, and notes what came of it. */
import type { NectarApi } from "../api/client.ts";
import type { Company, CompanyCreate } from "../api/schemas/company.ts";
import type { Connection } from "../api/schemas/connection.ts";
import type { Site } from "../api/schemas/site.ts";
import type { Created } from "../errors.ts";
import { cameToNothing, createOnce } from "./once.ts";
import type { OnboardingPlan, PlannedCompany, PlannedSite } from "./plan.ts";
import type { EnginePorts, OnboardingRequest, Outcome, WithOutcome } from "./ports.ts";
import { isSameConnection, matchCompany, matchSite, reconcile, type Step } from "./reconcile.ts";

/** The name of a step in the journal. */
export const stepName = {
  company: "company",
  site: (index: number) => `site ${index + 1}`,
  connection: "connection",
} as const;

/** After this, a request of a run that was killed can't be under way any more. Milliseconds. */
const FATE_OPEN_MS = 60_000;

/** Further fields for a company that has to be created. */
export type MoreOfCompany = Omit<CompanyCreate, "name" | "externalId">;

export async function companyStep(
  planned: PlannedCompany,
  step: Step<Company>,
  ports: EnginePorts,
  made: Ledger,
  more: MoreOfCompany = {},
): Promise<WithOutcome<Company>> {
  const company = await adoptOr<Company>(step, async () => {
    if ("id" in planned) return ports.api.getCompany(planned.id);
    const { name, externalId } = planned;
    const body = { ...more, name, ...(externalId === null ? {} : { externalId }) };
    const created = await make(stepName.company, ports, {
      externalId,
      body,
      create: () => ports.api.createCompany(body),
      look: async () => adopted(matchCompany(planned, await ports.api.listCompanies())),
      made: (id) => made.company(id),
    });
    return created;
  });
  ports.report({ kind: "company", company });
  return company;
}

/** Side by side. Every create is waited for, also when one of them fails, so that no ID is lost. */
export async function sitesStep(
  planned: readonly PlannedSite[],
  steps: readonly Step<Site>[],
  company: Company,
  ports: EnginePorts,
  made: Ledger,
): Promise<readonly WithOutcome<Site>[]> {
  const ended = await Promise.allSettled(
    planned.map((site, index) =>
      siteStep(site, index, steps[index] ?? { kind: "create" }, company, ports, made),
    ),
  );
  return ended.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

export async function siteStep(
  planned: PlannedSite,
  index: number,
  step: Step<Site>,
  company: Company,
  ports: EnginePorts,
  made: Ledger,
): Promise<WithOutcome<Site>> {
  const site = await adoptOr<Site>(step, async () => {
    if ("id" in planned) return ports.api.getSite(planned.id);
    const { name, address, externalId } = planned;
    const body = {
      name,
      ...(address === null ? {} : { address }),
      ...(externalId === null ? {} : { externalId }),
    };
    const created = await make(stepName.site(index), ports, {
      externalId,
      body: { companyId: company.id, ...body },
      create: () => ports.api.createSite(company.id, body),
      look: async () => adopted(matchSite(planned, await ports.api.getCompany(company.id))),
      made: (id) => made.site(id),
    });
    return created;
  });
  ports.report({ kind: "site", site });
  return site;
}

/**
 * @param mayExist whether the company and all sites were there before, so that the connection may be, too
 */
export async function connectionStep(
  request: OnboardingRequest,
  mayExist: boolean,
  company: Company,
  sites: readonly Site[],
  ports: EnginePorts,
  made: Ledger,
): Promise<WithOutcome<Connection>> {
  const { url, username, country } = request.plan.connection;
  const siteIds = sites.map(({ id }) => id);
  const noted = ports.journal.step(stepName.connection);
  const there = mayExist || noted !== null ? await allConnections(ports.api, company.id) : [];
  // An unfinished run knows better than this one what was there before it.
  const before = noted?.before ?? there.map(({ id }) => id);
  // With --new-connection only what came since then can be the one that is meant, however long ago it was sent.
  const candidates = request.newConnection ? there.filter(({ id }) => !before.includes(id)) : there;
  const step = connectionMatch(request, company, sites, candidates, noted?.id ?? null);
  return adoptOr<Connection>(step, async () => {
    const login = { url, username, sites: siteIds, country };
    const created = await make(stepName.connection, ports, {
      externalId: null,
      before,
      body: { companyId: company.id, ...login },
      create: () =>
        ports.api.createConnection(company.id, { ...login, password: request.password }),
      look: async () =>
        (await allConnections(ports.api, company.id)).filter(
          (other) =>
            !before.includes(other.id) && isSameConnection(other, { url, username }, siteIds),
        ),
      made: (id) => made.connection(id),
    });
    return created.status === null ? await ports.api.getConnection(created.id) : created;
  });
}

/** The rules of the first look, now that the sites' IDs and the connections are known. */
function connectionMatch(
  request: OnboardingRequest,
  company: Company,
  sites: readonly Site[],
  connections: readonly Connection[],
  connectionId: string | null,
): Step<Connection> {
  const mine = connections.find(({ id }) => id === connectionId);
  if (mine !== undefined) return { kind: "adopt", existing: mine };
  const facts = { companies: [{ ...company, sites }], connections };
  const plan: OnboardingPlan = {
    ...request.plan,
    company: { id: company.id },
    sites: sites.map(({ id }) => ({ id })),
  };
  return reconcile(plan, facts).connection ?? { kind: "create" };
}

/** One create, noted before and after. */
async function make<Made extends { readonly id: string }>(
  name: string,
  ports: EnginePorts,
  what: {
    readonly externalId: string | null;
    readonly before?: string[];
    /** Without secrets. */
    readonly body: unknown;
    readonly create: () => Promise<Made>;
    readonly look: () => Promise<readonly Made[]>;
    readonly made: (id: string) => void;
  },
): Promise<Made> {
  const { journal, clock } = ports;
  const noted = journal.step(name);
  const interrupted = noted !== null && noted.id === null && clock.now() - noted.at < FATE_OPEN_MS;
  const { externalId, before } = what;
  let open = interrupted;
  const created = await createOnce(
    async () => {
      ports.stillAlone();
      const noting = before === undefined ? { externalId } : { externalId, before };
      await journal.intend(name, noting, what.body);
      try {
        return await what.create();
      } catch (error) {
        open ||= !cameToNothing(error);
        if (!open) await journal.drop(name);
        throw error;
      }
    },
    what.look,
    ports,
    interrupted,
  );
  // First, so that an error of the journal names it.
  what.made(created.id);
  await journal.settle(name, created.id);
  return created;
}

async function adoptOr<Thing extends object>(
  step: Step<Thing>,
  create: () => Promise<Thing>,
): Promise<Thing & { readonly outcome: Outcome }> {
  return step.kind === "adopt"
    ? { ...step.existing, outcome: "existing" }
    : { ...(await create()), outcome: "created" };
}

function adopted<Thing>(step: Step<Thing>): readonly Thing[] {
  return step.kind === "adopt" ? [step.existing] : [];
}

export async function allConnections(
  api: NectarApi,
  companyId: string,
): Promise<readonly Connection[]> {
  const all: Connection[] = [];
  for await (const connection of api.listConnections(companyId)) all.push(connection);
  return all;
}

/** What this run has made, for the error that ends it. */
export class Ledger {
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
