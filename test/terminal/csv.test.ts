import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../../src/terminal/sanitize.ts";
import { renderCsv } from "../../src/terminal/table.ts";

const COLUMNS = [0, 1].map((index) => ({
  header: `c${index}`,
  value: (row: readonly string[]) => row[index] ?? "",
}));

/** Reads records as RFC 4180 has them. */
function read(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r]*))(,|\r\n)/g)) {
    records.at(-1)?.push(quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'));
    if (end === "\r\n") records.push([]);
  }
  return records.slice(0, -1);
}

describe("CSV", () => {
  it("has a header line, CRLF at each end, and quotes where they are needed alone", () => {
    const rows = [
      ["plain text", "-12.50"],
      ['say "x"', "a, b"],
      ["", "=1+1"],
    ];
    expect(renderCsv(rows, COLUMNS)).toBe(
      'c0,c1\r\nplain text,-12.50\r\n"say ""x""","a, b"\r\n,=1+1\r\n',
    );
    expect(renderCsv([], COLUMNS)).toBe("c0,c1\r\n");
  });

  it("takes the value for a program where there is one", () => {
    const column = { header: "at", value: () => "just now", plain: () => "2026-01-01" };
    expect(renderCsv([0], [column])).toBe("at\r\n2026-01-01\r\n");
  });

  it("gives every printable text back, and no control character", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab ,\"'\r\n\t=-\u001b\u200b;é") });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (rows) => {
        const csv = renderCsv(rows, COLUMNS);
        const clean = (value: string) => printable(value, Number.POSITIVE_INFINITY);
        expect(read(csv)).toEqual([["c0", "c1"], ...rows.map((row) => row.map(clean))]);
        expect(csv.replaceAll("\r\n", "")).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
