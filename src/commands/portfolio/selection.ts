/** Which companies a teardown is about: those of a plan file, one that is named, or all of an age. */
import type { Context, Session } from "../../app/context.ts";
import { type LedgerState, readLedger } from "../../onboarding/ledger.ts";
import { companyKey, type NewCompany } from "../../onboarding/plan.ts";
import type { FileEntry } from "../../onboarding/plan-file.ts";
import { directReads, openSharedReads } from "../../onboarding/reads.ts";
import {
  type Candidate,
  companiesIn,
  externalIdOf,
  failed,
  findOpenCompany,
  findUnknown,
  goneRow,
  type InspectPorts,
  inspectCompany,
  isPlanned,
  NO_LONGER,
  type OpenCompany,
  openCompanies,
  type TeardownRow,
  unknownCompany,
} from "../../onboarding/teardown.ts";
import { ledgerPlace, ledgersAt } from "../onboard/ports.ts";
import { isObjectId, matchOne, noMatch } from "../profiles/resolve.ts";

export type Selection =
  | { readonly kind: "file"; readonly entries: readonly FileEntry[] }
  | { readonly kind: "company"; readonly given: string }
  | { readonly kind: "age"; readonly olderThanMs: number };

/** What is known of the target, and the ports to learn more. */
interface Known extends InspectPorts {
  readonly candidates: readonly Candidate[];
  readonly open: readonly OpenCompany[];
  /** Whether the deletion of an ID has been confirmed. */
  readonly isDeleted: (id: string) => boolean;
  readonly takesAdopted: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The selected companies, read and decided on. Deletes nothing.
 *
 * @param takesAdopted whether what this tool did not create is deleted too
 * @throws NotFoundError if there is no company of the given name, or several
 */
export async function inspectSelection(
  selection: Selection,
  takesAdopted: boolean,
  session: Session,
  context: Context,
): Promise<readonly TeardownRow[]> {
  const ledgers = ledgersAt(session, context, ({ message }) => {
    // Otherwise the row of its company says so.
    if (selection.kind === "age") context.note(`Skipped: ${message}`);
  });
  const deleted = new Set(
    ledgers.flatMap((ledger) =>
      ledger.deleted.filter(({ isConfirmed }) => isConfirmed).map(({ id }) => id),
    ),
  );
  const { api } = session;
  const now = context.clock.now();
  const known: Known = {
    ...{ api, reads: directReads(api), takesAdopted, now },
    candidates: companiesIn(ledgers),
    open: openCompanies(ledgers),
    isDeleted: (id) => deleted.has(id),
  };
  if (selection.kind === "company") {
    return [await inspectNamed(selection.given, known, ledgers, session)];
  }
  const chosen =
    selection.kind === "age"
      ? olderThan(now - selection.olderThanMs, known)
      : ofFile(selection.entries, known, session, context);
  if (chosen.length === 0) return [];
  const shared = { ...known, reads: await openSharedReads(api, context.clock.now) };
  return Promise.all(chosen.map((inspect) => inspect(shared)));
}

type Inspect = (known: Known) => Promise<TeardownRow>;

const inspectKnown =
  (candidate: Candidate): Inspect =>
  (known) =>
    inspectCompany(candidate, known.takesAdopted, known);

const inspectOpen =
  (open: OpenCompany): Inspect =>
  async (known) =>
    inspectFound(await findOpenCompany(open, known.now, known.isDeleted, known), known);

async function inspectFound(found: Candidate | TeardownRow, known: Known): Promise<TeardownRow> {
  return "outcome" in found ? found : inspectCompany(found, known.takesAdopted, known);
}

/** What this tool created before a time, in milliseconds since the epoch, oldest first; an adopted company if something in it is. */
function olderThan(before: number, { candidates, open }: Known): readonly Inspect[] {
  const isOld = ({ made, at, created }: Candidate) =>
    made === "created" ? at !== null && at <= before : created.some((one) => one.at <= before);
  return [
    ...candidates
      .filter(isOld)
      .sort((one, other) => (one.at ?? 0) - (other.at ?? 0))
      .map(inspectKnown),
    ...open.filter(({ intent }) => intent.sentAt <= before).map(inspectOpen),
  ];
}

function ofFile(
  entries: readonly FileEntry[],
  { candidates, open }: Known,
  session: Session,
  context: Context,
): readonly Inspect[] {
  const byKey = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const key of candidate.keys) byKey.set(key, [...(byKey.get(key) ?? []), candidate]);
  }
  const openByKey = new Map(open.map((one) => [one.key, one]));
  return entries.flatMap(({ plan: { company } }): readonly Inspect[] => {
    const key = companyKey(company);
    const known = (byKey.get(key) ?? []).filter((one) => isPlanned(company, one));
    const inFlight = openByKey.get(key);
    const chosen = [
      ...known.map(inspectKnown),
      ...(inFlight === undefined ? [] : [inspectOpen(inFlight)]),
    ];
    return chosen.length > 0 ? chosen : [inspectUnknown(company, key, session, context)];
  });
}

/** A company of a plan file of which the ledgers that can be read know nothing. */
function inspectUnknown(
  company: NewCompany,
  key: string,
  { target }: Session,
  context: Context,
): Inspect {
  return async (known) => {
    const { name, externalId } = company;
    try {
      // Its own ledger may be one of those that can't be read.
      const { now } = context.clock;
      const at = { target: target.name, company: key };
      if (context.globals.save) readLedger(ledgerPlace(context), at, now);
    } catch (error) {
      return failed(goneRow(name, externalId), error);
    }
    return inspectFound(await findUnknown(company, known.isDeleted, known), known);
  };
}

async function inspectNamed(
  given: string,
  known: Known,
  ledgers: readonly LedgerState[],
  session: Session,
): Promise<TeardownRow> {
  const { candidates, open, isDeleted, now } = known;
  const id = isObjectId(given) ? given.toLowerCase() : await idOf(given, known, ledgers, session);
  const candidate = candidates.find((one) => one.id === id);
  if (candidate !== undefined) return inspectCompany(candidate, known.takesAdopted, known);
  if (isDeleted(id)) return { ...goneRow(given, null, NO_LONGER), id };
  const company = await session.api.getCompany(id);
  const inFlight = open.find(({ key }) => key === companyKey(company));
  const found =
    inFlight === undefined ? null : await findOpenCompany(inFlight, now, isDeleted, known);
  const isIt = found !== null && !("outcome" in found) && found.id === company.id;
  return inspectCompany(isIt ? found : unknownCompany(company), known.takesAdopted, known);
}

/** The ID of a company that the ledgers, the profile or the API know by this name; else of one that was deleted. */
async function idOf(
  given: string,
  { isDeleted }: Known,
  ledgers: readonly LedgerState[],
  { api, profile, target }: Session,
): Promise<string> {
  const own = ledgers.flatMap(({ company: key, objects }) =>
    objects
      .filter(({ kind }) => kind === "company")
      .map(({ id, name }) => ({ id, name, externalId: externalIdOf(key) })),
  );
  const kept = profile?.target === target.name && profile.company ? [profile.company] : [];
  const all = [...own, ...kept, ...(await api.listCompanies())];
  const existing = all.filter(({ id }) => !isDeleted(id));
  const found = matchOne("company", given, existing) ?? matchOne("company", given, all);
  if (found === null) throw noMatch("company", given);
  return found.id;
}
