/** Prints the engine's events as lines on stderr. */
import { readStatus } from "../../api/status.ts";
import type { Context } from "../../app/context.ts";
import type { FirstData } from "../../onboarding/first-data.ts";
import type { EngineEvent } from "../../onboarding/ports.ts";
import { formatAge } from "../../terminal/age.ts";
import { printable } from "../../terminal/sanitize.ts";
import { monthOf } from "../usage/months.ts";

const WORKING = {
  company: "Looking for the company",
  sites: "Checking the sites",
  connection: "Creating the connection",
  status: "Waiting for the status; it is pending",
} as const;

/**
 * Returns a listener that prints a line for each object.
 *
 * @param fresh whether to leave out the note about an unfinished run
 */
export function reportTo(context: Context, fresh: boolean): (event: EngineEvent) => void {
  const { progress } = context;
  const { accessible } = context.globals;
  const line = (what: string, name: string, outcome: string) =>
    accessible
      ? sentenceOf(what, printable(name, 60), printable(outcome, 60))
      : lineOf(what, printable(name, 60), printable(outcome, 60), context.streams.stderr.columns);
  return (event) => {
    showWork(event, context);
    switch (event.kind) {
      case "continued":
        if (!fresh) progress.note(continuedLine(event, context.clock.now()));
        break;
      case "company":
        progress.done(line("Company", event.company.name, event.company.outcome));
        break;
      case "site":
        progress.done(line("Site", event.site.name, event.site.outcome));
        break;
      case "connection": {
        const { connection } = event;
        const { label, state } = readStatus(connection.status);
        const text = line("Connection", hostOf(connection.url), label);
        if (state === "connected") progress.done(text);
        else if (state === "pending") progress.note(accessible ? text : `  ${text}`);
        else progress.fail(text);
      }
    }
  };
}

/** Shows what a run is doing now, and nothing of what it has done. */
export function showWork(event: EngineEvent, { progress, clock }: Context): void {
  if (event.kind === "working") progress.start(WORKING[event.on]);
  if (event.kind !== "looking") return;
  const seconds = Math.max(0, Math.ceil((event.until - clock.now()) / 1000));
  progress.start(
    `The response was lost; checking for up to ${seconds} s whether the ${event.on} exists`,
  );
}

const SYMBOL_WIDTH = 2;

/** Prints one line about the first data; none when it is not known. */
export function reportData(data: FirstData | null, { progress, streams, globals }: Context): void {
  if (data === null) {
    progress.stop();
    return;
  }
  const label = "Data".padEnd(10);
  const { documents, from, to } = data;
  const count = documents === 1 ? "1 document" : `${documents} documents`;
  const isKnown = from !== null && to !== null;
  const [first, last] = [printable(monthOf(from ?? ""), 10), printable(monthOf(to ?? ""), 10)];
  const span = first === last ? first : `${first} to ${last}`;
  const sentence =
    documents === 0 ? "Data: none yet" : `Data: ${count}${isKnown ? `, ${span}` : ""}`;
  const aligned = isKnown ? `${label}  ${count.padEnd(20)}  ${span}` : `${label}  ${count}`;
  const room = streams.stderr.columns ?? Number.POSITIVE_INFINITY;
  const isNarrow = aligned.length + SYMBOL_WIDTH > room;
  if (globals.accessible || isNarrow) progress.done(sentence);
  else if (documents === 0) progress.note(`  ${label}  none yet`);
  else progress.done(aligned);
}

/** One line: what an unfinished run has created, and what is left to do. */
function continuedLine(
  { since, company, sites: [found, all] }: Extract<EngineEvent, { kind: "continued" }>,
  now: number,
): string {
  const sites = (count: number) => `${count} ${count === 1 ? "site" : "sites"}`;
  const existing = [
    ...(company ? ["the company"] : []),
    ...(found > 0 ? [`${found} of ${sites(all)}`] : []),
  ];
  const left = [
    ...(company ? [] : ["the company"]),
    ...(found < all ? [sites(all - found)] : []),
    "the connection",
  ];
  const began = formatAge(new Date(since).toISOString(), now);
  return `Continuing the run that began ${began}: found ${existing.join(" and ") || "nothing"}; left: ${left.join(", ")}.`;
}

/** Aligned in columns if there is room, else as a sentence. */
function lineOf(what: string, name: string, outcome: string, columns: number | null): string {
  const aligned = `${what.padEnd(10)}  ${name.padEnd(20)}  ${outcome}`;
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - SYMBOL_WIDTH;
  const sentence = sentenceOf(what, name, outcome);
  if (aligned.length <= room) return aligned;
  return sentence.length <= room ? sentence : `${what} ${outcome}`;
}

function sentenceOf(what: string, name: string, outcome: string): string {
  return `${what} ${outcome}: ${name}`;
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).host : (url ?? "");
}
