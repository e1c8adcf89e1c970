/** How a list is shown: its table, CSV, number and the line where it is empty. */
import { UsageError } from "../errors.ts";
import type { Fields, View } from "./define.ts";
import type { CommandLine, Io } from "./io.ts";
import {
  chosenNoun,
  csvColumns,
  jsonOf,
  type Noun,
  shapeOf,
  tableColumns,
  tsvColumns,
} from "./noun.ts";
import { listOf, membersAt } from "./shape.ts";
import { optionName } from "./words.ts";

/**
 * A list: a table on a terminal, tab-separated in a pipe, an array as JSON, IDs when quiet. With a command's CSV flag, CSV
 * both on a terminal and in a pipe, without a footer.
 */
export function listView<Value, Row, Name extends string>(spec: {
  readonly noun: Noun<Row, Name>;
  readonly rows: (value: Value) => readonly Row[];
  readonly id: (row: Row) => string;
  readonly columns?: (value: Value) => readonly Name[];
  readonly csv?: (value: Value) => boolean;
  /** Printed when there is nothing to show. */
  readonly none: (value: Value, commandLine: CommandLine) => string | Promise<string>;
  readonly footer?: (value: Value) => string;
}): View<Value> {
  const { noun, rows: rowsOf } = spec;
  const isCsv = (value: Value) => spec.csv?.(value) ?? false;
  const csv = async (value: Value): Promise<string> =>
    (await tables()).renderCsv(rowsOf(value), csvColumns(noun));
  const json = (value: Value) => rowsOf(value).map((row) => jsonOf(noun, row));
  return {
    async human(value, screen, now) {
      const rows = rowsOf(value);
      if (isCsv(value)) return csv(value);
      if (rows.length === 0) return "";
      const columns = tableColumns(noun, rows, now, spec.columns?.(value));
      return (await tables()).renderTable(rows, columns, screen);
    },
    async plain(value) {
      if (isCsv(value)) return csv(value);
      const columns = tsvColumns(noun, noun.tsv ?? spec.columns?.(value));
      return (await tables()).renderTsv(rowsOf(value), columns);
    },
    ids: (value) => rowsOf(value).map(spec.id),
    json,
    shape: listOf(shapeOf(noun)),
    choose(paths) {
      const { columns: _, ...same } = spec;
      const { human, plain } = listView({ ...same, noun: chosenNoun(noun, noun.json, paths) });
      return { human, plain, json: (value) => membersAt(json(value), paths) };
    },
    none: (value, commandLine) => (rowsOf(value).length > 0 ? null : spec.none(value, commandLine)),
    footer: (value) =>
      isCsv(value) || rowsOf(value).length === 0 ? null : (spec.footer?.(value) ?? null),
  };
}

const tables = () => import("../terminal/table.ts");

/** What a list command found. */
export interface FoundRows<Row> {
  readonly rows: readonly Row[];
  /** Whether --limit left others out. */
  readonly isCut?: boolean;
  /** What they belong to, such as `Acme`. */
  readonly of: string;
  /** The line for an empty list. */
  readonly none: () => string | Promise<string>;
  readonly csv?: boolean;
}

/**
 * The list of what was found, with their number below it.
 *
 * @param what one of them, such as `site`
 * @param columns default: all
 */
export function foundView<
  Row extends { readonly id: string },
  Name extends string,
  Found extends FoundRows<Row> = FoundRows<Row>,
>(noun: Noun<Row, Name>, what: string, columns?: (found: Found) => readonly Name[]): View<Found> {
  return listView({
    noun,
    rows: (found: Found) => found.rows,
    id: ({ id }) => id,
    csv: ({ csv = false }) => csv,
    none: ({ none }) => none(),
    footer: ({ rows, isCut, of }) => `${countText(rows.length, what, isCut)} of ${of}`,
    ...(columns === undefined ? {} : { columns }),
  });
}

export function pluralOf(what: string): string {
  return what.endsWith("y") ? `${what.slice(0, -1)}ies` : `${what}s`;
}

/** `1 site`, `5 sites`; `The first 5 sites` when a limit cut the list. */
export function countText(count: number, what: string, isCut = false): string {
  const things = count === 1 ? what : pluralOf(what);
  if (!isCut) return `${count} ${things}`;
  return count === 1 ? `The first ${things}` : `The first ${count} ${things}`;
}

/** @throws UsageError when `--json` or `--quiet` is given as well */
export function wantsFormat(
  flag: "--csv" | "--ndjson",
  given: boolean | undefined,
  { globals }: Pick<Io, "globals">,
): boolean {
  const other = globals.json ? "--json" : globals.quiet ? "--quiet" : null;
  if (given && other !== null) {
    throw new UsageError("invalid_input", `${flag} and ${other} can't be used together`);
  }
  return given ?? false;
}

const MAX_COUNT = 1000;

/**
 * One line for an empty list.
 *
 * @param things such as `connections`
 * @param of the owner, such as `Acme`
 * @param filters by the names of their fields, in the order in which they are named
 * @param all the items without filters; only read when there are filters
 */
export async function emptyLine<const Name extends string>(
  things: string,
  of: string,
  [fields, input, names]: readonly [
    fields: Fields & { readonly [name in Name]: unknown },
    input: Readonly<Partial<Record<Name, unknown>>>,
    filters: readonly Name[],
  ],
  all: () => AsyncIterable<unknown>,
): Promise<string> {
  const filters = names.flatMap((name) => {
    const [field, given = []] = [fields[name], input[name]];
    if (field === undefined) return [];
    return [given].flat().map((value) => `${optionName(field)} ${value}`);
  });
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
