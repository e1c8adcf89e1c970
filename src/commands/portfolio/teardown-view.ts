/** How the result of a teardown is shown: a row for each company, and one for each thing that is left in it. */

import type { View } from "../../cli/define.ts";
import { jsonOf, noun, shapeOf, tableColumns, tsvColumns } from "../../cli/noun.ts";
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
import { NectarError } from "../../errors.ts";
import type { TeardownOutcome, TeardownRow } from "../../onboarding/teardown.ts";
import type { Screen } from "../../terminal/streams.ts";

export interface TeardownResult {
  readonly target: string;
  readonly profile: string;
  readonly dryRun: boolean;
  readonly rows: readonly TeardownRow[];
  /** The profiles that pointed at a deleted company, and no longer do. */
  readonly profiles: readonly string[];
  /** What ended the run early, if anything did. */
  readonly stopped: unknown;
  /** Printed where there is no row. */
  readonly none: string;
}

interface Line {
  readonly kind: "company" | "site" | "connection";
  readonly outcome: TeardownOutcome;
  readonly id: string | null;
  readonly name: string;
  readonly externalId: string | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly sites: number | null;
  readonly connections: number | null;
  readonly reason: string | null;
}

const lines = noun<Line>()({
  fields: {
    outcome: {
      header: "OUTCOME",
      shape: text,
      text: ({ outcome }) => outcome.replace("-", " "),
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
  tsv: ["outcome", "kind", "name", "createdAt", "sites", "connections", "id", "reason"],
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
        reason: `created by this tool in "${row.name}"`,
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

const OUTCOMES = ["to-delete", "deleted", "gone", "left", "failed"] as const;

const countsOf = (rows: readonly TeardownRow[]) =>
  OUTCOMES.map(
    (outcome) => [outcome, rows.filter((row) => row.outcome === outcome).length] as const,
  );

const companyShape: Shape = {
  ...shapeOf(lines),
  properties: {
    ...shapeOf(lines).properties,
    remains: listOf(objectOf({ kind: text, id: text, name: text })),
    error: orNull(objectOf({ code: text, message: text })),
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
    ...{ profile, target, dryRun },
    companies: rows.map((row) => ({
      ...jsonOf(lines, companyLine(row)),
      remains: row.remains.map(({ kind, id, name }) => ({ kind, id, name })),
      error:
        row.error === null
          ? null
          : {
              code: row.error instanceof NectarError ? row.error.code : "unexpected",
              message: row.error.message,
            },
    })),
    totals: Object.fromEntries(countsOf(rows)),
    profiles,
  }),
  shape: objectOf({
    ...{ profile: text, target: text, dryRun: yesNo },
    companies: listOf(companyShape),
    ...{ totals: mapOf(whole), profiles: listOf(text) },
  }),
  none: ({ rows, none }) => (rows.length === 0 ? none : null),
  footer: ({ rows }) => {
    const counts = countsOf(rows).filter(([, count]) => count > 0);
    const text = counts.map(([outcome, count]) => `${count} ${outcome.replace("-", " ")}`);
    return text.length === 0 ? null : `${text.join(", ")}.`;
  },
};
