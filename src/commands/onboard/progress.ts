/** The engine's events as lines on stderr. */
import { readStatus } from "../../api/status.ts";
import type { EngineEvent } from "../../onboarding/engine.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Context } from "../context.ts";

const WORKING = {
  company: "Looking for the company",
  sites: "Looking after the sites",
  connection: "Opening the connection",
  status: "Waiting for the status; it is pending",
} as const;

/** A listener that draws a line for each thing that is there. */
export function reportTo(context: Context): (event: EngineEvent) => void {
  const { progress } = context;
  const line = (what: string, name: string, outcome: string) =>
    lineOf(what, printable(name, 60), printable(outcome, 60), context.streams.stderr.columns);
  return (event) => {
    switch (event.kind) {
      case "working":
        progress.start(WORKING[event.on]);
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
        else if (state === "pending") progress.note(`  ${text}`);
        else progress.fail(text);
      }
    }
  };
}

const SYMBOL_WIDTH = 2;

/** In columns where there is room for them, else as a sentence. */
function lineOf(what: string, name: string, outcome: string, columns: number | null): string {
  const aligned = `${what.padEnd(10)}  ${name.padEnd(20)}  ${outcome}`;
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - SYMBOL_WIDTH;
  const sentence = `${what} ${outcome}: ${name}`;
  if (aligned.length <= room) return aligned;
  return sentence.length <= room ? sentence : `${what} ${outcome}`;
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).host : (url ?? "");
}
