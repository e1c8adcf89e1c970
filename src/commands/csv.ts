/** What the commands with `--csv` share: when it is allowed, and how it takes the place of the other output. */
import type { View } from "../cli/define.ts";
import { UsageError } from "../errors.ts";
import type { Column } from "../terminal/table.ts";
import type { Context } from "./context.ts";

/** @throws UsageError where another form is asked for, too */
export function wantsCsv(csv: boolean | undefined, { mode }: Context): boolean {
  const other = mode.json ? "--json" : mode.quiet ? "--quiet" : null;
  if (csv && other !== null) {
    throw new UsageError("invalid_input", `--csv and ${other} exclude each other`);
  }
  return csv ?? false;
}

/** A view that gives CSV where the value asks for it: the same on a terminal and in a pipe, and no talk under it. */
export function csvOr<Value extends { readonly csv: boolean }, Row>(
  view: View<Value>,
  rowsOf: (value: Value) => readonly Row[],
  columns: readonly Column<Row>[],
): View<Value> {
  const text = async (value: Value): Promise<string> => {
    const { renderCsv } = await import("../terminal/csv.ts");
    return renderCsv(rowsOf(value), columns);
  };
  return {
    ...view,
    human: (value, screen, now, commandLine) =>
      value.csv ? text(value) : view.human(value, screen, now, commandLine),
    plain: (value) => (value.csv ? text(value) : view.plain(value)),
    none: (value, commandLine) => (value.csv ? null : (view.none?.(value, commandLine) ?? null)),
    footer: (value, commandLine) =>
      value.csv ? null : (view.footer?.(value, commandLine) ?? null),
  };
}

type Scalar = string | number | boolean | null;

/** The names of the fields that hold no object and no list. */
type ScalarName<Row> = {
  [Name in keyof Row & string]: Row[Name] extends Scalar ? Name : never;
}[keyof Row & string];

/** A column for each of these fields, in its own name. What is null is empty. */
export function fieldColumns<Row>(names: readonly ScalarName<Row>[]): readonly Column<Row>[] {
  return names.map((name) => ({ header: name, value: (row) => String(row[name] ?? "") }));
}
