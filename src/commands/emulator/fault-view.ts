/** How faults of the local emulator are shown. */
import type { View } from "../../cli/define.ts";
import { noun, recordOf } from "../../cli/noun.ts";
import { formatDuration } from "../../cli/values.ts";
import { listView, recordView } from "../../cli/view.ts";
import type { SetFault } from "../../emulator/faults/faults.ts";

/** What `nectar emulator fault` did. */
export type FaultOutcome =
  | { readonly kind: "added"; readonly fault: SetFault }
  | { readonly kind: "list"; readonly faults: readonly SetFault[] }
  | { readonly kind: "cleared"; readonly count: number };

const faults = noun<SetFault>()({
  fields: {
    requests: { label: "Requests", header: "REQUESTS", value: requestsOf, shrink: true },
    effect: { label: "Fault", header: "FAULT", value: outcomeOf, shrink: true },
    skip: { label: "Skip", value: ({ skip }) => skip ?? 0 },
    fired: { header: "MET", align: "right" },
    left: { header: "LEFT", value: leftOf, align: "right" },
    times: { label: "Times", value: leftOf },
    id: { label: "ID", header: "ID" },
  },
  json: [],
  table: ["requests", "effect", "fired", "left", "id"],
});

const list = listView({
  noun: faults,
  rows: (set: readonly SetFault[]) => set,
  id: ({ id }) => id,
  json: (fault) => fault,
  none: () => "No faults are set.",
});

const added = recordView<SetFault>({
  fields: (fault) => recordOf(faults, fault),
  ids: ({ id }) => [id],
  json: (fault) => fault,
});

const cleared = recordView<number>({
  fields: (count) => [["Faults removed", String(count)]],
  ids: () => [],
  json: (count) => ({ removed: count }),
});

export const faultView: View<FaultOutcome> = {
  human: (outcome, screen, now, commandLine) =>
    show(outcome, (view, value) => view.human(value, screen, now, commandLine)),
  plain: (outcome) => show(outcome, (view, value) => view.plain(value)),
  ids: (outcome) => show(outcome, (view, value) => view.ids(value)),
  json: (outcome, commandLine) => show(outcome, (view, value) => view.json(value, commandLine)),
  none: (outcome, commandLine) =>
    show(outcome, (view, value) => view.none?.(value, commandLine) ?? null),
  footer: (outcome, commandLine) =>
    show(outcome, (view, value) => view.footer?.(value, commandLine) ?? null),
};

function show<Shown>(
  outcome: FaultOutcome,
  use: <Value>(view: View<Value>, value: Value) => Shown,
): Shown {
  if (outcome.kind === "added") return use(added, outcome.fault);
  return outcome.kind === "list" ? use(list, outcome.faults) : use(cleared, outcome.count);
}

function requestsOf({ route, method = "*", path = "**" }: SetFault): string {
  return route ?? `${method} ${path}`;
}

function leftOf({ remaining }: SetFault): string {
  return remaining === null ? "forever" : String(remaining);
}

/** What happens to a request that gets it, in words. */
function outcomeOf(fault: SetFault): string {
  const { lagMs, omit } = fault;
  return [
    effectOf(fault),
    lagMs === undefined ? "" : `lists of ${durationOf(lagMs)} ago`,
    omit === undefined ? "" : `without ${omit.join(", ")}`,
  ]
    .filter((words) => words !== "")
    .join("; ");
}

function effectOf(fault: SetFault): string {
  const { status, headers, delayMs, commitAfterMs, cut, truncate, slowBody, redirect, hang } =
    fault;
  const before = fault.when === "before" ? " before acting" : "";
  if (status !== undefined) {
    const more = Object.entries(headers ?? {}).map(([name, value]) => `, ${name}: ${value}`);
    return `status ${status}${fault.after === "commit" ? " after the commit" : ""}${more.join("")}`;
  }
  if (delayMs !== undefined) return `delay of ${durationOf(delayMs)}`;
  if (commitAfterMs !== undefined) return `commit after ${durationOf(commitAfterMs)}`;
  if (cut !== undefined) return `cut ${momentOf(cut)}`;
  if (truncate !== undefined) return `cut after ${truncate} bytes of the body`;
  if (slowBody !== undefined) return `body at ${slowBody.bytesPerSecond} bytes a second`;
  if (fault.endless) return `endless body${before}`;
  if (fault.html) return `HTML page${before}`;
  if (fault.malformed) return `malformed JSON${before}`;
  if (redirect !== undefined) return `redirect to ${redirect}`;
  return hang === undefined ? "" : `no answer ${momentOf(hang)}`;
}

function momentOf(moment: "before" | "after"): string {
  return moment === "before" ? "before acting" : "after the commit";
}

/** Whole seconds and longer in words, anything between in milliseconds. */
function durationOf(ms: number): string {
  return ms % 1000 === 0 ? formatDuration(ms) : `${ms} ms`;
}
