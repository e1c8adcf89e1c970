/** The bench's arithmetic and its table. */

/** The middle of some values; of an even number of them, what lies between the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A row of the table.
 *
 * @param values all of one kind; the figure is their median
 * @param budget in words, such as `≤ 1.25`; empty for a figure that has none
 * @param ms what one of it takes in milliseconds
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

/** @param last the column at the end: what one of it takes, or whatever a section has to say */
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
