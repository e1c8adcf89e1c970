/** Comma-separated values for a spreadsheet or another program. Knows nothing about the contents of columns and rows. */
import { printable } from "./sanitize.ts";
import type { Column } from "./table.ts";

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
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

/** `printable` has already replaced line ends with spaces, as everywhere else. */
function field(text: string): string {
  const clean = printable(text, Number.POSITIVE_INFINITY);
  return /[",]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}
