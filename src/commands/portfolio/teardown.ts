/** `nectar teardown`: deletes the companies that the ledgers prove this tool created. */
import pLimit from "p-limit";
import type { Context, Session } from "../../app/context.ts";
import { argument, defineCommand, type InputOf, option, toggle } from "../../cli/define.ts";
import { type Confirmation, confirm } from "../../cli/input.ts";
import { countText } from "../../cli/list-view.ts";
import { ageSpec } from "../../cli/values.ts";
import { type NectarError, UsageError } from "../../errors.ts";
import { failed, NO_LONGER, type TeardownRow } from "../../onboarding/teardown.ts";
import { formatDuration } from "../../words/duration.ts";
import { deleteCompany, noteCleared } from "../companies/removal.ts";
import { companyFlag, waysToName } from "../profiles/ids.ts";
import { readEntries } from "./portfolio.ts";
import { isKeyRefused } from "./rows.ts";
import { inspectSelection, type Selection } from "./selection.ts";
import {
  doomedLines,
  failureOf,
  renderRows,
  type TeardownResult,
  teardownView,
} from "./teardown-view.ts";

/** How many companies are deleted at once: their ledgers are locked. The session limits the requests. */
const COMPANIES_AT_ONCE = 16;

const fields = {
  file: argument("[file]", {
    help: "the companies of a plan file, as YAML, JSON or CSV; - is stdin",
    read: (text) => text,
    allowed: "a path, or -",
  }),
  company: { ...companyFlag, help: `one company: ${waysToName("company")}` },
  olderThan: option("--older-than <DURATION>", {
    help: "every company that this tool created longer ago than this, such as 12h or 7d",
    ...ageSpec,
  }),
  alsoAdopted: toggle("--also-adopted", {
    help: "with <file> or --company: also what this tool did not create, as far as this machine knows",
  }),
  dryRun: toggle("--dry-run", { help: "show what would be deleted; delete nothing" }),
} as const;

type Input = InputOf<typeof fields>;

export const command = defineCommand({
  description:
    "Deletes companies with everything in them: those that the ledger on this machine proves this tool created at this target, and no others. A company that was adopted, or that holds a site or connection that this tool did not create, is left and named.\nTakes a plan file, --company or --older-than. Lists the companies and asks; without a terminal it needs --yes. Run again, it continues where it stopped.",
  fields,
  examples: {
    "nectar teardown companies.yaml --local": "what apply created from this file",
    "nectar teardown --older-than 7d --yes --json": "a nightly job, without a question",
    "nectar teardown --company acme --dry-run": "what would be deleted",
    "nectar teardown companies.yaml --also-adopted --yes": "on a CI runner that has no ledger",
  },
  unlimited: true,
  exclusive: [
    ["file", "company", "olderThan"],
    ["alsoAdopted", "olderThan"],
  ],
  check({ file, company, olderThan }) {
    if (file !== undefined || company !== undefined || olderThan !== undefined) return;
    throw new UsageError(
      "missing_input",
      "missing input: <file>, --company or --older-than, which say what to delete",
      { next: [{ words: ["nectar", "teardown", "--help"], why: "its arguments and options" }] },
    );
  },
  async run(input, context: Context): Promise<TeardownResult> {
    const { dryRun = false, alsoAdopted = false, olderThan } = input;
    const selection = await selectionOf(input, context);
    const session = await context.session();
    context.progress.start("Reading the companies");
    const rows = await inspectSelection(selection, alsoAdopted, session, context);
    const result: TeardownResult = {
      ...{ target: session.target.name, profile: session.profileName, dryRun, rows },
      ...{ profiles: [], stopped: null, again: context.words },
      none: noneText(selection, session),
    };
    if (olderThan === undefined && rows.some(({ outcome }) => outcome === "left")) {
      context.note("--also-adopted deletes what this tool did not create, too.");
    }
    if (dryRun) return result;
    await confirmDeletion(rows, input.file !== "-", session, context);
    return { ...result, ...(await deleteAll(rows, session, context)) };
  },
  view: teardownView,
  failure: failureOf,
});

async function selectionOf(input: Input, context: Context): Promise<Selection> {
  const { file, company, olderThan } = input;
  if (company !== undefined) return { kind: "company", given: company };
  if (olderThan !== undefined) return { kind: "age", olderThanMs: olderThan };
  return { kind: "file", entries: await readEntries(file ?? "", context) };
}

function noneText(selection: Selection, { target }: Session): string {
  const where = placeOf(target.name);
  return selection.kind === "age"
    ? `No company that this tool created on ${where} is older than ${formatDuration(selection.olderThanMs)}.`
    : "The file names no company.";
}

function placeOf(target: string): string {
  return target === "local" ? "the local emulator" : target;
}

/** Lists the companies and asks, if there are any to delete. */
async function confirmDeletion(
  rows: readonly TeardownRow[],
  isStdinFree: boolean,
  session: Session,
  context: Context,
): Promise<void> {
  const doomed = rows.filter(({ outcome }) => outcome === "to-delete");
  if (doomed.length === 0 || context.globals.yes) return;
  context.progress.stop();
  const { clock, streams } = context;
  const asks = isStdinFree && (await context.canAsk());
  if (asks) streams.stderr.write(`${await renderRows(rows, streams.stderr, clock.now())}\n`);
  const { target, profileName } = session;
  const sum = (name: "sites" | "connections") =>
    doomed.reduce((total, row) => total + (row[name] ?? 0), 0);
  const counts = [countText(sum("sites"), "site"), countText(sum("connections"), "connection")];
  const what = `${countText(doomed.length, "company")} with ${counts.join(" and ")} on ${placeOf(target.name)}`;
  const isTyped = asks && doomed.length > 1 && target.kind !== "local";
  const question: Confirmation = isTyped
    ? { message: `Type the profile's name to delete ${what}`, typed: profileName }
    : { message: `Delete ${what}?`, lines: doomedLines(doomed, clock.now()) };
  await confirm(question, { ...context, canAsk: async () => asks });
}

/** Deletes several companies at once. One that fails stops no other, except a key that is refused. */
async function deleteAll(
  rows: readonly TeardownRow[],
  session: Session,
  context: Context,
): Promise<Pick<TeardownResult, "rows" | "profiles" | "stopped">> {
  const { signal, progress } = context;
  const limit = pLimit(COMPANIES_AT_ONCE);
  const all = rows.filter(({ candidate }) => candidate !== null).length;
  const cleared = new Set<string>();
  let done = 0;
  let refused: NectarError | null = null;
  const deleteOne = async (row: TeardownRow): Promise<TeardownRow> => {
    if (row.candidate === null) return row;
    if (refused !== null) return failed(row, refused);
    if (signal.aborted) return { ...row, outcome: "left", reason: "the run was stopped first" };
    try {
      const { removal, profiles } = await deleteCompany(row.candidate, session, context);
      for (const name of profiles) cleared.add(name);
      return { ...row, outcome: removal, reason: removal === "gone" ? NO_LONGER : null };
    } catch (error) {
      if (isKeyRefused(error)) refused = error;
      return failed(row, error);
    } finally {
      done += 1;
      progress.update(`Deleting: ${done} of ${all} done`);
    }
  };
  progress.start(`Deleting ${countText(all, "company")}`);
  const after = await Promise.all(rows.map((row) => limit(() => deleteOne(row))));
  const profiles = [...cleared].sort();
  progress.stop();
  noteCleared(profiles, context);
  return { rows: after, profiles, stopped: signal.aborted ? signal.reason : null };
}
