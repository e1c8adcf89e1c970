/** Views that most commands share: a list of rows, and one record. */
import type { Screen } from "../terminal/streams.ts";
import type { Column } from "../terminal/table.ts";
import type { CommandLine } from "./context.ts";
import type { View } from "./define.ts";

/**
 * A list: a table on a terminal, tab-separated in a pipe, an array as JSON, IDs when quiet.
 *
 * @param spec.columns by the present time, in milliseconds since the epoch
 */
export function listView<Value, Row>(spec: {
  readonly rows: (value: Value) => readonly Row[];
  readonly columns: (now: number, value: Value) => readonly Column<Row>[];
  readonly id: (row: Row) => string;
  readonly json: (row: Row) => unknown;
  /** Said when there is nothing to show. */
  readonly none: (value: Value, commandLine: CommandLine) => string | Promise<string>;
  readonly footer?: (value: Value) => string;
}): View<Value> {
  return {
    async human(value, screen, now) {
      const rows = spec.rows(value);
      if (rows.length === 0) return "";
      const { renderTable } = await import("../terminal/table.ts");
      return renderTable(rows, spec.columns(now, value), screen);
    },
    async plain(value) {
      const { renderTsv } = await import("../terminal/table.ts");
      return renderTsv(spec.rows(value), spec.columns(0, value));
    },
    ids: (value) => spec.rows(value).map(spec.id),
    json: (value) => spec.rows(value).map(spec.json),
    none: (value, commandLine) =>
      spec.rows(value).length === 0 ? spec.none(value, commandLine) : null,
    footer: (value) => (spec.rows(value).length === 0 ? null : (spec.footer?.(value) ?? null)),
  };
}

/** `1 site`, `5 sites`; `The first 5 sites` where a limit left others out. */
export function countText(count: number, what: string, isCut = false): string {
  const things = count === 1 ? what : `${what}s`;
  if (!isCut) return `${count} ${things}`;
  return count === 1 ? `The first ${things}` : `The first ${count} ${things}`;
}

/** Where a record is shown: to a person, who sees an error beside it, or to a program. */
export type Place = "terminal" | "pipe";

/** One record: aligned `Label  value` lines on a terminal, `label<TAB>value` in a pipe. */
export function recordView<Value>(spec: {
  readonly fields: (
    value: Value,
    place: Place,
  ) => readonly (readonly [label: string, value: string])[];
  readonly ids: (value: Value) => readonly string[];
  readonly json: (value: Value) => unknown;
  /** Lines under the record, on a terminal. */
  readonly more?: (value: Value, screen: Screen, commandLine: CommandLine) => string | null;
}): View<Value> {
  return {
    async human(value, screen, _now, commandLine) {
      const { renderFields } = await import("../terminal/table.ts");
      const record = await renderFields(spec.fields(value, "terminal"), screen);
      const more = spec.more?.(value, screen, commandLine) ?? null;
      return more === null ? record : `${record.trimEnd()}\n\n${more}`;
    },
    async plain(value) {
      const { renderFieldsTsv } = await import("../terminal/table.ts");
      return renderFieldsTsv(spec.fields(value, "pipe"));
    },
    ids: spec.ids,
    json: spec.json,
  };
}
