/** How the result of a teardown is shown: a row for each company, and one for each thing that is left in it. */

import type { View } from "../../cli/define.ts";
import { countText } from "../../cli/list-view.ts";
import { jsonOf, noun, shapeOf, tableColumns, tsvColumns } from "../../cli/noun.ts";
import { nectarError } from "../../cli/run.ts";
import {
  listOf,
  mapOf,
  objectOf,
  orNull,
  type Shape,
  text,
  whole,
  yesNo,
} from "../../cli/shape.ts";
import { mostSerious, NectarError, PartialError } from "../../errors.ts";
import type { TeardownOutcome, TeardownRow } from "../../onboarding/teardown.ts";
import { formatAge } from "../../terminal/age.ts";
import type { Screen } from "../../terminal/streams.ts";
import { errorJson, firstLines, rowError, tally } from "./rows.ts";

export interface TeardownResult {
  readonly target: string;
  readonly profile: string;
  readonly dryRun: boolean;
  readonly rows: readonly TeardownRow[];
  /** The profiles that pointed at a deleted company, and no longer do. */
  readonly profiles: readonly string[];
  /** What ended the run early, if anything did. */
  readonly stopped: unknown;
  /** The words of the command that continues. */
  readonly again: readonly string[];
  /** Printed where there is no row. */
  readonly none: string;
}

interface Line extends Omit<TeardownRow, "createdAt" | "remains" | "candidate" | "error"> {
  readonly kind: "company" | "site" | "connection";
  readonly createdAt: string | null;
}

const WORDS: Readonly<Record<TeardownOutcome, string>> = {
  ...{ "to-delete": "to delete", deleted: "deleted", gone: "not there" },
  ...{ left: "left", failed: "failed" },
};

const lines = noun<Line>()({
  fields: {
    outcome: {
      header: "OUTCOME",
      shape: text,
      text: ({ outcome }) => WORDS[outcome],
      paint: (text, { outcome }, palette) =>
        outcome === "failed" ? palette.red(text) : outcome === "left" ? palette.yellow(text) : text,
    },
    kind: { header: "WHAT" },
    name: { header: "NAME", shape: text, shrink: true },
    id: { header: "ID" },
    externalId: {},
    createdAt: { header: "CREATED", age: true },
    sites: { header: "SITES", shape: orNull(whole), align: "right" },
    connections: { header: "CONNECTIONS", shape: orNull(whole), align: "right" },
    reason: { header: "WHY", shrink: true, sparse: true },
  },
  json: ["id", "name", "externalId", "createdAt", "sites", "connections", "outcome", "reason"],
  table: ["outcome", "kind", "name", "createdAt", "sites", "connections", "id", "reason"],
});

function companyLine(row: TeardownRow): Line {
  const { id, name, externalId, createdAt, sites, connections, outcome, reason } = row;
  return {
    ...{ kind: "company", outcome, id, name, externalId, sites, connections, reason },
    createdAt: createdAt === null ? null : new Date(createdAt).toISOString(),
  };
}

function linesOf(rows: readonly TeardownRow[]): readonly Line[] {
  return rows.flatMap((row) => [
    companyLine(row),
    ...row.remains.map(
      ({ kind, id, name, at }): Line => ({
        ...{ kind, outcome: "left", id, name, externalId: null, sites: null, connections: null },
        createdAt: new Date(at).toISOString(),
        reason: `in "${row.name}"`,
      }),
    ),
  ]);
}

/**
 * The rows as a table.
 *
 * @param now milliseconds since the epoch
 */
export async function renderRows(
  rows: readonly TeardownRow[],
  screen: Screen,
  now: number,
): Promise<string> {
  const { renderTable } = await import("../../terminal/table.ts");
  const shown = linesOf(rows);
  return renderTable(shown, tableColumns(lines, shown, now), screen);
}

/** The companies to delete, a line each. @param now milliseconds since the epoch */
export function doomedLines(rows: readonly TeardownRow[], now: number): readonly string[] {
  return firstLines(
    rows.map(({ name, id, createdAt, sites, connections }) =>
      [
        ...[name, id],
        createdAt === null ? "" : `created ${formatAge(new Date(createdAt).toISOString(), now)}`,
        ...(sites === null ? [] : [countText(sites, "site")]),
        ...(connections === null ? [] : [countText(connections, "connection")]),
      ]
        .filter(Boolean)
        .join(", "),
    ),
  );
}

function countRows(rows: readonly TeardownRow[]) {
  const of = (outcome: TeardownOutcome) => rows.filter((row) => row.outcome === outcome).length;
  return {
    total: rows.length,
    ...{ toDelete: of("to-delete"), deleted: of("deleted"), gone: of("gone") },
    ...{ left: of("left"), failed: of("failed") },
  };
}

/** One line, such as `12 deleted, 1 left`. */
function countLine(rows: readonly TeardownRow[]): string {
  return tally(
    Object.entries(WORDS).map(([outcome, what]) => [
      rows.filter((row) => row.outcome === outcome).length,
      what,
    ]),
  );
}

/** The error after the rows: what ended the run early, the failure of the only company, or one for all that failed. */
export function failureOf({ rows, stopped, again }: TeardownResult): NectarError | null {
  const next = [{ words: again, why: "continue: what is deleted is not deleted again" }];
  if (stopped instanceof NectarError) return stopped.with({ lines: [countLine(rows)], next });
  const failures = rows.flatMap(({ name, error }) =>
    error === null ? [] : [{ name, error: nectarError(error) }],
  );
  const [first] = failures;
  if (first === undefined) return null;
  if (rows.length === 1) return first.error;
  const exits = failures.map(({ error }) => error.exit);
  const lines = firstLines(failures.map(({ name, error }) => `${name}: ${error.message}`));
  return new PartialError(mostSerious(exits), countLine(rows), { lines, next });
}

const companyShape: Shape = {
  ...shapeOf(lines),
  properties: {
    ...shapeOf(lines).properties,
    remains: listOf(objectOf({ kind: text, id: text, name: text })),
    error: rowError,
  },
};

export const teardownView: View<TeardownResult> = {
  human: ({ rows }, screen, now) => renderRows(rows, screen, now),
  async plain({ rows }) {
    const { renderTsv } = await import("../../terminal/table.ts");
    return renderTsv(linesOf(rows), tsvColumns(lines));
  },
  ids: ({ rows }) =>
    rows.flatMap(({ outcome, id }) =>
      id !== null && (outcome === "deleted" || outcome === "to-delete") ? [id] : [],
    ),
  json: ({ target, profile, dryRun, rows, profiles }) => ({
    ...{ profile, target, dryRun, counts: countRows(rows) },
    companies: rows.map((row) => ({
      ...jsonOf(lines, companyLine(row)),
      remains: row.remains.map(({ kind, id, name }) => ({ kind, id, name })),
      error: errorJson(row.error === null ? null : nectarError(row.error)),
    })),
    profiles,
  }),
  shape: objectOf({
    ...{ profile: text, target: text, dryRun: yesNo, counts: mapOf(whole) },
    ...{ companies: listOf(companyShape), profiles: listOf(text) },
  }),
  none: ({ rows, none }) => (rows.length === 0 ? none : null),
  footer: ({ rows }) => (rows.length === 0 ? null : `${countLine(rows)}.`),
};
