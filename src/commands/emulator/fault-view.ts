/** Views of the faults of the local emulator. */
import type { View } from "../../cli/define.ts";
import { listView } from "../../cli/list-view.ts";
import { noun, recordOf } from "../../cli/noun.ts";
import { anything, listOf, objectOf, orNull, text, whole } from "../../cli/shape.ts";
import { recordView, resultView } from "../../cli/view.ts";
import { FAULT_ENTRIES, faultWords, type SetFault } from "../../emulator/emulator.ts";

/** The result of `nectar emulator fault`. */
export type FaultOutcome =
  | { readonly kind: "added"; readonly fault: SetFault }
  | { readonly kind: "list"; readonly faults: readonly SetFault[] }
  | { readonly kind: "cleared"; readonly removed: number };

const faults = noun<SetFault>()({
  fields: {
    requests: {
      label: "Requests",
      header: "REQUESTS",
      value: ({ route, method = "*", path = "**" }) => route ?? `${method} ${path}`,
      shrink: true,
    },
    effect: { label: "Fault", header: "FAULT", value: faultWords, shrink: true },
    skip: { label: "Skip", value: ({ skip }) => skip ?? 0 },
    fired: { header: "MET", align: "right" },
    left: { header: "LEFT", value: leftOf, align: "right" },
    times: { label: "Times", value: leftOf },
    id: { label: "ID", header: "ID" },
  },
  json: [],
  table: ["requests", "effect", "fired", "left", "id"],
});

const fault = objectOf(
  { id: text, skipped: whole, fired: whole, remaining: orNull(whole) },
  Object.fromEntries(FAULT_ENTRIES.map(([name]) => [name, anything])),
);

const list: View<readonly SetFault[]> = {
  ...listView({
    noun: faults,
    rows: (set: readonly SetFault[]) => set,
    id: ({ id }) => id,
    none: () => "No faults are set.",
  }),
  json: (set) => set,
  shape: listOf(fault),
};

const added = recordView<SetFault>({
  fields: (fault) => recordOf(faults, fault),
  ids: ({ id }) => [id],
  json: (set) => set,
  shape: fault,
});

const cleared: View<{ readonly removed: number }> = resultView(
  { removed: { label: "Faults removed", shape: whole } },
  null,
);

export const faultView: View<FaultOutcome> = {
  human: (outcome, screen, now, commandLine) =>
    show(outcome, (view, value) => view.human(value, screen, now, commandLine)),
  plain: (outcome, commandLine) => show(outcome, (view, value) => view.plain(value, commandLine)),
  ids: (outcome) => show(outcome, (view, value) => view.ids?.(value) ?? []),
  json: (outcome, commandLine) => show(outcome, (view, value) => view.json(value, commandLine)),
  shape: { anyOf: [list, added, cleared].flatMap(({ shape }) => shape ?? []) },
  none: (outcome, commandLine) =>
    show(outcome, (view, value) => view.none?.(value, commandLine) ?? null),
};

function show<Shown>(
  outcome: FaultOutcome,
  use: <Value>(view: View<Value>, value: Value) => Shown,
): Shown {
  if (outcome.kind === "added") return use(added, outcome.fault);
  return outcome.kind === "list" ? use(list, outcome.faults) : use(cleared, outcome);
}

function leftOf({ remaining }: SetFault): string {
  return remaining === null ? "forever" : String(remaining);
}
