/** The end of `apply`: how many companies became what, which need attention, and the command to go on with. */
import { readStatus } from "../../api/status.ts";
import {
  type ExitName,
  InterruptedError,
  mostSerious,
  type NectarError,
  NetworkError,
  type NextCommand,
  PartialError,
} from "../../errors.ts";
import { firstLines, messageOf, outcomeOf, type Row, tally } from "./rows.ts";

export type Counts = ReturnType<typeof countRows>;

/** @param total how many companies this run takes */
export function countRows(rows: readonly Row[], total: number) {
  const of = (kind: Row["kind"]) => rows.filter((row) => row.kind === kind);
  const connected = of("connected");
  const created = connected.filter((row) => outcomeOf(row) === "created").length;
  return {
    total,
    connected: connected.length,
    /** Connected companies of which this run created something. */
    created,
    existing: connected.length - created,
    pending: of("pending").length,
    needsAction: of("needs-action").length,
    unavailable: of("unavailable").length,
    inactive: of("inactive").length,
    unknown: of("unknown").length,
    failed: of("failed").length,
    stopped: of("stopped").length,
    notStarted: total - rows.length,
  };
}

/** One line, such as `998 connected (640 new, 358 existing), 1 needs action, 1 failed`. */
export function countLine(counts: Counts): string {
  const { connected, created, existing } = counts;
  const outcomes = connected === 0 ? "" : ` (${created} new, ${existing} existing)`;
  const others = tally([
    [counts.pending, "pending"],
    [counts.needsAction, counts.needsAction === 1 ? "needs action" : "need action"],
    [counts.unavailable, "unavailable"],
    [counts.inactive, "inactive"],
    [counts.unknown, "with an unknown status"],
    [counts.failed, "failed"],
    [counts.stopped, "stopped"],
    [counts.notStarted, "not started"],
  ]);
  return [`${connected} connected${outcomes}`, ...(others === "" ? [] : [others])].join(", ");
}

/**
 * The error of a run; null if nothing failed.
 *
 * @param stoppedBy why the run began no more companies: the user, the deadline, or null
 * @param again the words of the command that goes on
 */
export function failureOf(
  rows: readonly Row[],
  counts: Counts,
  stoppedBy: unknown,
  again: readonly string[],
): NectarError | null {
  const bad = rows.filter(({ exit }) => exit !== "done");
  const failed = bad.filter(({ kind }) => kind !== "stopped");
  const lines = firstLines(failed.map(lineOf));
  const remedies = failed.map(({ remedy, error }) => (remedy ? [remedy] : (error?.next ?? [])));
  // A status does not become healthy because the same command is run again, nor two candidates one.
  const isRepeatable = bad.some(({ error, kind }) => error?.retryable || kind === "stopped");
  const retryable = isRepeatable || counts.notStarted > 0;
  const next = [...(remedies.find((some) => some.length > 0) ?? []), repeatOf(again)];
  const message = countLine(counts);
  if (stoppedBy instanceof InterruptedError) {
    return stoppedBy.with({ lines: [message, ...lines], next });
  }
  const isCut = counts.notStarted > 0 && stoppedBy instanceof NetworkError;
  const exits: ExitName[] = bad.map(({ exit }) => exit);
  const exit = mostSerious(isCut ? [...exits, stoppedBy.exit] : exits);
  if (exit === "done") return null;
  const hint = isCut ? (stoppedBy.hint ?? undefined) : undefined;
  return new PartialError(exit, message, { lines, hint, next, retryable });
}

/** The error of a run that could not read what exists: the one failure of all its companies. */
export function unreadFailure(
  error: NectarError,
  counts: Counts,
  again: readonly string[],
): NectarError {
  const lines = [...error.lines, countLine(counts)];
  return error.with({ lines, next: [...error.next, repeatOf(again)] });
}

function repeatOf(words: readonly string[]): NextCommand {
  return { words, why: "continue: nothing is created twice" };
}

/** One line for a company that needs attention. */
function lineOf(row: Row): string {
  const name = row.name === row.key ? row.name : `${row.name} (${row.key})`;
  return `${name}, line ${row.line}: ${messageOf(row)}${moreOf(row)}`;
}

/** What a status means and what the API said of it; until when a create is open. */
function moreOf({ error, connection }: Row): string {
  if (error !== null) return error.code === "fate_open" && error.hint ? `. ${error.hint}` : "";
  if (connection === null) return "";
  const { meaning } = readStatus(connection.status);
  return [`: ${meaning}`, ...(connection.statusDetail ? [connection.statusDetail] : [])].join(" ");
}
