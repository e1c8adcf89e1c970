import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import {
  COMPANY,
  CONNECTION,
  DOCUMENT,
  dataVendor,
  SITE,
  usageRow,
} from "../support/data-vendor.ts";
import { freshPlace } from "../support/run-cli.ts";

const LIST = ["usage", "list", "--no-color", "--connection", CONNECTION];
const CHART = ["usage", "chart", "--no-color", "--connection", CONNECTION];

describe("nectar usage list", () => {
  it("asks for the rows of a document, a site, a company", async () => {
    const vendor = await dataVendor({});
    const run = (words: string[]) => freshPlace().run(["usage", "list", ...words], vendor);
    await run(["--document", DOCUMENT, "--type", "solar", "--json"]);
    await run(["--site", SITE]);
    const days = ["--date-type", "UPDATED_DATE", "--end-date", "2026-01-01"];
    await run(["--company", COMPANY, ...days, "--quiet"]);
    expect(vendor.paths()).toEqual([
      `/usage/document/${DOCUMENT}?datasourceType=SOLAR&page=1`,
      `/usage/site/${SITE}?page=1`,
      `/usage/company/${COMPANY}?endDate=2026-01-01&dateType=UPDATED_DATE&page=1`,
    ]);
    const two = await run(["--document", DOCUMENT, "--company", COMPANY]);
    expect(two.status).toBe(2);
    expect(two.stderr).toContain("--company and --document can't be used together");
  });

  it("shows period, utility, usage, unit, site, meter and ID; JSON has the same words everywhere", async () => {
    const rows = [
      usageRow(),
      usageRow({
        id: "row-2",
        startDate: "2026-01-15",
        endDate: "2026-02-13",
        usage: 150.75,
        isEstimated: true,
      }),
      usageRow({ id: "row-3", exclusion: true, site: SITE, meter: null, identifiers: [] }),
    ];
    const vendor = await dataVendor({ usage: rows });
    const wide = await freshPlace().run(LIST, { env: vendor.env, columns: 140 });
    const [header, second, first, third] = wide.stdout.split("\n");
    expect(header).toMatch(/^PERIOD +TYPE +USAGE +UNIT +SITE +METER +REMARKS +ID$/);
    expect(first).toMatch(/^2026-01 +Electricity +1 234\.50 +kWh +Plant +0137746423 +row-1$/);
    expect(second).toMatch(/^2026-01-15 to 2026-02-13 +Electricity +150\.75 .* estimated +row-2$/);
    expect(third).toMatch(/ subtracted +row-3$/);
    const narrow = await freshPlace().run(LIST, { env: vendor.env, columns: 40 });
    for (const line of narrow.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
    const json = await freshPlace().run([...LIST, "--json"], { env: vendor.env });
    expect(json.json<unknown[]>()[1]).toEqual({
      id: "row-1",
      type: "ELECTRICITY",
      from: "2026-01-01",
      to: "2026-01-31",
      usage: "1234.50",
      unit: "kWh",
      timeOfUse: [],
      isEstimated: false,
      isExcluded: false,
      site: { id: SITE, name: "Plant" },
      meterId: "22222222-0000-4000-8000-000000000001",
      identifier: "0137746423",
      documentId: DOCUMENT,
      createdAt: "2026-02-05T10:00:00.000Z",
      updatedAt: null,
    });
    expect((await freshPlace().run([...LIST, "-q"], vendor)).stdout).toBe("row-2\nrow-1\nrow-3\n");
    const piped = await freshPlace().run(LIST, { env: vendor.env });
    expect(piped.stdout.split("\n")[2]?.split("\t")).toEqual([
      ...[
        "2026-01-01",
        "2026-01-31",
        "ELECTRICITY",
        "1234.50",
        "kWh",
        SITE,
        "",
        "subtracted",
        "row-3",
      ],
    ]);
  });
});

describe("nectar usage list in other forms", () => {
  it("is CSV on request: the fields of the JSON, the site in two, decimals as they are", async () => {
    const rows = [
      usageRow({ usage: "12345678901234567.890" }),
      usageRow({ id: 'a,"b"', usage: null, meter: null, exclusion: true }),
    ];
    const vendor = await dataVendor({ usage: rows });
    const run = await freshPlace().run([...LIST, "--csv"], { env: vendor.env, columns: 80 });
    const [header, first, second, end] = run.stdout.split("\r\n");
    const [shown] = (await freshPlace().run([...LIST, "--json"], vendor)).json<
      {
        readonly site?: { readonly id: string; readonly name: string } | null;
        readonly timeOfUse?: unknown;
      }[]
    >();
    const { site, timeOfUse: _, ...fields } = shown ?? {};
    const cells = Object.entries(fields);
    const place = cells.findIndex(([name]) => name === "meterId");
    cells.splice(place, 0, ["siteId", site?.id], ["siteName", site?.name]);
    expect(header).toBe(cells.map(([name]) => name).join(","));
    expect(first).toBe(cells.map(([, value]) => String(value ?? "")).join(","));
    expect(first).toContain(",12345678901234567.890,kWh,false,false,");
    expect(second).toMatch(
      /^"a,""b""",ELECTRICITY,2026-01-01,2026-01-31,,kWh,false,true,[-0-9a-f]{36},Plant,,0137/,
    );
    expect([end, run.stderr]).toEqual(["", ""]);
    for (const flag of ["--json", "--quiet"]) {
      const both = await freshPlace().run([...LIST, "--csv", flag], vendor);
      expect(both.status).toBe(2);
      expect(both.stderr).toContain(`--csv and ${flag} can't be used together`);
    }
  });

  it("says when a limit cut it, and only then", async () => {
    const vendor = await dataVendor({ usage: [usageRow(), usageRow({ id: "row-2" })] });
    const footer = async (limit: string) => {
      const words = [...LIST, "--limit", limit];
      return (await freshPlace().run(words, { env: vendor.env, columns: 100 })).stderr.trim();
    };
    const of = `of connection ${CONNECTION} · profile default`;
    expect(await footer("1")).toBe(`The first usage row ${of}`);
    expect(await footer("2")).toBe(`2 usage rows ${of}`);
  });
});

/** The clock's present is in June 2026, so the last twelve complete months end with May. Its timers never come. */
const clock: Clock = {
  now: () => Date.UTC(2026, 5, 15, 12),
  sleep: (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
};

const YEAR = [
  "2025-06",
  "2025-07",
  "2025-08",
  "2025-09",
  "2025-10",
  "2025-11",
  "2025-12",
  "2026-01",
  "2026-02",
  "2026-03",
  "2026-04",
  "2026-05",
];

/** A year of electricity in kWh, with some gas of two units and rows that are to be left out. */
const rows = [
  ...YEAR.map((month, n) =>
    usageRow({
      id: `e-${n}`,
      startDate: `${month}-01`,
      endDate: `${month}-28`,
      usage: `${1000 * (n + 1)}.05`,
    }),
  ),
  usageRow({ id: "g-1", datasourceType: "GAS", usageUnits: "thm (US)", usage: "0.1" }),
  usageRow({ id: "g-2", datasourceType: "GAS", usageUnits: "thm (US)", usage: 0.2 }),
  usageRow({ id: "g-3", datasourceType: "GAS", usageUnits: "MMBtu", usage: "7" }),
  usageRow({ id: "x-1", usage: "n/a" }),
  usageRow({ id: "old", startDate: "2025-05-01", endDate: "2025-05-31", usage: "999999" }),
  usageRow({ id: "now", startDate: "2026-06-01", endDate: "2026-06-14", usage: "999999" }),
];

async function charted(
  words: readonly string[] = [],
  more: { columns?: number; env?: Record<string, string> } = {},
) {
  const vendor = await dataVendor({ usage: rows });
  const env = { ...vendor.env, ...more.env };
  const run = await freshPlace().run([...CHART, ...words], { ...more, env, clock });
  expect(run.status).toBe(0);
  return { run, vendor };
}

describe("nectar usage chart", () => {
  it("asks for the usage of the months that it shows, and adds it up exactly", async () => {
    const { run, vendor } = await charted(["--json", "--type", "GAS", "--type", "electricity"]);
    expect(vendor.paths()).toEqual([
      `/usage/connection/${CONNECTION}?startDate=2025-06-01&dateType=USAGE_PERIOD&datasourceType=GAS&datasourceType=ELECTRICITY&page=1`,
    ]);
    const none = YEAR.map((month) => ({ month, usage: null as string | null }));
    const gas = (usage: string) =>
      none.map((one) => (one.month === "2026-01" ? { ...one, usage } : one));
    expect(run.json()).toEqual({
      from: "2025-06",
      to: "2026-05",
      series: [
        {
          type: "ELECTRICITY",
          unit: "kWh",
          months: YEAR.map((month, n) => ({ month, usage: `${1000 * (n + 1)}.05` })),
          total: "78000.60",
        },
        { type: "GAS", unit: "MMBtu", months: gas("7"), total: "7" },
        { type: "GAS", unit: "thm (US)", months: gas("0.3"), total: "0.3" },
      ],
      unreadable: 1,
    });
  });

  it("draws the months across where there is room, a line each where there is none", async () => {
    const { run } = await charted([], { columns: 120 });
    const across = run.stdout.split("\n\n")[0]?.split("\n") ?? [];
    expect(across[0]).toBe("Electricity, kWh");
    expect(across[1]).toMatch(/^ {81}▃{7} {2}▅{7} {2}█{7}$/);
    expect(across[4]).toMatch(/^▃{7} {2}▅{7} {2}█{7}(?: {2}█{7}){9}$/);
    expect(across[5]?.trim().split(/ {2,}/)).toEqual(YEAR.map((_, n) => `${n + 1} 000`));
    expect(across[6]).toBe(YEAR.join("  "));
    expect(across[7]).toBe("Total  78 000.60 kWh");
    const narrow = (await charted([], { columns: 40 })).run;
    const lines = narrow.stdout.split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines[1]).toBe("2025-06  █▉                        1 000");
    expect(lines[12]).toBe("2026-05  ███████████████████████  12 000");
    expect(lines[13]).toBe("Total  78 000.60 kWh");
    expect(lines.filter((line) => line.startsWith("Total"))).toEqual([
      "Total  78 000.60 kWh",
      "Total  7 MMBtu  in 1 of 12 months",
      "Total  0.3 thm (US)  in 1 of 12 months",
    ]);
    expect(narrow.stderr).toBe(
      `\n15 usage rows of connection ${CONNECTION} · profile default; 1 without a number, unit or period left out\n`,
    );
  });

  it("draws with ASCII alone where the terminal has no more", async () => {
    for (const env of [{ TERM: "dumb" }, { LC_ALL: "C" }]) {
      const { run } = await charted([], { columns: 60, env });
      expect(run.stdout).toMatch(/^[\n\x20-\x7e]*$/);
      expect(run.stdout).toContain("####");
      const wide = (await charted([], { columns: 130, env })).run.stdout;
      expect(wide).toMatch(/^[\n\x20-\x7e]*$/);
    }
  });

  it("is lines of month, utility, unit and usage in a pipe, and the same as CSV", async () => {
    const { run } = await charted();
    const lines = run.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(14);
    expect(lines[0]).toBe("2025-06\tELECTRICITY\tkWh\t1000.05");
    const csv = (await charted(["--csv"])).run;
    const records = csv.stdout.split("\r\n");
    expect(records[0]).toBe("month,type,unit,usage");
    expect(records.at(-1)).toBe("");
    expect(records.slice(1, -1).map((record) => record.split(",").join("\t"))).toEqual(lines);
    expect((await charted(["--csv"], { columns: 80 })).run.stdout).toBe(csv.stdout);
    const vendor = await dataVendor({ usage: [usageRow({ usageUnits: 'a "b", c\r\n' })] });
    const odd = await freshPlace().run([...CHART, "--csv"], { env: vendor.env, clock });
    expect(odd.stdout).toBe(
      'month,type,unit,usage\r\n2026-01,ELECTRICITY,"a ""b"", c ",1234.50\r\n',
    );
  });

  it("counts the months that it is told, and refuses what is no number of months", async () => {
    const { run } = await charted(["--months", "2", "--json"]);
    expect(run.json()).toMatchObject({ from: "2026-04", to: "2026-05" });
    for (const months of ["0", "121", "1.5", "x"]) {
      const refused = await freshPlace().run([...CHART, "--months", months]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain("it takes a whole number from 1 to 120");
    }
    for (const flag of ["--json", "--quiet"]) {
      const both = await freshPlace().run([...CHART, "--csv", flag]);
      expect(both.status).toBe(2);
      expect(both.stderr).toContain(`--csv and ${flag} can't be used together`);
    }
  });

  it("says where there is nothing, and gives the IDs of what it counted when quiet", async () => {
    const vendor = await dataVendor({});
    const none = await freshPlace().run(CHART, { env: vendor.env, clock, columns: 80 });
    expect([none.status, none.stdout]).toEqual([0, ""]);
    expect(
      (await freshPlace().run([...CHART, "--json"], { env: vendor.env, clock })).json(),
    ).toEqual({
      ...{ from: "2025-06", to: "2026-05", series: [], unreadable: 0 },
    });
    const { run } = await charted(["-q", "--months", "1"]);
    expect(run.stdout).toBe("e-11\n");
  });
});
