/**
 * Decides what a teardown deletes: companies that the ledgers prove this tool created, with nothing in them that it did
 * not create. Reads only.
 */
import type { NectarApi } from "../api/client.ts";
import type { Company } from "../api/resources/company.ts";
import { NetworkError, NotFoundError } from "../errors.ts";
import type { Intent, LedgerObject, LedgerState } from "./ledger.ts";
import { companyKey, fold, type NewCompany } from "./plan.ts";
import type { Reads } from "./reads.ts";
import { reconcile, wantedCompany } from "./reconcile.ts";

/** A company, and what the ledgers of its target prove about it. */
export interface Candidate {
  /** As the API writes it. */
  readonly id: string;
  readonly name: string;
  /** The company's key in each ledger that has it, or that will have it once it is deleted; at least one. */
  readonly keys: readonly string[];
  /** `unknown`: no ledger has it. */
  readonly made: "created" | "adopted" | "unknown";
  /** When this tool created or adopted it, in milliseconds since the epoch; null if it did neither. */
  readonly at: number | null;
  /** The sites and connections that this tool created in it. */
  readonly created: readonly LedgerObject[];
  /** Whether its create is still open in the ledger. */
  readonly isOpen?: true;
}

/** A create of a company whose outcome is unknown, so that no ledger has its ID yet. */
export interface OpenCompany {
  /** The ledger's key. */
  readonly key: string;
  readonly intent: Intent;
}

/**
 * `to-delete`: nothing has been sent. `gone`: it does not exist, see `reason`. `left`: it still exists, see `reason`. `failed`: see
 * `error`.
 */
export type TeardownOutcome = "to-delete" | "deleted" | "gone" | "left" | "failed";

/** What happens, or happened, to one company. */
export interface TeardownRow {
  /** Null if it was not found. */
  readonly id: string | null;
  readonly name: string;
  readonly externalId: string | null;
  /** When this tool created it, in milliseconds since the epoch; null if it did not. */
  readonly createdAt: number | null;
  readonly sites: number | null;
  readonly connections: number | null;
  readonly outcome: TeardownOutcome;
  readonly reason: string | null;
  /** What this tool created in a company that is left. */
  readonly remains: readonly LedgerObject[];
  /** What the teardown deletes, or whose deletion it confirms; null if nothing. */
  readonly candidate: Candidate | null;
  /** An Error that is not a NectarError is a bug. */
  readonly error: Error | null;
}

/** The companies in a target's ledgers, except those whose deletion has been confirmed. */
export function companiesIn(ledgers: readonly LedgerState[]): readonly Candidate[] {
  const byId = new Map<string, { keys: string[]; objects: LedgerObject[] }>();
  for (const { company: key, objects, deleted } of ledgers) {
    const isDeleted = (id: string) => deleted.some((one) => one.id === id && one.isConfirmed);
    for (const { id } of objects.filter(({ kind }) => kind === "company")) {
      if (isDeleted(id)) continue;
      const found = byId.get(id) ?? { keys: [], objects: [] };
      byId.set(id, found);
      if (found.keys.includes(key)) continue;
      found.keys.push(key);
      found.objects.push(...objects.filter(({ companyId }) => companyId === id));
    }
  }
  return [...byId].map(([id, { keys, objects }]) => {
    const companies = objects.filter(({ kind }) => kind === "company");
    const created = companies.filter(({ made }) => made === "created");
    const inside = objects.filter(({ kind, made }) => kind !== "company" && made === "created");
    return {
      id,
      name: companies.at(-1)?.name ?? id,
      keys,
      made: created.length > 0 ? "created" : "adopted",
      at: Math.min(...(created.length > 0 ? created : companies).map(({ at }) => at)),
      created: [...new Map(inside.map((one) => [one.id, one])).values()],
    };
  });
}

/** The companies whose create may have reached the server, without a known result. */
export function openCompanies(ledgers: readonly LedgerState[]): readonly OpenCompany[] {
  return ledgers.flatMap(({ company: key, intents }) =>
    intents.flatMap((intent) => (intent.kind === "company" ? [{ key, intent }] : [])),
  );
}

/** The external ID that a ledger's key holds, if it does. */
export function externalIdOf(key: string): string | null {
  return key.startsWith("external:") ? key.slice("external:".length) : null;
}

/** Whether a company in the ledger of a planned company's key is that company: two names can have one derived key. */
export function isPlanned(
  planned: NewCompany,
  { keys, name }: Pick<Candidate, "keys" | "name">,
): boolean {
  return (
    keys.includes(companyKey(planned)) && (!planned.isDerived || fold(planned.name) === fold(name))
  );
}

export interface InspectPorts {
  readonly api: Pick<NectarApi, "getCompany" | "allConnections">;
  readonly reads: Pick<Reads, "companiesLike">;
}

/**
 * Reads a company and what hangs on it, and decides whether to delete it. By ID: a list that lags may lack what is in it.
 *
 * @param takesAdopted whether what this tool did not create is deleted too
 */
export async function inspectCompany(
  candidate: Candidate,
  takesAdopted: boolean,
  { api }: InspectPorts,
): Promise<TeardownRow> {
  const { id, name, created, made } = candidate;
  const createdAt = made === "created" ? candidate.at : null;
  const row: TeardownRow = { ...goneRow(name, null, NO_LONGER), id, createdAt };
  try {
    const [company, connections] = await Promise.all([api.getCompany(id), api.allConnections(id)]);
    const inside = [...(company.sites ?? []), ...connections];
    const found: TeardownRow = {
      ...goneRow(company.name, company.externalId),
      ...{ id, createdAt, candidate, outcome: "to-delete", reason: null },
      sites: company.sites?.length ?? null,
      connections: connections.length,
    };
    const remains = created.filter((one) => inside.some((other) => other.id === one.id));
    const left = (reason: string): TeardownRow => ({
      ...{ ...found, candidate: null, outcome: "left", reason, remains },
    });
    if (takesAdopted) return found;
    if (made === "adopted") return left("adopted, not created by this tool");
    if (made === "unknown")
      return left("no ledger on this machine shows that this tool created it");
    if (company.sites === undefined) return left("the API does not list its sites");
    const foreign = (things: readonly { readonly id: string }[]) =>
      things.filter((thing) => !created.some((one) => one.id === thing.id)).length;
    const others = [
      counted(foreign(company.sites), "site"),
      counted(foreign(connections), "connection"),
    ];
    if (others.every((text) => text === null)) return found;
    return left(`holds ${others.filter(Boolean).join(" and ")} that this tool did not create`);
  } catch (error) {
    if (!(error instanceof NotFoundError)) return failed(row, error);
    // Deleted by somebody else, or by a run of this tool that was killed: its ledger is brought up to date.
    return { ...row, candidate: made === "created" ? candidate : null };
  }
}

/**
 * Finds the company of an open create among those that appeared after it was sent; found, this tool created it.
 *
 * @param now milliseconds since the epoch
 * @param isDeleted whether this tool deleted an object
 */
export async function findOpenCompany(
  { key, intent }: OpenCompany,
  now: number,
  isDeleted: (id: string) => boolean,
  { reads }: InspectPorts,
): Promise<Candidate | TeardownRow> {
  const externalId = externalIdOf(key);
  const row = goneRow(intent.name, externalId);
  try {
    const planned = { name: intent.name, externalId, isDerived: false };
    const found = await findListed(planned, intent.before, isDeleted, reads);
    if (found !== null) {
      const { id, name } = found;
      const made = { made: "created", at: intent.sentAt, created: [], isOpen: true } as const;
      return { id, name, keys: [key], ...made };
    }
    if (now >= intent.until) return row;
    const until = new Date(intent.until).toISOString();
    throw new NetworkError(
      "fate_open",
      `a create of the company "${intent.name}" may still be under way, until ${until}`,
      { processed: "unknown", hint: "Run the same command again after that." },
    );
  } catch (error) {
    return failed(row, error);
  }
}

/** Finds a planned company that no ledger has; it was not created by this tool, as far as this machine knows. */
export async function findUnknown(
  planned: NewCompany,
  isDeleted: (id: string) => boolean,
  { reads }: InspectPorts,
): Promise<Candidate | TeardownRow> {
  const row = goneRow(planned.name, planned.externalId);
  try {
    const found = await findListed(planned, null, isDeleted, reads);
    return found === null ? row : unknownCompany(found);
  } catch (error) {
    return failed(row, error);
  }
}

/** @param since see `reconcile` */
async function findListed(
  planned: NewCompany,
  since: readonly string[] | null,
  isDeleted: (id: string) => boolean,
  reads: InspectPorts["reads"],
): Promise<Company | null> {
  const there = await reads.companiesLike(planned, since !== null);
  const candidates = there.filter(({ id }) => !isDeleted(id));
  const step = reconcile(wantedCompany(planned), null, candidates, since);
  return step.kind === "adopt" ? step.existing : null;
}

/** A company that no ledger has. */
export function unknownCompany(company: Company): Candidate {
  const { id, name } = company;
  return { id, name, keys: [companyKey(company)], made: "unknown", at: null, created: [] };
}

/** The row of a company that could not be read or deleted. */
export function failed(row: TeardownRow, error: unknown): TeardownRow {
  const known = error instanceof Error ? error : new Error(String(error));
  return { ...row, outcome: "failed", reason: known.message, candidate: null, error: known };
}

/** Why nothing is deleted of what the ledgers or the API knew. */
export const NO_LONGER = "it no longer exists";

/** The row of a company that does not exist. */
export function goneRow(
  name: string,
  externalId: string | null = null,
  reason = "no such company was found",
): TeardownRow {
  return {
    ...{ id: null, name, externalId, createdAt: null, sites: null, connections: null },
    ...{ outcome: "gone", reason, remains: [], candidate: null, error: null },
  };
}

function counted(count: number, what: string): string | null {
  if (count === 0) return null;
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
