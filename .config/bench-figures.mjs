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
 * @param ms the time of one run in milliseconds
 */
export function row(what, values, budget, ms, digits = 2) {
  const spread = [Math.min(...values), Math.max(...values)];
  return {
    what,
    figure: median(values).toFixed(digits),
    budget,
    spread: values.length > 1 ? spread.map((value) => value.toFixed(digits)).join(" – ") : "",
    ms: ms === undefined ? "" : ms.toFixed(ms < 10 ? 1 : 0),
  };
}

const WIDTHS = { what: 58, figure: 9, budget: 9, spread: 16 };

/** @param last the name of the last column: `ms`, or a column specific to the section */
export function printTable(title, rows, last = "ms") {
  console.log(`\n${title}`);
  const header = {
    what: "what",
    figure: "figure",
    budget: "budget",
    spread: "min – max",
    [last]: last,
  };
  for (const one of [header, ...rows]) {
    const cells = Object.entries({ ...WIDTHS, [last]: 14 }).map(([column, width]) =>
      column === "what" ? one[column].padEnd(width) : String(one[column] ?? "").padStart(width),
    );
    console.log(cells.join("").trimEnd());
  }
}
