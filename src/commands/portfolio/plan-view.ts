/** How `plan` shows what it found: a line for each company, and the totals. */
import type { Connection } from "../../api/resources/connection.ts";
import type { View } from "../../cli/define.ts";
import { countText, listView } from "../../cli/list-view.ts";
import { jsonOf, noun, shapeOf } from "../../cli/noun.ts";
import { listOf, mapOf, objectOf, orNull, text, whole, wordOf } from "../../cli/shape.ts";
import {
  type ExitName,
  exitCode,
  mostSerious,
  type NectarError,
  PartialError,
} from "../../errors.ts";
import { errorJson, errorLine, firstLines, rowError, tally } from "./rows.ts";

export interface PlanRow {
  readonly key: string;
  readonly line: number;
  readonly name: string;
  /** `waiting`: an earlier create may still appear until `waitUntil`; `apply` looks for it first. */
  readonly state: "existing" | "create" | "waiting" | "ambiguous" | "failed";
  readonly create: Objects;
  readonly companyId: string | null;
  readonly siteIds: readonly string[];
  readonly connection: Pick<Connection, "id" | "state" | "status"> | null;
  readonly waitUntil: string | null;
  readonly error: NectarError | null;
  readonly exit: ExitName;
}

interface Objects {
  readonly companies: number;
  readonly sites: number;
  readonly connections: number;
}

export interface PlanValue {
  readonly profile: string | null;
  readonly target: string | null;
  readonly rows: readonly PlanRow[];
  readonly failure: NectarError | null;
}

const count = { anyOf: [whole, mapOf(whole)] };

const planRows = noun<PlanRow>()({
  fields: {
    key: { header: "KEY", shape: text, shrink: true },
    line: { header: "LINE", shape: whole, align: "right" },
    name: { header: "COMPANY", shape: text, shrink: true },
    state: {
      header: "STATE",
      shape: wordOf(["existing", "create", "waiting", "ambiguous", "failed"]),
      paint(text, { state }, { dim, yellow, red }) {
        if (state === "existing") return dim(text);
        return state === "create" || state === "waiting" ? yellow(text) : red(text);
      },
    },
    create: { shape: objectOf({ companies: whole, sites: whole, connections: whole }) },
    plan: { header: "PLAN", value: planText, shrink: true },
    companyId: {},
    siteIds: { shape: listOf(text) },
    connection: { shape: orNull(objectOf({ id: text, state: text, status: orNull(text) })) },
    connectionId: { value: ({ connection }) => connection?.id },
    status: { value: ({ connection }) => connection?.status },
    waitUntil: {},
    error: { value: ({ error }) => errorJson(error), shape: rowError },
    exit: { value: ({ exit }) => exitCode(exit), shape: whole },
  },
  json: [
    ...(["key", "line", "name", "state", "create", "companyId", "siteIds"] as const),
    ...(["connection", "waitUntil", "error", "exit"] as const),
  ],
  table: ["key", "name", "state", "plan"],
  tsv: ["key", "name", "state", "plan", "companyId", "siteIds", "connectionId", "status", "exit"],
});

// The JSON is not the list alone, so there is no --fields.
const { choose: _, ...table } = listView({
  noun: planRows,
  rows: ({ rows }: PlanValue) => rows,
  id: ({ companyId }) => companyId ?? "",
  none: () => "No companies.",
  footer: ({ rows }) => totalLine(rows),
});

export const planView: View<PlanValue> = {
  ...table,
  footer: (value) => (value.failure === null ? (table.footer?.(value) ?? null) : null),
  ids: ({ rows }) => rows.flatMap(({ companyId }) => companyId ?? []),
  json: ({ profile, target, rows }) => ({
    ...{ profile, target, counts: countsOf(rows) },
    companies: rows.map((row) => jsonOf(planRows, row)),
  }),
  shape: objectOf({
    ...{ profile: orNull(text), target: orNull(text), counts: mapOf(count) },
    companies: listOf(shapeOf(planRows)),
  }),
};

function planText({ state, create, connection, waitUntil, error }: PlanRow): string {
  if (error !== null) return errorLine(error);
  if (state === "existing") return connection?.status ?? "";
  const missing = objectsText(create);
  return waitUntil === null ? missing : `until ${waitUntil}: ${missing || "nothing else"}`;
}

function objectsText({ companies, sites, connections }: Objects): string {
  const counts = Object.entries({ company: companies, site: sites, connection: connections });
  return counts.flatMap(([what, n]) => (n === 0 ? [] : [countText(n, what)])).join(", ");
}

function countsOf(rows: readonly PlanRow[]) {
  const of = (state: PlanRow["state"]) => rows.filter((row) => row.state === state).length;
  const sum = (kind: keyof Objects) => rows.reduce((total, { create }) => total + create[kind], 0);
  return {
    ...{ total: rows.length, existing: of("existing"), create: of("create") },
    ...{ waiting: of("waiting"), ambiguous: of("ambiguous"), failed: of("failed") },
    objects: { companies: sum("companies"), sites: sum("sites"), connections: sum("connections") },
  };
}

/** One line, such as `12 companies: 8 existing, 4 to create (4 companies, 8 sites, 4 connections)`. */
export function totalLine(rows: readonly PlanRow[]): string {
  const { total, existing, create, waiting, ambiguous, failed, objects } = countsOf(rows);
  const missing = objectsText(objects);
  const others = tally([
    [create, "to create"],
    [waiting, "waiting for an earlier create"],
    [ambiguous, "ambiguous"],
    [failed, "failed"],
  ]);
  const states = others === "" ? "" : `, ${others}`;
  const objectsPart = missing === "" ? "" : `; to create: ${missing}`;
  return `${countText(total, "company")}: ${existing} existing${states}${objectsPart}`;
}

export function failureOf(
  rows: readonly PlanRow[],
  exits: readonly ExitName[],
  again: readonly string[],
): NectarError | null {
  const exit = mostSerious(exits);
  if (exit === "done") return null;
  if (exit !== "pending") {
    const errors = rows.flatMap(({ error }) => error ?? []);
    const lines = rows.flatMap(({ name, line, error }) =>
      error === null ? [] : [`${name}, line ${line}: ${errorLine(error)}`],
    );
    const [first] = errors;
    return new PartialError(exit, totalLine(rows), {
      lines: firstLines(lines),
      hint: first?.hint ?? undefined,
      next: [...(first?.next ?? []), { words: again, why: "look again" }],
      retryable: errors.some(({ retryable }) => retryable),
    });
  }
  const hint =
    "Nothing failed: with --check the exit status is 8 while something is left to create.";
  const next = [{ words: applying(again), why: "create what is missing" }];
  return new PartialError(exit, totalLine(rows), { hint, next }, "changes_left");
}

/** The words of the `apply` that does what a `plan` shows. */
function applying(words: readonly string[]): readonly string[] {
  // The file is the last word, whatever its name.
  const isCheck = (word: string, at: number) => word === "--check" && at < words.length - 1;
  return words.filter((word, at) => !isCheck(word, at)).with(1, "apply");
}
