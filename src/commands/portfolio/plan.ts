/** `nectar plan FILE`: shows what `apply` would find and create. Writes nothing. */
import { openSession } from "../../app/client.ts";
import type { Context, Session } from "../../app/context.ts";
import { defineCommand, toggle } from "../../cli/define.ts";
import { nectarError } from "../../cli/run.ts";
import { inspect } from "../../onboarding/look.ts";
import type { FileEntry } from "../../onboarding/plan-file.ts";
import { againIfGone, eachCompany } from "../../onboarding/portfolio.ts";
import { openSharedReads, type Reads } from "../../onboarding/reads.ts";
import type { Step, Steps } from "../../onboarding/reconcile.ts";
import { readingPorts } from "../onboard/ports.ts";
import { failureOf, type PlanRow, type PlanValue, planView, totalLine } from "./plan-view.ts";
import { fileFields, readSelection } from "./portfolio.ts";
import { isKeyRefused } from "./rows.ts";

const fields = {
  ...fileFields,
  check: toggle("--check", { help: "exit with 8 if something is left to create" }),
} as const;

export const command = defineCommand({
  description: `Reads what exists and shows, for each company in a plan file, what \`nectar apply\` would create. Writes nothing, and
needs no password. In a pipe: key, name, state, plan, company ID, site IDs, connection ID, status, exit status.

States: existing (nothing to do), create, waiting (an earlier create may still appear), ambiguous (exit 5), failed.`,
  fields,
  examples: {
    "nectar plan companies.yaml --local": "on the local emulator",
    "nectar plan companies.yaml --check": "in CI: exit 8 if something is missing",
  },
  async run(input, context: Context): Promise<PlanValue> {
    const { entries } = await readSelection(input, context);
    if (entries.length === 0) return { profile: null, target: null, rows: [], failure: null };
    const session = await openSession(context, null, input.concurrency);
    context.progress.start("Reading what exists");
    const reads = await openSharedReads(session.api, context.clock.now);
    const rows = new Map<FileEntry, PlanRow>();
    let refused: unknown = null;
    await eachCompany(
      entries,
      input.concurrency,
      () => refused === null && !context.signal.aborted,
      async (entry) => {
        try {
          rows.set(entry, await planOne(entry, reads, session, context));
        } catch (error) {
          refused ??= error;
        }
      },
    );
    context.signal.throwIfAborted();
    if (refused !== null) throw refused;
    const inOrder = entries.flatMap((entry) => rows.get(entry) ?? []);
    const exits = inOrder.map(({ state, exit }) =>
      input.check && (state === "create" || state === "waiting") ? "pending" : exit,
    );
    const { profileName: profile, target } = session;
    const failure = failureOf(inOrder, exits, context.words);
    // On a terminal it stands below the table, and an error begins with it.
    if (!context.streams.stdout.isTTY && failure === null) context.note(totalLine(inOrder));
    return { profile, target: target.name, rows: inOrder, failure };
  },
  view: planView,
  failure: ({ failure }) => failure,
});

/** @throws AuthError if the key is refused, and whatever ends the whole command */
async function planOne(
  entry: FileEntry,
  reads: Reads,
  session: Session,
  context: Context,
): Promise<PlanRow> {
  const { key, line, plan } = entry;
  const base = { key, line, name: plan.company.name };
  const nothing = {
    create: { companies: 0, sites: 0, connections: 0 },
    ...{ companyId: null, siteIds: [], connection: null, waitUntil: null },
  };
  try {
    const ports = await readingPorts(plan.company, session, context, reads);
    const request = { plan, profile: null, newConnection: false };
    const steps = await againIfGone(ports, (current) => inspect(request, current));
    const until = ports.ledger.openUntil() ?? 0;
    const isOpen = until > context.clock.now();
    return {
      ...base,
      ...foundOf(steps),
      state: isOpen ? "waiting" : isComplete(steps) ? "existing" : "create",
      waitUntil: isOpen ? new Date(until).toISOString() : null,
      error: null,
      exit: "done",
    };
  } catch (error) {
    if (context.signal.aborted || isKeyRefused(error)) throw error;
    const known = nectarError(error);
    const state = AMBIGUOUS.has(known.code) ? "ambiguous" : "failed";
    return { ...base, ...nothing, state, error: known, exit: known.exit };
  }
}

const AMBIGUOUS: ReadonlySet<string> = new Set(["ambiguous", "external_id_taken", "duplicate"]);

const isMissing = (step: Step<unknown>) => step.kind === "create";

function isComplete({ company, sites, connection }: Steps): boolean {
  return ![company, ...sites, connection].some(isMissing);
}

function foundOf({ company, sites, connection }: Steps) {
  return {
    create: {
      companies: isMissing(company) ? 1 : 0,
      sites: sites.filter(isMissing).length,
      connections: isMissing(connection) ? 1 : 0,
    },
    companyId: company.kind === "adopt" ? company.existing.id : null,
    siteIds: sites.flatMap((step) => (step.kind === "adopt" ? [step.existing.id] : [])),
    connection:
      connection.kind === "adopt"
        ? {
            id: connection.existing.id,
            state: connection.existing.state,
            status: connection.existing.status,
          }
        : null,
  };
}
