/** Prints the engine's events as lines on stderr. */
import { readStatus } from "../../api/status.ts";
import type { Context } from "../../app/context.ts";
import { countText } from "../../cli/list-view.ts";
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
  return (event) => {
    showWork(event, context);
    switch (event.kind) {
      case "continued":
        if (!fresh) progress.note(continuedLine(event, context.clock.now()));
        break;
      case "company":
        progress.done(lineOf("Company", event.company.name, event.company.outcome, context));
        break;
      case "site":
        progress.done(lineOf("Site", event.site.name, event.site.outcome, context));
        break;
      case "connection": {
        const { url, status } = event.connection;
        const { label, state } = readStatus(status);
        const text = lineOf("Connection", hostOf(url), label, context);
        if (state === "connected") progress.done(text);
        else if (state === "pending") noteUnfinished(text, context);
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

/** Prints one line about the first data; none when it is not known. */
export function reportData(data: FirstData | null, context: Context): void {
  if (data === null) context.progress.stop();
  else if (data.documents === 0) {
    noteUnfinished(lineOf("Data", "none yet", "", context), context);
  } else {
    const { documents, from, to } = data;
    const months = new Set(from === null || to === null ? [] : [monthOf(from), monthOf(to)]);
    const count = countText(documents, "document");
    context.progress.done(lineOf("Data", count, [...months].join(" to "), context));
  }
}

/** One line: what an unfinished run has created, and what is left to do. */
function continuedLine(
  { since, company, sites: [found, all] }: Extract<EngineEvent, { kind: "continued" }>,
  now: number,
): string {
  const existing = [
    ...(company ? ["the company"] : []),
    ...(found > 0 ? [`${found} of ${countText(all, "site")}`] : []),
  ];
  const left = [
    ...(company ? [] : ["the company"]),
    ...(found < all ? [countText(all - found, "site")] : []),
    "the connection",
  ];
  const began = formatAge(new Date(since).toISOString(), now);
  return `Continuing the run that began ${began}: found ${existing.join(" and ") || "nothing"}; left: ${left.join(", ")}.`;
}

const SYMBOL_WIDTH = 2;

/** One line: aligned in columns if there is room, else as a sentence. */
function lineOf(what: string, name: string, outcome: string, context: Context): string {
  const [thing, came] = [printable(name, 60), printable(outcome, 60)];
  const { accessible } = context.globals;
  const room = (context.streams.stderr.columns ?? Number.POSITIVE_INFINITY) - SYMBOL_WIDTH;
  const aligned = `${what.padEnd(10)}  ${thing.padEnd(20)}  ${came}`.trimEnd();
  if (!accessible && aligned.length <= room) return aligned;
  const short = `${what} ${came}`.trimEnd();
  const sentence = `${short}: ${thing}`;
  return accessible || sentence.length <= room ? sentence : short;
}

/** Prints a line about what has neither succeeded nor failed, where those that have begin with a symbol. */
function noteUnfinished(text: string, { progress, globals }: Context): void {
  progress.note(globals.accessible ? text : `  ${text}`);
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).host : (url ?? "");
}
