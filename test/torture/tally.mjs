/** What was tried and what came of it. Every number of the table is counted here. */

/** @returns rows in the order in which they were first named */
export function newTally() {
  const rows = new Map();
  const row = (what) => {
    const found = rows.get(what);
    if (found !== undefined) return found;
    const fresh = { what, tried: 0, duplicated: 0, lost: 0, leaked: 0, notes: [] };
    rows.set(what, fresh);
    return fresh;
  };
  return {
    /** Makes a row stand where it is named first, whatever is done side by side. */
    announce(...names) {
      for (const name of names) row(name);
    },
    /**
     * Adds one try.
     *
     * @param what the row
     * @param which the try, for a note about it
     * @param found what is wrong: counts, and `wrong`, one text for everything that no column counts
     */
    add(what, which, { duplicated = 0, lost = 0, leaked = 0, wrong = [] } = {}) {
      const line = row(what);
      line.tried += 1;
      line.duplicated += duplicated;
      line.lost += lost;
      line.leaked += leaked;
      for (const text of wrong) line.notes.push(`${which}: ${text}`);
    },
    rows: () => [...rows.values()],
  };
}

/** One line for everything that went wrong, whether a column counts it or not. */
export function notesOf(tally) {
  return tally.rows().flatMap(({ what, notes }) => notes.map((note) => `${what}: ${note}`));
}

/** Whether nothing is duplicated, lost, leaked, or wrong in another way, and every row was tried. */
export function isClean(tally) {
  return tally
    .rows()
    .every(
      ({ tried, duplicated, lost, leaked, notes }) =>
        tried > 0 && duplicated + lost + leaked + notes.length === 0,
    );
}

/** The table as Markdown, its last line the sums. */
export function tableOf(tally) {
  const rows = tally.rows();
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const cells = [
    ["what", "tried", "objects duplicated", "IDs lost", "bytes leaked"],
    ...rows.map((row) => [row.what, row.tried, row.duplicated, row.lost, row.leaked]),
    ["all", sum("tried"), sum("duplicated"), sum("lost"), sum("leaked")],
  ].map((line) => line.map(String));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const draw = (line) =>
    `| ${line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join(" | ")} |`;
  const rule = `| ${widths
    .map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))
    .join(" | ")} |`;
  const [head, ...body] = cells;
  return [draw(head), rule, ...body.map(draw)].join("\n");
}
