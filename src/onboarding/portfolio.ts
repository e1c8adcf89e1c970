/**
 * Many plans through the engine, side by side. Each company has its own ledger, locked for its own time only, and what
 * becomes of one never affects another. Creates nothing itself.
 */
import pLimit, { type LimitFunction } from "p-limit";
import type { NectarApi } from "../api/client.ts";
import type { Company } from "../api/resources/company.ts";
import type { Connection } from "../api/resources/connection.ts";
import type { Site } from "../api/resources/site.ts";
import { InterruptedError, NotFoundError } from "../errors.ts";
import { onboard } from "./engine.ts";
import type { FileEntry } from "./plan-file.ts";
import type { DeadlinePorts } from "./poll.ts";
import type { EnginePorts, WithOutcome } from "./ports.ts";
import { directReads, type Reads } from "./reads.ts";
import { awaitSettled } from "./wait.ts";

type Named = WithOutcome<Pick<Site, "id" | "name"> & { readonly externalId: string | null }>;

/** What became of one company: all that is kept of it. */
export interface Applied {
  readonly entry: FileEntry;
  /** What is known to exist, also after a failure. */
  readonly company: Named | null;
  readonly sites: readonly Named[];
  readonly connection: WithOutcome<Connection> | null;
  /** Why it failed; null if it did not. */
  readonly error: unknown;
}

export interface ApplyRequest {
  readonly entries: readonly FileEntry[];
  /** How many requests are sent at once. */
  readonly concurrency: number;
  readonly passwordOf: (entry: FileEntry) => string;
  /** How many companies are under way for each request; fewer leave requests idle. */
  readonly perRequest?: number | undefined;
  /** How long to wait for each connection while its status is pending, in milliseconds; 0: not at all. */
  readonly waitMs: number;
}

export interface ApplyPorts extends DeadlinePorts {
  readonly api: NectarApi;
  /** Shared by all companies. */
  readonly reads: Reads;
  /** The engine's ports for one company, on its locked ledger, which is closed when the company ends. */
  readonly open: (
    entry: FileEntry,
    parts: Pick<EnginePorts, "reads" | "report" | "keep">,
  ) => Promise<EnginePorts>;
  /** Called as each company ends. */
  readonly ended: (result: Applied) => void;
  /** Whether to begin another company. */
  readonly goesOn: () => boolean;
}

/** Companies under way for each request, unless the first failure ends the run: some of them always wait for a disk, so with fewer a request would idle. */
const COMPANIES_PER_REQUEST = 3;

/** Carries out many plans. Resolves when every company that was begun has ended; a failure is its company's result. */
export async function applyPlans(request: ApplyRequest, ports: ApplyPorts): Promise<void> {
  const { entries, concurrency, waitMs, perRequest } = request;
  // Reading statuses must not hold up the creates; once all companies are begun, it may use every request.
  const polls = pLimit(Math.max(1, Math.floor(concurrency / 4)));
  const waiting = new Set<Promise<void>>();
  const work = async (entry: FileEntry): Promise<void> => {
    const result = await applyOne(entry, request, ports);
    const isPending = result.error === null && result.connection?.state === "pending";
    if (!isPending || waitMs === 0) return ports.ended(result);
    const wait = awaitStatus(result, waitMs, polls, ports)
      .then(ports.ended)
      .finally(() => waiting.delete(wait));
    waiting.add(wait);
  };
  await eachCompany(entries, concurrency, ports.goesOn, work, perRequest);
  polls.concurrency = concurrency;
  await Promise.all(waiting);
}

/** Works on many companies at once: enough to keep all requests busy. */
export async function eachCompany(
  entries: readonly FileEntry[],
  concurrency: number,
  goesOn: () => boolean,
  work: (entry: FileEntry) => Promise<void>,
  perRequest = COMPANIES_PER_REQUEST,
): Promise<void> {
  await pLimit(concurrency * perRequest).map(entries, async (entry) => {
    if (goesOn()) await work(entry);
  });
}

async function applyOne(
  entry: FileEntry,
  { passwordOf }: ApplyRequest,
  { reads, open }: ApplyPorts,
): Promise<Applied> {
  let company: Applied["company"] = null;
  const sites = new Map<string, Named>();
  let connection: Applied["connection"] = null;
  let error: unknown = null;
  const parts: Parameters<ApplyPorts["open"]>[1] = {
    reads,
    report(event) {
      if (event.kind === "company") company = named(event.company);
      if (event.kind === "site") sites.set(event.site.id, named(event.site));
    },
    async keep(partial) {
      if (partial.sites.length > 0) {
        // Now in the plan's order.
        sites.clear();
        for (const site of partial.sites) sites.set(site.id, named(site));
      }
      connection = partial.connection;
    },
  };
  try {
    const ports = await open(entry, parts);
    const request = {
      ...{ profile: null, plan: entry.plan, password: passwordOf(entry) },
      ...{ newConnection: false, wait: false },
    };
    try {
      await againIfGone(ports, (current) => onboard(request, current));
    } finally {
      await ports.ledger.close();
    }
  } catch (failure) {
    error = failure;
  }
  return { entry, company, sites: [...sites.values()], connection, error };
}

/** Runs `work`, and once more with reads of its own if something that the shared list shows is gone by now. */
export async function againIfGone<Ports extends Pick<EnginePorts, "api" | "reads">, Result>(
  ports: Ports,
  work: (ports: Ports) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(ports);
  } catch (error) {
    if (!(error instanceof NotFoundError) || error.httpStatus === null) throw error;
    return work({ ...ports, reads: directReads(ports.api) });
  }
}

/** Waits while a connection is pending. Stopped by the user, it stays as it was last seen. */
async function awaitStatus(
  result: Applied,
  waitMs: number,
  polls: LimitFunction,
  { api, clock, signal, deadline }: ApplyPorts,
): Promise<Applied> {
  const { connection } = result;
  if (connection === null) return result;
  const until = clock.now() + waitMs;
  try {
    const settled = await awaitSettled(connection, {
      api: { getConnection: (id) => polls(() => api.getConnection(id)) },
      ...{ clock, signal, deadline: () => Math.min(until, deadline()), report: () => {} },
    });
    return { ...result, connection: { ...connection, ...settled } };
  } catch (error) {
    return error instanceof InterruptedError ? result : { ...result, error };
  }
}

function named({ id, name, externalId, outcome }: WithOutcome<Company | Site>): Named {
  return { id, name, externalId: externalId ?? null, outcome };
}
