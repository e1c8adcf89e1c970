/** Renders lists for a terminal, for a pipe and as CSV. Values are passed in unchanged and made printable here. */
import type { Palette } from "./palette.ts";
import { printable } from "./sanitize.ts";
import type { Screen } from "./streams.ts";

export interface Column<Row> {
  readonly header: string;
  readonly value: (row: Row) => string;
  /** The machine-readable value, such as an ISO time. Default: `value`. */
  readonly plain?: ((row: Row) => string) | undefined;
  readonly align?: "left" | "right" | undefined;
  /** Colours the text after layout; must not change its width. */
  readonly paint?: ((text: string, row: Row, palette: Palette) => string) | undefined;
  /** May be truncated with "…" or wrapped on a narrow terminal. Otherwise the value stays whole: IDs are never truncated. */
  readonly shrink?: boolean | undefined;
  /** May be omitted if the table would not fit otherwise: the last such column is dropped first. */
  readonly optional?: boolean | undefined;
}

type Width = (text: string) => number;

interface Cell<Row> {
  readonly row: Row;
  readonly column: Column<Row>;
  readonly text: string;
}

const GAP = 2;
const MIN_SHRUNK = 8;

/**
 * A table with a header line; if it does not fit even without its optional columns, a block of `header  value` lines
 * per row, with all columns.
 *
 * @param screen its width in cells; with a width of null, nothing is shrunk
 * @returns the text with a trailing line end; empty without rows
 */
export async function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  screen: Screen,
): Promise<string> {
  if (rows.length === 0 || columns.length === 0) return "";
  const { default: width } = await import("string-width");
  const cells = rows.map((row) =>
    columns.map((column): Cell<Row> => ({ row, column, text: cellText(row, column) })),
  );
  for (const kept of columnSubsets(columns)) {
    const left = cells.map((line) => line.filter(({ column }) => kept.includes(column)));
    const natural = kept.map((column, index) =>
      Math.max(width(column.header), ...left.map((line) => width(line[index]?.text ?? ""))),
    );
    const widths = widthsThatFit(natural, kept, screen.columns, width);
    if (widths !== null) return renderGrid(left, kept, widths, screen.palette, width);
  }
  return renderBlocks(cells, columns, screen, width);
}

/** All columns, then all without the last optional one, and so on. */
function columnSubsets<Row>(columns: readonly Column<Row>[]): readonly (readonly Column<Row>[])[] {
  const last = columns.findLastIndex(({ optional }) => optional);
  return last < 0 ? [columns] : [columns, ...columnSubsets(columns.toSpliced(last, 1))];
}

/** Values that may not shrink, such as IDs, are never truncated. */
function cellText<Row>(row: Row, column: Column<Row>): string {
  return printable(column.value(row), column.shrink ? undefined : Number.POSITIVE_INFINITY).trim();
}

/** The column widths, shrinking the widest shrinkable columns first; null if that is not enough. */
function widthsThatFit<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  available: number | null,
  width: Width,
): readonly number[] | null {
  if (available === null) return natural;
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1)) - available;
  while (excess > 0) {
    const candidates = columns.flatMap((column, index) => {
      const current = widths[index] ?? 0;
      const room = column.shrink ? current - Math.max(MIN_SHRUNK, width(column.header)) : 0;
      return room > 0 ? [{ index, current }] : [];
    });
    if (candidates.length === 0) return null;
    const widest = candidates.reduce((one, other) => (other.current > one.current ? other : one));
    widths[widest.index] = widest.current - 1;
    excess -= 1;
  }
  return widths;
}

function renderGrid<Row>(
  cells: readonly (readonly Cell<Row>[])[],
  columns: readonly Column<Row>[],
  widths: readonly number[],
  palette: Palette,
  width: Width,
): string {
  const place = (text: string, index: number, paint: (cut: string) => string): string => {
    const cut = truncate(text, widths[index] ?? 0, width);
    const space = " ".repeat((widths[index] ?? 0) - width(cut));
    return columns[index]?.align === "right" ? `${space}${paint(cut)}` : `${paint(cut)}${space}`;
  };
  const head = columns.map(({ header }, index) => place(header, index, palette.bold));
  const body = cells.map((line) =>
    line.map(({ row, column, text }, index) =>
      place(text, index, (cut) => painted(cut, row, column, palette)),
    ),
  );
  return [head, ...body].map((line) => `${line.join(" ".repeat(GAP)).trimEnd()}\n`).join("");
}

function painted<Row>(text: string, row: Row, column: Column<Row>, palette: Palette): string {
  return column.paint === undefined ? text : column.paint(text, row, palette);
}

/** Truncates a text to a width, ending it with "…" if necessary. */
function truncate(text: string, limit: number, width: Width): string {
  if (width(text) <= limit) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (width(`${kept}${segment}…`) > limit) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

async function renderBlocks<Row>(
  cells: readonly (readonly Cell<Row>[])[],
  columns: readonly Column<Row>[],
  screen: Screen,
  width: Width,
): Promise<string> {
  const { default: wrap } = await import("wrap-ansi");
  const total = screen.columns ?? Number.POSITIVE_INFINITY;
  const labelWidth = Math.max(...columns.map(({ header }) => width(header)));
  const block = (line: readonly Cell<Row>[]): string[] =>
    line.flatMap(({ row, column, text }) => {
      if (text === "") return [];
      const paint = (part: string): string => painted(part, row, column, screen.palette);
      const label = screen.palette.bold(column.header);
      if (labelWidth + GAP + width(text) <= total) {
        return [`${label}${" ".repeat(labelWidth + GAP - width(column.header))}${paint(text)}`];
      }
      // Below its label, a value has nearly the full width; one that may not shrink can still exceed it.
      const indent = column.shrink || width(text) + GAP <= total ? GAP : 0;
      const parts = column.shrink
        ? wrap(text, Math.max(1, total - indent), { hard: true }).split("\n")
        : [text];
      return [label, ...parts.map((part) => `${" ".repeat(indent)}${paint(part)}`)];
    });
  return cells.map((line) => `${block(line).join("\n")}\n`).join("\n");
}

/**
 * Tab-separated lines for another program: no header, untruncated, no colour.
 *
 * @returns one line per row, each with its line end; empty without rows
 */
export function renderTsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const field = (row: Row, { plain, value }: Column<Row>): string =>
    printable((plain ?? value)(row), Number.POSITIVE_INFINITY);
  return rows.map((row) => `${columns.map((column) => field(row, column)).join("\t")}\n`).join("");
}

/**
 * CSV with a header line. Values that a spreadsheet might treat as formulas are not escaped: `-12.5` is a number, and
 * programs would read the escape as part of the value. Untrusted data should be imported into a spreadsheet as text.
 *
 * @returns lines that each end in CRLF; only the header line if there are no rows
 * @see RFC 4180: a field with a quote, comma or line end is quoted, and quotes in it are doubled
 */
export function renderCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map(({ header }) => header),
    ...rows.map((row) => columns.map(({ plain, value }) => (plain ?? value)(row))),
  ];
  return lines.map((line) => `${line.map(csvField).join(",")}\r\n`).join("");
}

/** `printable` has already replaced line ends with spaces, as everywhere else. */
function csvField(text: string): string {
  const clean = printable(text, Number.POSITIVE_INFINITY);
  return /[",]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}
