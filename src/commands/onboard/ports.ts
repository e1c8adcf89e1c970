/** Builds the engine's ports from a command's context and session, and opens the ledger of the company. */
import type { Context, Session } from "../../app/context.ts";
import type { LocalStateError } from "../../errors.ts";
import type { LookPorts } from "../../onboarding/known.ts";
import {
  type Ledger,
  type LedgerKey,
  type LedgerPlace,
  type LedgerState,
  ledgersOf,
  memoryLedger,
  openLedger,
  readLedger,
} from "../../onboarding/ledger.ts";
import { companyKey, type PlannedCompany } from "../../onboarding/plan.ts";
import { READ_LAG_MS } from "../../onboarding/poll.ts";
import type { EnginePorts } from "../../onboarding/ports.ts";
import { directReads, type Reads } from "../../onboarding/reads.ts";

/** Where this machine stores its ledgers. */
export function ledgerPlace({ places, uid }: Context): LedgerPlace {
  return { folder: places.ledger, top: places.stateDir, uid };
}

/**
 * The ports for a run that creates. Nothing is read before the company's ledger is locked, and nothing is created before
 * the profile is known to be writable.
 *
 * @param parts.report receives the engine's events; default: ignored
 * @param parts.keep stores what exists so far; default: not stored
 * @throws LocalStateError `locked`, `folder_not_writable`
 */
export async function enginePorts(
  company: PlannedCompany,
  session: Session,
  context: Context,
  parts: Partial<Pick<EnginePorts, "report" | "keep">> = {},
): Promise<EnginePorts> {
  const ledger = await openLedgerOf(company, session, context);
  context.onClose(() => ledger.close());
  await session.rehearse();
  return portsOf(ledger, session, context, parts);
}

/** The ports for a run that creates, on a ledger that it has opened. */
export function portsOf(
  ledger: Ledger,
  session: Session,
  context: Context,
  parts: Partial<Pick<EnginePorts, "reads" | "report" | "keep">>,
): EnginePorts {
  const { random, deadline } = context;
  return {
    ...lookPorts(ledger, session, context),
    ...{ random, deadline },
    report: () => {},
    remembers: context.globals.save,
    fateMs: session.fateMs,
    keep: async () => {},
    ...parts,
  };
}

/** The ports for a run that only reads: the ledger is not locked. */
export async function readingPorts(
  company: PlannedCompany,
  session: Session,
  context: Context,
  reads?: Reads,
): Promise<LookPorts> {
  const key = await ledgerKey(company, session, context);
  const { now } = context.clock;
  const ledger = context.globals.save
    ? readLedger(ledgerPlace(context), key, now)
    : memoryLedger(key, now);
  return lookPorts(ledger, session, context, reads);
}

/** The ledger of a company, locked until it is closed; see `openOrCreate`. */
export async function openLedgerOf(
  company: PlannedCompany,
  session: Session,
  context: Context,
  synced = true,
): Promise<Ledger> {
  const key = await ledgerKey(company, session, context);
  const what = `the company ${"id" in company ? company.id : `"${company.name}"`}`;
  return openOrCreate(key, what, context, synced);
}

/**
 * A ledger, locked until it is closed; with `--no-save`, one in memory.
 *
 * @param what the company, for the message of a run that is locked out
 * @param synced see `openLedger`
 * @throws LocalStateError `locked`, naming the other run for the same company
 */
export async function openOrCreate(
  key: LedgerKey,
  what: string,
  context: Context,
  synced = true,
): Promise<Ledger> {
  if (!context.globals.save) return memoryLedger(key, context.clock.now);
  return openLedger(ledgerPlace(context), key, what, context.lock, synced);
}

/**
 * All ledgers of the session's target.
 *
 * @param skipped called for each file that can't be read
 */
export function ledgersAt(
  { target }: Pick<Session, "target">,
  context: Context,
  skipped?: (error: LocalStateError) => void,
): readonly LedgerState[] {
  return context.globals.save ? ledgersOf(ledgerPlace(context), target.name, skipped) : [];
}

/** The ledgers that have a company's ID, the one written last first: more than one if its external ID was changed. */
export function ledgersWith(
  companyId: string,
  ledgers: readonly LedgerState[],
): readonly LedgerState[] {
  const id = companyId.toLowerCase();
  return ledgers
    .filter(({ objects }) =>
      objects.some((one) => one.kind === "company" && one.id.toLowerCase() === id),
    )
    .sort((one, other) => lastOf(other) - lastOf(one));
}

/** The key of the ledger that has the company's ID, else one from its external ID or name. */
async function ledgerKey(
  company: PlannedCompany,
  session: Session,
  context: Context,
): Promise<LedgerKey> {
  const { target, api } = session;
  if (!("id" in company)) return { target: target.name, company: companyKey(company) };
  const [own] = ledgersWith(company.id, ledgersAt(session, context));
  return {
    target: target.name,
    company: own?.company ?? companyKey(await api.getCompany(company.id)),
  };
}

function lookPorts(
  ledger: Ledger,
  { api, profile, target }: Session,
  { clock, signal }: Context,
  reads: Reads = directReads(api),
): LookPorts {
  const remembered = profile?.target === target.name ? profile : null;
  // The emulator finds what it has created at once.
  const readLagMs = target.kind === "local" ? 0 : READ_LAG_MS;
  return { api, reads, ledger, remembered, clock, signal, readLagMs };
}

function lastOf({ createdAt, objects, intents }: LedgerState): number {
  return Math.max(
    createdAt,
    ...objects.map(({ at }) => at),
    ...intents.map(({ sentAt }) => sentAt),
  );
}
