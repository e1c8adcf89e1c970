import * as fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { renderFields, renderFieldsTsv } from "../../src/terminal/fields.ts";
import { palette } from "../../src/terminal/palette.ts";
import { type Column, renderTable, renderTsv } from "../../src/terminal/table.ts";

interface Row {
  readonly status: string;
  readonly provider: string;
  readonly sites: string;
  readonly updated: string;
  readonly id: string;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    header: "STATUS",
    value: (row) => row.status,
    shrink: true,
    paint: (text, _, { red }) => red(text),
  },
  { header: "PROVIDER", value: (row) => row.provider, shrink: true },
  { header: "SITES", value: (row) => row.sites, align: "right" },
  { header: "UPDATED", value: () => "2 min ago", plain: (row) => row.updated },
  { header: "ID", value: (row) => row.id },
];
const ID = "9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11";
const ROWS: readonly Row[] = [
  {
    status: "Connected",
    provider: "Nectar Sandbox",
    sites: "12",
    updated: "2030-01-01T00:00:00Z",
    id: ID,
  },
  {
    status: "Password incorrect",
    provider: "",
    sites: "1",
    updated: "2030-01-02T00:00:00Z",
    id: ID,
  },
];
const plain = (columns: number | null) => ({ columns, palette: palette(0) });

describe("renderTable", () => {
  test("aligns, with a header and no spaces at line ends", async () => {
    expect(await renderTable(ROWS, COLUMNS, plain(120))).toBe(
      [
        "STATUS              PROVIDER        SITES  UPDATED    ID",
        `Connected           Nectar Sandbox     12  2 min ago  ${ID}`,
        `Password incorrect                      1  2 min ago  ${ID}`,
        "",
      ].join("\n"),
    );
  });

  test("cuts what may be cut, the widest first", async () => {
    expect(await renderTable(ROWS, COLUMNS, plain(81))).toBe(
      [
        "STATUS       PROVIDER      SITES  UPDATED    ID",
        `Connected    Nectar Sand…     12  2 min ago  ${ID}`,
        `Password i…                    1  2 min ago  ${ID}`,
        "",
      ].join("\n"),
    );
  });

  test("in 40 columns each row is a block", async () => {
    expect(await renderTable(ROWS, COLUMNS, plain(40))).toBe(
      [
        "STATUS    Connected",
        "PROVIDER  Nectar Sandbox",
        "SITES     12",
        "UPDATED   2 min ago",
        "ID",
        `  ${ID}`,
        "",
        "STATUS    Password incorrect",
        "SITES     1",
        "UPDATED   2 min ago",
        "ID",
        `  ${ID}`,
        "",
      ].join("\n"),
    );
  });

  test("wide and combined characters stay in line", async () => {
    const providers = ["日本電力", "हिन्दी विद्युत", "Strom 😀", "Cafe\u0301", "ไฟฟ้า"];
    const rows = providers.map((provider): Row => ({ ...ROWS[0], provider }) as Row);
    const lines = (await renderTable(rows, COLUMNS, plain(200))).trimEnd().split("\n");
    const starts = lines.slice(1).map((line) => stringWidth(line.slice(0, line.indexOf(ID))));
    expect(new Set(starts).size).toBe(1);
  });

  test("colours follow the palette and change no width", async () => {
    const bare = await renderTable(ROWS, COLUMNS, plain(120));
    const painted = await renderTable(ROWS, COLUMNS, { columns: 120, palette: palette(1) });
    expect(painted).toContain("\u001b[31mConnected\u001b[39m");
    expect(painted.replaceAll(/\u001b\[[0-9;]*m/g, "")).toBe(bare);
    expect(bare).not.toContain("\u001b");
  });

  test("foreign escape sequences do not come through", async () => {
    const row = { ...ROWS[0], provider: "\u001b[31mevil\u202e\n\tname" } as Row;
    const text = await renderTable([row], COLUMNS, plain(120));
    expect(text).toContain("evil name");
    expect(text).not.toMatch(/[\u001b\u202e\t]/);
    expect(text.trimEnd().split("\n")).toHaveLength(2);
  });

  test("a value that takes no room does not move the others", async () => {
    const rows = ["\u1a56", "x"].map((provider, index) => ({
      status: "",
      provider,
      sites: "0",
      updated: "",
      id: `id-${index}`,
    }));
    const [, first, second] = (await renderTable(rows, COLUMNS, plain(100))).split("\n");
    expect(first).toMatch(/id-0$/);
    expect(second).toMatch(/x.*id-1$/);
  });

  test("optional columns go first, the last one of them before the others", async () => {
    const optional = COLUMNS.map((column) => ({
      ...column,
      optional: ["SITES", "UPDATED"].includes(column.header),
    }));
    const rows = [
      { status: "Connected", provider: "Sandbox", sites: "2", updated: "yesterday", id: ID },
    ];
    const headers = async (width: number) =>
      (await renderTable(rows, optional, plain(width))).split("\n")[0]?.trim().split(/ +/);
    const full = 8 + 8 + 5 + 9 + ID.length + 4 * 2;
    expect(await headers(full)).toEqual(["STATUS", "PROVIDER", "SITES", "UPDATED", "ID"]);
    expect(await headers(full - 1)).toEqual(["STATUS", "PROVIDER", "SITES", "ID"]);
    expect(await headers(full - 12)).toEqual(["STATUS", "PROVIDER", "ID"]);
    // Below that each row is a block again, with all of it.
    const blocks = await renderTable(rows, optional, plain(full - 22));
    for (const { header } of COLUMNS) expect(blocks).toContain(header);
  });

  test("without rows there is nothing", async () => {
    expect(await renderTable([], COLUMNS, plain(80))).toBe("");
  });

  const word = fc.string({ unit: "grapheme", maxLength: 30 });
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,44}$/);
  const anyRow = fc.record({
    status: word,
    provider: fc.string({ unit: "binary", maxLength: 60 }),
    sites: fc.nat(99).map(String),
    updated: word,
    id: fc.oneof(id, fc.uuid()),
  });

  test("at any width every ID is whole, and only a line with one may be too long", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20, max: 200 }),
        async (rows, width) => {
          const text = await renderTable(rows, COLUMNS, plain(width));
          const lines = text.split("\n");
          for (const row of rows) {
            expect(lines.some((line) => line.endsWith(row.id))).toBe(true);
          }
          for (const line of lines) {
            expect(line).toBe(line.trimEnd());
            if (stringWidth(line) <= width) continue;
            expect(rows.map((row) => row.id)).toContain(line.trim());
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("renderTsv", () => {
  test("is one line a row, plain values, nothing cut", () => {
    const long = "x".repeat(600);
    const row = { ...ROWS[0], provider: `a\tb\nc ${long}` } as Row;
    expect(renderTsv([row], COLUMNS)).toBe(
      `Connected\ta b c ${long}\t12\t2030-01-01T00:00:00Z\t${ID}\n`,
    );
    expect(renderTsv([], COLUMNS)).toBe("");
  });

  test("any row is one line with as many fields as columns", () => {
    const value = fc.string({ unit: "binary" });
    const row = fc.record({
      status: value,
      provider: value,
      sites: value,
      updated: value,
      id: value,
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const lines = renderTsv(rows, COLUMNS).split("\n").slice(0, -1);
        expect(lines).toHaveLength(rows.length);
        for (const line of lines) expect(line.split("\t")).toHaveLength(COLUMNS.length);
      }),
    );
  });
});

describe("renderFields", () => {
  const PAIRS = [
    ["Connection", ID],
    ["Sites", `${ID}  Test Facility`],
    ["", `${ID}  Cold store`],
    ["Meaning", "Nectar can log in; data is being collected."],
    ["Detail", ""],
  ] as const;

  test("aligns values and continues under an empty label", async () => {
    expect(await renderFields(PAIRS, { ...plain(80), indent: 2 })).toBe(
      [
        `  Connection  ${ID}`,
        `  Sites       ${ID}  Test Facility`,
        `              ${ID}  Cold store`,
        "  Meaning     Nectar can log in; data is being collected.",
        "  Detail",
        "",
      ].join("\n"),
    );
  });

  test("in 40 columns an ID moves below its label, whole", async () => {
    expect(await renderFields(PAIRS.slice(0, 4), plain(40))).toBe(
      [
        "Connection",
        `  ${ID}`,
        "Sites",
        `  ${ID}`,
        "  Test Facility",
        `  ${ID}`,
        "  Cold store",
        "Meaning     Nectar can log in; data is",
        "            being collected.",
        "",
      ].join("\n"),
    );
  });

  test("at any width every word is whole, and only a line with one word may be too long", async () => {
    const value = fc
      .array(fc.oneof(fc.uuid(), fc.stringMatching(/^[a-z]{1,12}$/)), { maxLength: 8 })
      .map((words) => words.join(" "));
    const pair = fc.tuple(fc.constantFrom("Site", "Connection", "ID", ""), value);
    await fc.assert(
      fc.asyncProperty(
        fc.array(pair, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 20, max: 200 }),
        async (pairs, width) => {
          const text = await renderFields(pairs, plain(width));
          const words = text.split(/\s+/);
          for (const [, given] of pairs) {
            for (const each of given.split(" ")) expect(words).toContain(each);
          }
          for (const line of text.split("\n")) {
            expect(line).toBe(line.trimEnd());
            if (stringWidth(line) > width) expect(line.trim()).not.toContain(" ");
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("as TSV each pair is one line", () => {
    expect(
      renderFieldsTsv([
        ["Name", "a\tb\nc"],
        ["Empty", ""],
      ]),
    ).toBe("Name\ta b c\nEmpty\t\n");
  });
});
