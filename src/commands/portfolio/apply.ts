/** `nectar apply FILE`: brings about what a plan file describes, company by company. */
import { setMaxListeners } from "node:events";
import { openSession } from "../../app/client.ts";
import type { Context, Session } from "../../app/context.ts";
import { defineCommand, fromStdin, type InputOf, toggle } from "../../cli/define.ts";
import { countText, wantsFormat } from "../../cli/list-view.ts";
import { shapeOf, tsvColumns } from "../../cli/noun.ts";
import { listOf, mapOf, objectOf, orNull, text, whole } from "../../cli/shape.ts";
import { InterruptedError, NectarError, UsageError } from "../../errors.ts";
import { hasLedger } from "../../onboarding/ledger.ts";
import { companyKey } from "../../onboarding/plan.ts";
import type { FileEntry } from "../../onboarding/plan-file.ts";
import { applyPlans } from "../../onboarding/portfolio.ts";
import { openSharedReads, type Reads } from "../../onboarding/reads.ts";
import { jsonText } from "../../terminal/sanitize.ts";
import { renderTsv } from "../../terminal/table.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { waitSwitch } from "../connections/login.ts";
import { ledgerPlace, openLedgerOf, portsOf } from "../onboard/ports.ts";
import { keepResult, noteReplaced } from "../profiles/keep.ts";
import { type Bar, startBar } from "./bar.ts";
import { passwordsOf } from "./passwords.ts";
import { fileFields, readSelection } from "./portfolio.ts";
import { isKeyRefused, type Row, rowJson, rows as rowNoun, rowOf } from "./rows.ts";
import { countLine, countRows, failureOf, unreadFailure } from "./summary.ts";

const fields = {
  ...fileFields,
  passwordStdin: fromStdin("--password-stdin", {
    help: "read the one password that the file names no variable for from stdin",
  }),
  failFast: toggle("--fail-fast", { help: "begin no other company after one that failed" }),
  wait: {
    ...waitSwitch,
    help: "wait while a status is pending, for each at most 2 minutes or until --timeout (default)",
  },
  ndjson: toggle("--ndjson", {
    help: "print one line of JSON for each company as it ends, and no summary line on stdout",
  }),
} as const;

/** How long to wait for one connection, in milliseconds: as `onboard` does. The command itself has no deadline. */
const WAIT_MS = 120_000;

/** After Ctrl-C, requests that are under way have this long to be answered, in milliseconds. */
const GRACE_MS = 5_000;

export const command = defineCommand({
  description: `Creates what is missing of the companies in a plan file, their sites and their connections, and waits for the
connections' statuses. Each company is carried out as \`nectar onboard\` does it: running it twice creates nothing twice,
and if it is stopped anywhere, the same command continues. A company that fails stops no other.

The exit status is 0 if all are connected, else that of the most serious failure, in the order 1, 9, 4, 6, 5, 7, 3, 8.
There is no default deadline. In a pipe it prints a line for each company as it ends, with tabs between: key, name,
outcome (created if this run created anything of it), state, status, company ID, site IDs, connection ID, exit status,
error code, message.`,
  fields,
  unlimited: true,
  examples: {
    "nectar apply companies.yaml --local": "on the local emulator",
    "nectar apply companies.csv --shard 2/4 --concurrency 2 --json":
      "the second of four jobs that share the vendor's limit",
    "nectar apply companies.yaml --only acme": "one company of the file",
  },
  check(input) {
    if (input.file === "-" && input.passwordStdin !== undefined) {
      throw new UsageError(
        "invalid_input",
        "--password-stdin can't be used with a plan file from stdin",
      );
    }
  },
  async run(input, context: Context) {
    wantsFormat("--ndjson", input.ndjson, context);
    const selection = await readSelection(input, context);
    const { entries } = selection;
    const passwordOf = passwordsOf(selection, input.passwordStdin, context.env);
    const rows: Row[] = [];
    let session: Session | null = null;
    let unread: NectarError | null = null;
    if (entries.length > 0) {
      const ended = new AbortController();
      const graceful = { ...context, signal: withGrace(context, ended.signal) };
      try {
        session = await openSession(graceful, null, input.concurrency);
        unread = await applyAll(entries, passwordOf, input, session, context, rows, ended.signal);
      } finally {
        ended.abort();
      }
    }
    const counts = countRows(rows, entries.length);
    const stoppedBy: unknown = context.signal.aborted ? context.signal.reason : null;
    const failure =
      unread === null
        ? failureOf(rows, counts, stoppedBy, context.words)
        : unreadFailure(unread, counts, context.words);
    if (failure === null) context.note(`${countLine(counts)}.`);
    return {
      profile: session?.profileName ?? null,
      target: session?.target.name ?? null,
      rows,
      counts,
      failure,
    };
  },
  // In a pipe, and with --ndjson, each line was printed when its company ended.
  view: {
    human: () => "",
    plain: () => "",
    ids: ({ rows }) => rows.flatMap(({ company }) => (company === null ? [] : [company.id])),
    json: ({ profile, target, counts, rows }) => ({
      ...{ profile, target, counts },
      companies: rows.map(rowJson),
    }),
    shape: objectOf({
      ...{ profile: orNull(text), target: orNull(text), counts: mapOf(whole) },
      companies: listOf(shapeOf(rowNoun)),
    }),
  },
  failure: ({ failure }) => failure,
});

type ApplyInput = InputOf<typeof fields>;

/** @returns why the companies could not be read at all, which is then the failure of each; else null */
async function applyAll(
  entries: readonly FileEntry[],
  passwordOf: (entry: FileEntry) => string,
  input: ApplyInput,
  session: Session,
  context: Context,
  rows: Row[],
  ended: AbortSignal,
): Promise<NectarError | null> {
  const { api } = session;
  const { clock, signal, deadline, progress, streams } = context;
  const wait = input.wait ?? true;
  const note = await wrapText(ledgerNote(entries, session, context), streams.stderr);
  for (const line of note.split("\n")) context.note(line);
  // A profile points to one company, so only a run of a single one changes it.
  const [single] = entries.length === 1 ? entries : [];
  if (single !== undefined) await session.rehearse();
  progress.start("Reading the companies");
  const print = printer(input, context);
  let reads: Reads;
  try {
    reads = await openSharedReads(api, clock.now);
  } catch (error) {
    if (!(error instanceof NectarError)) throw error;
    progress.stop();
    // Those that were not begun have no row.
    if (error instanceof InterruptedError) return error;
    for (const entry of entries) {
      const row = rowOf({ entry, company: null, sites: [], connection: null, error }, wait);
      rows.push(row);
      print(row);
    }
    return error;
  }
  const pausedUntil = () => api.pausedUntil();
  // Elsewhere the end names those that failed.
  const bar: Bar = streams.stderr.isTTY
    ? startBar({ progress, total: entries.length, clock, pausedUntil, signal: ended })
    : () => {};
  let isStopped = false;
  await applyPlans(
    {
      ...{ entries, concurrency: input.concurrency, passwordOf, waitMs: wait ? WAIT_MS : 0 },
      // None that a failure would be too late for.
      perRequest: input.failFast ? 1 : undefined,
    },
    {
      ...{ api, reads, clock, signal, deadline },
      goesOn: () => !isStopped && !signal.aborted,
      async open({ plan }, parts) {
        const ledger = await openLedgerOf(plan.company, session, context, false);
        return portsOf(ledger, session, context, {
          ...parts,
          async keep(partial) {
            await parts.keep(partial);
            if (single === undefined) return;
            noteReplaced(await keepResult(partial, session), session.profileName, context);
          },
        });
      },
      ended(applied) {
        const row = rowOf(applied, wait);
        isStopped ||=
          isKeyRefused(applied.error) || (input.failFast === true && row.exit !== "done");
        rows.push(row);
        print(row);
        bar(row);
      },
    },
  );
  return null;
}

/** Prints a company's line when it ends, where lines are printed. */
function printer(input: ApplyInput, { globals, streams }: Context): (row: Row) => void {
  const { stdout } = streams;
  const columns = tsvColumns(rowNoun);
  if (input.ndjson) return (row) => stdout.write(`${jsonText(rowJson(row))}\n`);
  const hasLines = !globals.json && !globals.quiet && !stdout.isTTY;
  return hasLines ? (row) => stdout.write(renderTsv([row], columns)) : () => {};
}

/** A signal for requests: as the context's, but after Ctrl-C what is under way may still be answered. */
function withGrace({ signal, clock }: Context, ended: AbortSignal): AbortSignal {
  const late = new AbortController();
  setMaxListeners(0, late.signal);
  const begin = () => {
    const reason: unknown = signal.reason;
    if (!(reason instanceof InterruptedError)) return late.abort(reason);
    clock.sleep(GRACE_MS, ended).then(
      () => late.abort(reason),
      () => {},
    );
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return late.signal;
}

/** What this machine remembers of these companies. */
function ledgerNote(entries: readonly FileEntry[], { target }: Session, context: Context): string {
  if (!context.globals.save) {
    return "With --no-save nothing is remembered: what exists is only found by its external ID or name.";
  }
  const place = ledgerPlace(context);
  const known = entries.filter(({ plan: { company } }) =>
    hasLedger(place, { target: target.name, company: companyKey(company) }),
  );
  const where = `on this machine for ${target.name}`;
  return known.length === 0
    ? `No ledger of these companies ${where}: what exists is only found by its external ID or name.`
    : `Ledger ${where}: it has ${known.length} of ${countText(entries.length, "company")}.`;
}
