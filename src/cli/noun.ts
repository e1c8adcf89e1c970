/**
 * The fields of one kind of object, declared once: its table, TSV, CSV, JSON and record are derived from them.
 * Independent of the Nectar API.
 */
import { formatAge } from "../terminal/age.ts";
import type { Column } from "../terminal/table.ts";
import { objectOf, orNull, type Shape, text, valueAt } from "./shape.ts";

/** One field. Null, undefined and "" count as empty. */
export interface Field<Row> extends Pick<Column<Row>, "align" | "shrink" | "optional" | "paint"> {
  /** Its value in JSON; default: the member of the same name. Scalars and lists of them are output unchanged. */
  readonly value?: (row: Row) => unknown;
  /** Its JSON Schema; default: a string or null. */
  readonly shape?: Shape;
  /** Left out of the JSON of a row that does not have it. */
  readonly maybe?: true;
  /** The text on a terminal; several lines of a record share its label. */
  readonly text?: (row: Row) => string | readonly string[];
  /** The value is an ISO 8601 time, shown in a table as its age. */
  readonly age?: true;
  readonly header?: string;
  /** Its label in a record, whose fields keep this order; a field without a label is left out of the record. */
  readonly label?: string;
  /** Left out of a record when empty, and of a table when empty in every row. */
  readonly sparse?: boolean;
}

/** A kind of object, and the fields of each output format, in order. */
export interface Noun<Row, Name extends string = string> {
  readonly fields: Readonly<Record<Name, Field<Row>>>;
  /** Those that lists have; what only one command prints, it adds to them. */
  readonly json: readonly Name[];
  /** Default: the fields of the table. */
  readonly tsv?: readonly Name[];
  /** Default: the fields of the JSON. */
  readonly csv?: readonly Name[];
  readonly table: readonly Name[];
}

/** Declares a noun: `noun<Row>()({ fields, json, table })`. */
export function noun<Row>() {
  return <const F extends Readonly<Record<string, Field<Row>>>>(
    spec: { readonly fields: F } & Omit<Noun<Row, keyof F & string>, "fields">,
  ): Noun<Row, keyof F & string> => spec;
}

function memberOf<Row>(row: Row, name: string, field: Field<Row>): unknown {
  if (field.value !== undefined) return field.value(row);
  return typeof row === "object" && row !== null ? Reflect.get(row, name) : undefined;
}

/** A scalar, or each member of a list, as text; null for objects. */
function flat(value: unknown): readonly string[] | null {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    const parts = value.map(flat);
    return parts.every((part) => part !== null) ? parts.flat() : null;
  }
  return typeof value === "object" ? null : [String(value)];
}

function linesOf<Row>(row: Row, name: string, field: Field<Row>): readonly string[] {
  const text = field.text?.(row);
  if (text !== undefined) return typeof text === "string" ? [text] : text;
  const value = memberOf(row, name, field);
  return typeof value === "boolean" ? [value ? "yes" : "no"] : (flat(value) ?? []);
}

function column<Row>(name: string, field: Field<Row>, separator: string, now = 0): Column<Row> {
  const { age, align, shrink, optional, paint, header = name } = field;
  const value = (row: Row) => {
    const text = linesOf(row, name, field).join(", ");
    return age ? formatAge(text, now) : text;
  };
  const plain = (row: Row) =>
    flat(memberOf(row, name, field))?.join(separator) ?? linesOf(row, name, field).join(separator);
  return { header, value, plain, align, shrink, optional, paint };
}

const entries = <Row, Name extends string>(noun: Noun<Row, Name>, names: readonly Name[]) =>
  names.map((name) => [name, noun.fields[name]] as const);

/** @param now milliseconds since the epoch */
export function tableColumns<Row, Name extends string>(
  noun: Noun<Row, Name>,
  rows: readonly Row[],
  now: number,
  names = noun.table,
): readonly Column<Row>[] {
  return entries(noun, names)
    .map(([name, field]) => ({ ...column(name, field, ",", now), sparse: field.sparse }))
    .filter(({ sparse, value }) => !sparse || rows.some((row) => value(row) !== ""));
}

/** The columns of TSV, which do not depend on the rows. */
export function tsvColumns<Row, Name extends string>(
  noun: Noun<Row, Name>,
  names = noun.tsv ?? noun.table,
): readonly Column<Row>[] {
  return entries(noun, names).map(([name, field]) => column(name, field, ","));
}

/** The columns of CSV, named as in JSON; the members of a list are joined with semicolons. */
export function csvColumns<Row, Name extends string>(
  noun: Noun<Row, Name>,
): readonly Column<Row>[] {
  return entries(noun, noun.csv ?? noun.json).map(([name, field]) => ({
    ...column(name, field, ";"),
    header: name,
  }));
}

/**
 * The noun with only the fields that `--fields` chose: those of the noun, or else what is in its JSON at this path. Objects,
 * which have no text of their own, are shown as JSON.
 *
 * @param names the names in the JSON of this view
 */
export function chosenNoun<Row, Name extends string>(
  noun: Noun<Row, Name>,
  names: readonly Name[],
  paths: readonly string[],
): Noun<Row> {
  const chosen = paths.map((path): readonly [string, Field<Row>] => {
    const name = names.find((one) => one === path);
    const known: Field<Row> = name === undefined ? {} : noun.fields[name];
    const { header = path, label = path, sparse: _sparse, optional: _optional, ...shown } = known;
    const value = (row: Row) => {
      const found = valueAt(jsonOf(noun, row, names), path);
      return flat(found) === null ? JSON.stringify(found) : found;
    };
    return [path, { ...shown, header, label, value }];
  });
  return { fields: Object.fromEntries(chosen), json: paths, table: paths };
}

/** The JSON object, without undefined members. */
export function jsonOf<Row, Name extends string>(
  noun: Noun<Row, Name>,
  row: Row,
  names = noun.json,
): Readonly<Record<string, unknown>> {
  const members = entries(noun, names).map(([name, field]) => [name, memberOf(row, name, field)]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

export function shapeOf<Row, Name extends string>(noun: Noun<Row, Name>, names = noun.json): Shape {
  const members = (isMaybe: boolean) =>
    Object.fromEntries(
      entries(noun, names)
        .filter(([, { maybe = false }]) => maybe === isMaybe)
        .map(([name, { shape = orNull(text) }]) => [name, shape]),
    );
  return objectOf(members(false), members(true));
}

/** The lines of a record: pairs of label and value. */
export function recordOf<Row, Name extends string>(
  noun: Noun<Row, Name>,
  row: Row,
  without: readonly string[] = [],
): readonly (readonly [label: string, value: string])[] {
  return Object.entries<Field<Row>>(noun.fields).flatMap(([name, field]) => {
    const { label, sparse } = field;
    if (label === undefined || without.includes(name)) return [];
    const lines = linesOf(row, name, field).filter((line) => !sparse || line !== "");
    if (lines.length === 0) return sparse ? [] : [[label, ""] as const];
    return lines.map((line) => [label, line] as const);
  });
}
