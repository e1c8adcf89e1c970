/** The bench's arithmetic and its table. */

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A row of the table.
 *
 * @param values the measurements; the figure is their median
 * @param budget such as `≤ 1.25`; empty when there is none
 * @param last the text of the last column
 */
export function row(what, values, budget = "", last = "", digits = 2) {
  const spread = [Math.min(...values), Math.max(...values)].map((one) => one.toFixed(digits));
  return [
    ...[what, median(values).toFixed(digits), budget],
    ...[values.length > 1 ? spread.join(" – ") : "", last],
  ];
}

const WIDTHS = [58, 9, 9, 18, 32];

/** @param last the name of the last column, specific to the section */
export function printTable(title, rows, last = "") {
  console.log(`\n${title}`);
  for (const cells of [["what", "figure", "budget", "min – max", last], ...rows]) {
    const padded = cells.map((cell, index) => cell.padStart(WIDTHS[index]));
    console.log([cells[0].padEnd(WIDTHS[0]), ...padded.slice(1)].join("").trimEnd());
  }
}
