import { describe, expect, it } from "vitest";
import {
  COMPANY,
  CONNECTION,
  DOCUMENT,
  dataVendor,
  documentOf,
  SITE,
  usageRow,
} from "../support/data-vendor.ts";
import { freshPlace } from "../support/run-cli.ts";

const LIST = ["documents", "list", "--no-color", "--connection", CONNECTION];
const GET = ["documents", "get", DOCUMENT, "--no-color"];

const idAt = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => documentOf({ id: idAt(n) }));

/** The nth day after the beginning of 2025. */
const dayAt = (n: number) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10);

describe("nectar documents list", () => {
  it("follows every page, and shows the newest bills first, with a limit too", async () => {
    const documents = many(345).map((one, n) => ({ ...one, billDate: dayAt(n) }));
    const vendor = await dataVendor({
      documents: [...documents, { ...documents[0], id: "undated", billDate: null }],
    });
    const all = await freshPlace().run([...LIST, "--json"], { env: vendor.env });
    expect(all.status).toBe(0);
    const ids = all.json<{ id: string }[]>().map(({ id }) => id);
    expect(ids).toEqual([...documents.map((_, n) => idAt(n)).reverse(), "undated"]);
    expect(vendor.asked).toHaveLength(4);
    const some = await freshPlace().run([...LIST, "-q", "--limit", "150"], { env: vendor.env });
    expect(some.stdout.trimEnd().split("\n")).toEqual(ids.slice(0, 150));
    expect(vendor.asked).toHaveLength(8);
  });

  it("asks by company, site or connection under the reference's path, with the documented filters", async () => {
    const vendor = await dataVendor({});
    const run = (words: string[]) =>
      freshPlace().run(["document", "ls", "--json", ...words], vendor);
    await run(["--company", COMPANY]);
    await run(["--site", SITE, "--include-deleted"]);
    const filters = ["--type", "electricity", "--type", "Water", "--date-type", "usage-period"];
    const days = ["--start-date", "2025-01-01", "--end-date", "2025-12-31"];
    const last = await run([
      "--connection",
      CONNECTION,
      ...filters,
      ...days,
      "--identifier",
      "01 3",
    ]);
    expect(last).toMatchObject({ status: 0, stdout: "[]\n", stderr: "" });
    expect(vendor.paths()).toEqual([
      `/document/company/${COMPANY}?page=1`,
      `/document/site/${SITE}?isDeleted=true&page=1`,
      `/document/connection/${CONNECTION}?startDate=2025-01-01&endDate=2025-12-31&dateType=USAGE_PERIOD&datasourceType=ELECTRICITY&datasourceType=WATER&identifier=01+3&page=1`,
    ]);
  });

  it("has JSON in the tool's own words, every cent as the API gave it, and no file URL", async () => {
    const vendor = await dataVendor({ documents: [documentOf()] });
    const run = await freshPlace().run([...LIST, "--json"], { env: vendor.env });
    expect(run.json<unknown>()).toEqual([
      {
        id: DOCUMENT,
        billDate: "2026-02-05",
        dueDate: "2026-02-25",
        provider: "City Power",
        currency: "USD",
        totalCharges: "12345678901234567.89",
        period: { from: "2026-01-01", to: "2026-01-31" },
        types: ["ELECTRICITY", "GAS"],
        status: null,
        flaggedStatus: null,
        isFlagged: false,
        isDeleted: null,
        isEstimated: false,
        revisedDocumentId: null,
        companyId: COMPANY,
        siteIds: [SITE],
        createdAt: "2026-02-05T10:00:00.000Z",
        updatedAt: "2026-02-06T10:00:00.000Z",
      },
    ]);
    expect(run.stdout).not.toContain("signature");
  });

  it("is a table on a terminal, blocks in a narrow one, the same seven columns in a pipe", async () => {
    const odd = documentOf({
      isFlagged: true,
      isDeleted: true,
      usageData: [usageRow({ isEstimated: true })],
      utilityCompany: "Evil\u001b[31m\tPower",
      totalCharges: 99.5,
    });
    const vendor = await dataVendor({ documents: [documentOf(), odd] });
    const wide = await freshPlace().run(LIST, { env: vendor.env, columns: 160 });
    const [header, row, second] = wide.stdout.split("\n");
    expect(header).toMatch(/^BILL DATE +SITE +PROVIDER +TYPES +CHARGES +REMARKS +ID$/);
    expect(row).toContain("Electricity, Gas");
    expect(row).toContain(`12 345 678 901 234 567.89 USD`);
    expect(row?.endsWith(`  ${DOCUMENT}`)).toBe(true);
    expect(second).toMatch(/ {2}99\.5 USD {2}flagged, estimated, deleted {2}/);
    expect(wide.stdout).not.toContain("\u001b[31m");
    expect(wide.stderr).toContain(`2 documents of connection ${CONNECTION} · profile default`);
    const narrow = await freshPlace().run(LIST, { env: vendor.env, columns: 40 });
    for (const line of narrow.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
    expect(narrow.stdout).toContain(DOCUMENT);
    const piped = await freshPlace().run(LIST, { env: vendor.env });
    expect(piped.stdout.split("\n").map((line) => line.split("\t"))).toEqual([
      ["2026-02-05", "City Power", "ELECTRICITY,GAS", "12345678901234567.89", "USD", "", DOCUMENT],
      [
        "2026-02-05",
        "Evil Power",
        "ELECTRICITY",
        "99.5",
        "USD",
        "flagged,estimated,deleted",
        DOCUMENT,
      ],
      [""],
    ]);
  });

  it("tells the bills of two sites apart, and stays a table at 100 columns", async () => {
    const store = { id: COMPANY, name: "Warehouse North" };
    const of = (site: unknown, more = {}) =>
      documentOf({
        ...{ utilityCompany: "Nectar Sandbox Electricity", totalCharges: "-14098.92" },
        ...{ usageData: [usageRow({ site })], ...more },
      });
    const both = { usageData: [usageRow(), usageRow({ site: store }), usageRow({ site: SITE })] };
    const documents = [of({ id: SITE, name: "Plant" }), of(store), of(null), of(null, both)];
    const wide = await dataVendor({ documents });
    const run = await freshPlace().run(LIST, { env: wide.env, columns: 150 });
    const sites = run.stdout.split("\n").map((line) => line.split(/ {2,}/)[1]);
    expect(sites.slice(0, 3)).toEqual(["SITE", "Plant", "Warehouse North"]);
    expect(sites[3]).toMatch(/^Nectar/);
    expect(sites[4]).toMatch(/^Plant, Warehouse North, 1a2b/);
    for (const isFlagged of [false, true]) {
      const vendor = await dataVendor({ documents: [...documents, of(store, { isFlagged })] });
      const { stdout } = await freshPlace().run(LIST, { env: vendor.env, columns: 100 });
      expect(stdout).toMatch(/^BILL DATE +SITE +.*TYPES +CHARGES .*ID\n/);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
      expect(stdout.trimEnd().split("\n")).toHaveLength(6);
    }
  });

  it("says when a limit cut the list, and only then", async () => {
    const vendor = await dataVendor({ documents: many(120) });
    const footer = async (limit: string) => {
      const words = [...LIST, "--limit", limit];
      return (await freshPlace().run(words, { env: vendor.env, columns: 100 })).stderr.trim();
    };
    const of = `of connection ${CONNECTION} · profile default`;
    expect(await footer("1")).toBe(`The first document ${of}`);
    expect(await footer("100")).toBe(`The first 100 documents ${of}`);
    expect(await footer("120")).toBe(`120 documents ${of}`);
    expect(await footer("121")).toBe(`120 documents ${of}`);
  });

  it("is CSV on request: the fields of the JSON, a period in two, lists with semicolons, every cent", async () => {
    const odd = documentOf({ utilityCompany: 'City "Power", Inc.\r\nx', totalCharges: "-0.10" });
    const vendor = await dataVendor({ documents: [documentOf(), odd] });
    const { stdout } = await freshPlace().run([...LIST, "--csv"], { env: vendor.env });
    const [header, first, second, end] = stdout.split("\r\n");
    const [shown] = (await freshPlace().run([...LIST, "--json"], vendor)).json<object[]>();
    const cells = Object.entries(shown ?? {}).flatMap(([name, value]) => {
      if (name === "period") return Object.entries(value as object);
      return [[name, Array.isArray(value) ? value.join(";") : String(value ?? "")]];
    });
    expect(header).toBe(cells.map(([name]) => name).join(","));
    expect(first).toBe(cells.map(([, value]) => value).join(","));
    expect(first).toContain(",12345678901234567.89,");
    expect(second).toContain(',"City ""Power"", Inc. x",USD,-0.10,');
    expect(end).toBe("");
    const terminal = { env: vendor.env, columns: 40 };
    const same = await freshPlace().run([...LIST, "--csv"], terminal);
    expect([same.stdout, same.stderr]).toEqual([stdout, ""]);
    const none = await dataVendor({});
    const empty = await freshPlace().run([...LIST, "--csv"], { env: none.env, columns: 80 });
    expect([empty.stdout, empty.stderr]).toEqual([
      `${header}\r\n`,
      `No documents of connection ${CONNECTION}.\n`,
    ]);
    for (const flag of ["--json", "--quiet"]) {
      const both = await freshPlace().run([...LIST, "--csv", flag], none);
      expect([both.status, both.stdout]).toEqual([2, ""]);
      expect(both.stderr).toContain(`--csv and ${flag} can't be used together`);
    }
    expect(none.asked).toHaveLength(1);
  });

  it("leaves out the column of remarks where there are none, and says so where there is nothing", async () => {
    const vendor = await dataVendor({ documents: [documentOf()] });
    const one = await freshPlace().run(LIST, { env: vendor.env, columns: 140 });
    expect(one.stdout).not.toContain("REMARKS");
    expect(one.stderr).toContain("1 document of");
    const nothing = await dataVendor({});
    const none = await freshPlace().run(LIST, { env: nothing.env, columns: 80 });
    expect([none.status, none.stdout]).toEqual([0, ""]);
    expect(none.stderr).toContain(`No documents of connection ${CONNECTION}.`);
    expect((await freshPlace().run([...LIST, "--json"], nothing)).stdout).toBe("[]\n");
  });

  it.each([
    [
      ["--connection", CONNECTION, "--site", SITE],
      "--connection and --site can't be used together",
    ],
    [["--site", ""], "--site: an empty value is not allowed; it takes an ID"],
    [["--type", "coal"], '--type: "coal" is not allowed; it takes one of ELECTRICITY, GAS'],
    [["--start-date", "2025-13-01"], '--start-date: "2025-13-01" is not allowed'],
    [
      ["--start-date", "2025-02-01", "--end-date", "2025-01-31"],
      "--start-date 2025-02-01 is after",
    ],
    [["--date-type", "never"], "it takes one of USAGE_PERIOD, BILL_DATE"],
    [["--identifier", ""], "--identifier: an empty value is not allowed"],
    [["--limit", "0"], "it takes a whole number above zero"],
    [[], "--company"],
  ])("refuses %j in one line, and asks nothing", async (words, said) => {
    const vendor = await dataVendor({});
    const run = await freshPlace().run(["documents", "list", ...words], { env: vendor.env });
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr.split("\n")[0]).toContain(said);
    expect(vendor.asked).toHaveLength(0);
  });

  it("ends with the API's own refusals", async () => {
    const place = freshPlace();
    const vendor = await dataVendor({});
    const run = await place.run([...GET, "--json"], { env: vendor.env });
    expect(run.status).toBe(5);
    expect(run.error().message).toContain(`/document/${DOCUMENT}`);
  });
});

describe("nectar documents get", () => {
  it("shows the record, its line items and its usage, whole at every width", async () => {
    const vendor = await dataVendor({
      documents: [
        documentOf({
          demandMeters: [
            {
              startDate: "2026-01-01",
              endDate: "2026-01-31",
              demandUsage: 45,
              demandUsageUnits: "kW",
              demandType: "PEAK",
            },
          ],
        }),
      ],
    });
    for (const columns of [140, 40]) {
      const run = await freshPlace().run(GET, {
        env: vendor.env,
        columns,
      });
      expect(run.status).toBe(0);
      for (const text of [
        "12 345 678 901 234 567.89 USD",
        "Energy charge",
        "223.69 USD",
        "0137746423",
        "kW",
        "https://files.example/bill.pdf?signature=abc",
      ]) {
        expect(run.stdout.replace(/\s+/g, " ")).toContain(text);
      }
      const titles = run.stdout
        .split("\n")
        .filter((line) => /^(Line items|Usage|Demand)$/.test(line));
      expect(titles).toEqual(["Line items", "Usage", "Demand"]);
    }
  });

  it("has all of it as JSON, and as lines in a pipe", async () => {
    const vendor = await dataVendor({ documents: [documentOf()] });
    const run = await freshPlace().run([...GET, "--json"], {
      env: vendor.env,
    });
    expect(run.json()).toMatchObject({
      id: DOCUMENT,
      amounts: { taxCharges: "10.10", currentCharges: null },
      fileUrl: "https://files.example/bill.pdf?signature=abc",
      lineItems: [
        {
          description: "Energy charge",
          quantity: "1234.50",
          unit: "kWh",
          rate: "0.1812",
          totalCharge: "223.69",
        },
        { description: "Tax", totalCharge: "10.1", chargeType: "TAX" },
      ],
      usage: [
        { id: "row-1", usage: "1234.50", unit: "kWh", identifier: "0137746423" },
        { id: "row-2", type: "GAS" },
      ],
    });
    const piped = await freshPlace().run(GET, { env: vendor.env });
    const lines = piped.stdout.split("\n");
    expect(lines).toContain("Line item\tEnergy charge\t\t1234.50\tkWh\t0.1812\t223.69");
    expect(lines).toContain(
      "Usage\t2026-01-01\t2026-01-31\tELECTRICITY\t1234.50\tkWh\tPlant\t0137746423\t\trow-1",
    );
    const quiet = await freshPlace().run([...GET, "-q"], { env: vendor.env });
    expect(quiet.stdout).toBe(`${DOCUMENT}\n`);
  });
});
