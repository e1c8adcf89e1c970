/** How one object or document is shown: a record of its fields, and its JSON. */
import { jsonText } from "../terminal/sanitize.ts";
import type { Screen } from "../terminal/streams.ts";
import type { View } from "./define.ts";
import type { CommandLine } from "./io.ts";
import { chosenNoun, type Field, jsonOf, type Noun, recordOf, shapeOf } from "./noun.ts";
import { membersAt } from "./shape.ts";

/** A JSON document in a form that is not this tool's, printed the same everywhere. */
export function documentView(description: string): View<object> {
  const text = (value: object) => jsonText(value, 2);
  return {
    ...{ human: text, plain: text, json: (value: object) => value },
    ...{ isForeign: true, shape: { type: "object", description } },
  };
}

/** Where a record is printed. On a terminal, the error is visible next to it. */
export type Place = "terminal" | "pipe";

interface RecordSpec<Value> extends Omit<View<Value>, "human" | "plain"> {
  readonly fields: (
    value: Value,
    place: Place,
  ) => readonly (readonly [label: string, value: string])[];
  /** Lines under the record, on a terminal. */
  readonly more?: (
    value: Value,
    screen: Screen,
    commandLine: CommandLine,
  ) => string | null | Promise<string | null>;
}

/** One record: aligned `Label  value` lines on a terminal, `label<TAB>value` in a pipe. */
export function recordView<Value>({ fields, more, ...rest }: RecordSpec<Value>): View<Value> {
  return {
    ...rest,
    async human(value, screen, _now, commandLine) {
      const { renderFields } = await import("../terminal/fields.ts");
      const shown = await renderFields(fields(value, "terminal"), screen);
      const below = (await more?.(value, screen, commandLine)) ?? null;
      return below === null ? shown : `${shown.trimEnd()}\n\n${below}`;
    },
    async plain(value) {
      const { renderFieldsTsv } = await import("../terminal/fields.ts");
      return renderFieldsTsv(fields(value, "pipe"));
    },
  };
}

/** The part of a view that is about the JSON of one object of a noun, and its `--fields`. */
export function nounJson<Value, Row, Name extends string>(
  noun: Noun<Row, Name>,
  rowOf: (value: Value) => Row,
  names = noun.json,
) {
  const json = (value: Value) => jsonOf(noun, rowOf(value), names);
  const shape = shapeOf(noun, names);
  return {
    ...{ json, shape },
    choose(paths: readonly string[]) {
      const chosen = chosenNoun(noun, names, paths);
      return recordView<Value>({
        shape,
        fields: (value) => recordOf(chosen, rowOf(value)),
        json: (value) => membersAt(json(value), paths),
      });
    },
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
  more?: RecordSpec<Value>["more"],
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
