/**
 * The fields of one kind of object, each told once: from them come its columns, its TSV, its CSV, its JSON and its record.
 * Knows no noun of Nectar.
 */
import { formatAge } from "../terminal/age.ts";
import type { Palette } from "../terminal/palette.ts";
import type { Column } from "../terminal/table.ts";

/** One field. What is null, undefined or "" is nothing. */
export interface Field<Row> {
  /** Its value in JSON; default: the member of its name. A program gets scalars and lists of them as they are. */
  readonly value?: (row: Row) => unknown;
  /** What a person reads instead; several lines of a record share its label. */
  readonly text?: (row: Row) => string | readonly string[];
  /** A time in ISO 8601, of which a table shows how long ago it was. */
  readonly age?: true;
  /** Its head in a table. */
  readonly header?: string;
  /** What a record calls it; without one it is not in the record, which has the fields in their order. */
  readonly label?: string;
  /** Left out of a record where it is nothing, and of a table where it is nothing in every row. */
  readonly sparse?: boolean;
  readonly align?: Column<Row>["align"];
  readonly shrink?: boolean;
  readonly optional?: boolean;
  readonly paint?: (text: string, row: Row, palette: Palette) => string;
}

/** A kind of object, and which of its fields each form has, in order. */
export interface Noun<Row, Name extends string = string> {
  readonly fields: Readonly<Record<Name, Field<Row>>>;
  readonly json: readonly Name[];
  /** Default: those of the table. */
  readonly tsv?: readonly Name[];
  /** Default: those of the JSON. */
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

/** Each value as text, a list's members apart; null where only words can say it. */
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

/** The columns in a pipe: always the same ones. */
export function tsvColumns<Row, Name extends string>(
  noun: Noun<Row, Name>,
  names = noun.tsv ?? noun.table,
): readonly Column<Row>[] {
  return entries(noun, names).map(([name, field]) => column(name, field, ","));
}

/** The columns of CSV, in the names of the JSON; a list stands in one, with semicolons. */
export function csvColumns<Row, Name extends string>(
  noun: Noun<Row, Name>,
): readonly Column<Row>[] {
  return entries(noun, noun.csv ?? noun.json).map(([name, field]) => ({
    ...column(name, field, ";"),
    header: name,
  }));
}

/** The object of the machine output. A member that is undefined is not there. */
export function jsonOf<Row, Name extends string>(
  noun: Noun<Row, Name>,
  row: Row,
  names = noun.json,
): Readonly<Record<string, unknown>> {
  const members = entries(noun, names).map(([name, field]) => [name, memberOf(row, name, field)]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** A record's lines: a label and a value each. */
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
