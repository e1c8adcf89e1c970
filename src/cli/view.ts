/** Views shared by most commands: a list of rows, one record, CSV, and the line for an empty list. */
import { UsageError } from "../errors.ts";
import { jsonText } from "../terminal/sanitize.ts";
import type { Screen } from "../terminal/streams.ts";
import type { Chosen, Fields, View } from "./define.ts";
import { optionName } from "./input.ts";
import type { CommandLine, Io } from "./io.ts";
import {
  type Choices,
  chosenColumns,
  chosenRecord,
  csvColumns,
  type Field,
  jsonOf,
  type Noun,
  recordOf,
  shapeOf,
  tableColumns,
  tsvColumns,
} from "./noun.ts";
import { listOf, membersAt, type Shape } from "./shape.ts";

/**
 * A list: a table on a terminal, tab-separated in a pipe, an array as JSON, IDs when quiet. With a command's CSV flag, CSV
 * both on a terminal and in a pipe, without a footer.
 */
export function listView<Value, Row, Name extends string>(spec: {
  readonly noun: Noun<Row, Name>;
  readonly rows: (value: Value) => readonly Row[];
  readonly id: (row: Row) => string;
  /** Default: all columns. */
  readonly columns?: (value: Value) => readonly Name[];
  readonly csv?: (value: Value) => boolean;
  /** Printed when there is nothing to show. */
  readonly none: (value: Value, commandLine: CommandLine) => string | Promise<string>;
  readonly footer?: (value: Value) => string;
}): View<Value> {
  const { noun, rows: rowsOf } = spec;
  const isCsv = (value: Value) => spec.csv?.(value) ?? false;
  const csv = async (value: Value, columns = csvColumns(noun)): Promise<string> => {
    const { renderCsv } = await import("../terminal/csv.ts");
    return renderCsv(rowsOf(value), columns);
  };
  const choices = { noun, names: noun.json };
  const chosenCsv = (paths: readonly string[]) =>
    chosenColumns(choices, paths, ";").map((column, index) => ({
      ...column,
      header: paths[index] ?? "",
    }));
  return {
    async human(value, screen, now) {
      if (isCsv(value)) return csv(value);
      const rows = rowsOf(value);
      if (rows.length === 0) return "";
      const { renderTable } = await import("../terminal/table.ts");
      return renderTable(rows, tableColumns(noun, rows, now, spec.columns?.(value)), screen);
    },
    async plain(value) {
      if (isCsv(value)) return csv(value);
      const { renderTsv } = await import("../terminal/table.ts");
      return renderTsv(rowsOf(value), tsvColumns(noun, noun.tsv ?? spec.columns?.(value)));
    },
    ids: (value) => rowsOf(value).map(spec.id),
    json: (value) => rowsOf(value).map((row) => jsonOf(noun, row)),
    shape: listOf(shapeOf(noun)),
    choose: (paths) => ({
      async human(value, screen, now) {
        if (isCsv(value)) return csv(value, chosenCsv(paths));
        const { renderTable } = await import("../terminal/table.ts");
        return renderTable(rowsOf(value), chosenColumns(choices, paths, ",", now), screen);
      },
      async plain(value) {
        if (isCsv(value)) return csv(value, chosenCsv(paths));
        const { renderTsv } = await import("../terminal/table.ts");
        return renderTsv(rowsOf(value), chosenColumns(choices, paths, ","));
      },
      json: (value) => rowsOf(value).map((row) => membersAt(jsonOf(noun, row), paths)),
    }),
    none: (value, commandLine) => (rowsOf(value).length > 0 ? null : spec.none(value, commandLine)),
    footer: (value) =>
      isCsv(value) || rowsOf(value).length === 0 ? null : (spec.footer?.(value) ?? null),
  };
}

/** `1 site`, `5 sites`; `The first 5 sites` when a limit cut the list. */
export function countText(count: number, what: string, isCut = false): string {
  const things = count === 1 ? what : what.endsWith("y") ? `${what.slice(0, -1)}ies` : `${what}s`;
  if (!isCut) return `${count} ${things}`;
  return count === 1 ? `The first ${things}` : `The first ${count} ${things}`;
}

/** A JSON document in a form that is not this tool's, printed the same everywhere. */
export function documentView(description: string): View<object> {
  const text = (value: object) => jsonText(value, 2);
  return {
    ...{ human: text, plain: text, ids: () => [], json: (value: object) => value },
    ...{ isForeign: true, shape: { type: "object", description } },
  };
}

/** Where a record is printed. On a terminal, the error is visible next to it. */
export type Place = "terminal" | "pipe";

/** One record: aligned `Label  value` lines on a terminal, `label<TAB>value` in a pipe. */
export function recordView<Value>(spec: {
  readonly fields: (
    value: Value,
    place: Place,
  ) => readonly (readonly [label: string, value: string])[];
  readonly ids: (value: Value) => readonly string[];
  readonly json: View<Value>["json"];
  readonly shape: Shape;
  readonly choose?: View<Value>["choose"];
  /** Lines under the record, on a terminal. */
  readonly more?: (
    value: Value,
    screen: Screen,
    commandLine: CommandLine,
  ) => string | null | Promise<string | null>;
}): View<Value> {
  return {
    async human(value, screen, _now, commandLine) {
      const { renderFields } = await import("../terminal/fields.ts");
      const record = await renderFields(spec.fields(value, "terminal"), screen);
      const more = (await spec.more?.(value, screen, commandLine)) ?? null;
      return more === null ? record : `${record.trimEnd()}\n\n${more}`;
    },
    async plain(value) {
      const { renderFieldsTsv } = await import("../terminal/fields.ts");
      return renderFieldsTsv(spec.fields(value, "pipe"));
    },
    ids: spec.ids,
    json: spec.json,
    shape: spec.shape,
    ...(spec.choose === undefined ? {} : { choose: spec.choose }),
  };
}

/** The part of a view that is about the JSON of one object of a noun, and its `--fields`. */
export function nounJson<Value, Row, Name extends string>(
  noun: Noun<Row, Name>,
  rowOf: (value: Value) => Row,
  names = noun.json,
): Required<Pick<View<Value>, "choose">> & {
  readonly json: (value: Value) => object;
  readonly shape: Shape;
} {
  const choices: Choices<Row, Name> = { noun, names };
  const json = (value: Value) => jsonOf(noun, rowOf(value), names);
  return {
    json,
    shape: shapeOf(noun, names),
    choose: (paths) =>
      chosenView(
        (value) => chosenRecord(choices, rowOf(value), paths),
        (value) => membersAt(json(value), paths),
      ),
  };
}

function chosenView<Value>(
  pairs: (value: Value) => ReturnType<typeof chosenRecord>,
  json: (value: Value) => unknown,
): Chosen<Value> {
  return {
    async human(value, screen) {
      const { renderFields } = await import("../terminal/fields.ts");
      return renderFields(pairs(value), screen);
    },
    async plain(value) {
      const { renderFieldsTsv } = await import("../terminal/fields.ts");
      return renderFieldsTsv(pairs(value));
    },
    json,
  };
}

/** The record of one object of a noun. */
export function nounView<Row extends { readonly id: string }, Name extends string>(
  noun: Noun<Row, Name>,
  names = noun.json,
): View<Row> {
  return recordView({
    fields: (row) => recordOf(noun, row),
    ids: ({ id }) => [id],
    ...nounJson(noun, (row: Row) => row, names),
  });
}

/**
 * What a command did, which no list shows: every field is in the JSON, and those with a label in the record.
 *
 * @param id the field that is printed with `--quiet`
 */
export function resultView<Value, Name extends string>(
  fields: Readonly<Record<Name, Field<Value>>>,
  id: NoInfer<Name> | null,
  more?: NonNullable<Parameters<typeof recordView<Value>>[0]["more"]>,
): View<Value> {
  const result: Noun<Value> = { fields, json: Object.keys(fields), table: [] };
  const json = (value: Value, names = result.json) => jsonOf(result, value, names);
  return recordView({
    fields: (value) => recordOf(result, value),
    ids: (value) =>
      Object.values(json(value, id === null ? [] : [id])).filter((one) => typeof one === "string"),
    json: (value) => json(value),
    shape: shapeOf(result),
    ...(more === undefined ? {} : { more }),
  });
}

/** @throws UsageError when `--json` or `--quiet` is given as well */
export function wantsCsv(csv: boolean | undefined, { globals }: Pick<Io, "globals">): boolean {
  const other = globals.json ? "--json" : globals.quiet ? "--quiet" : null;
  if (csv && other !== null) {
    throw new UsageError("invalid_input", `--csv and ${other} can't be used together`);
  }
  return csv ?? false;
}

/** Counting stops here. */
const MAX_COUNT = 1000;

/**
 * The filters that were given, as `--flag value`.
 *
 * @param names the fields that are filters
 */
export function filtersOf<const Name extends string>(
  fields: Fields & { readonly [name in Name]: unknown },
  input: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
): readonly string[] {
  return names.flatMap((name) => {
    const [field, given] = [fields[name], input[name]];
    if (field === undefined || given === undefined || given === false) return [];
    const flag = optionName(field);
    if (given === true) return [flag];
    return (Array.isArray(given) ? given : [given]).map((value) => `${flag} ${value}`);
  });
}

/**
 * One line for an empty list.
 *
 * @param things such as `connections`
 * @param of the owner, such as `Acme`
 * @param all the items without filters; only read when there are filters
 */
export async function emptyLine(
  things: string,
  of: string,
  filters: readonly string[],
  all: () => AsyncIterable<unknown>,
): Promise<string> {
  if (filters.length === 0) return `No ${things} of ${of}.`;
  let count = 0;
  for await (const _ of all()) {
    count += 1;
    if (count === MAX_COUNT) break;
  }
  const number =
    count === MAX_COUNT ? `${MAX_COUNT} or more` : count === 0 ? "none" : String(count);
  const verb = count === 1 ? "is" : "are";
  return `No ${things} of ${of} with ${filters.join(", ")}; without filters there ${verb} ${number}.`;
}
