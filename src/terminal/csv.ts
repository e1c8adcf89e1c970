/** Comma-separated values for a spreadsheet or another program. Knows columns and rows, and nothing of what is in them. */
import { printable } from "./sanitize.ts";
import type { Column } from "./table.ts";

/**
 * CSV with a header line. A value is the value: one that a spreadsheet might take for a formula is not altered, because
 * `-12.5` is a number and a program would read the mark as a part of the text. Who opens foreign data in a spreadsheet
 * imports it as text.
 *
 * @returns lines that each end in CRLF; without rows the header line alone
 * @see RFC 4180: a field with a quote, comma or line end stands in quotes, and a quote in it is doubled
 */
export function renderCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map(({ header }) => header),
    ...rows.map((row) => columns.map(({ plain, value }) => (plain ?? value)(row))),
  ];
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

/** Foreign text has no line ends any more when it is printable: they are a space, as everywhere else. */
function field(text: string): string {
  const clean = printable(text, Number.POSITIVE_INFINITY);
  return /[",]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}
