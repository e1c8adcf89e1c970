/** Which documents there are at a time, and what becomes of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateText } from "../../../src/emulator/data/calendar.ts";
import { documentBodyOf } from "../../../src/emulator/data/document-body.ts";
import { type DocumentRow, rowId } from "../../../src/emulator/data/documents.ts";
import { sourceOf } from "../../../src/emulator/data/source.ts";
import { quantityOf } from "../../../src/emulator/data/usage.ts";
import type { Span } from "../../../src/emulator/state/entities.ts";
import { companyRecord } from "../state/records.ts";
import {
  accountOf,
  allDocuments,
  CONNECTED,
  connected,
  DAY,
  month,
  source,
  viewWith,
} from "./connected.ts";

const span = (from: number, until: number | null): Span => ({
  from: new Date(from).toISOString(),
  until: until === null ? null : new Date(until).toISOString(),
});

const current = (rows: readonly DocumentRow[]) => rows.filter(({ deleted }) => deleted === null);

describe("documents", () => {
  it("are one for each billing period of an account, from the first day on, without a gap", () => {
    const { accounts } = source({ dataCollectionStartDate: "2024-02-10" });
    expect(accounts).toHaveLength(15);
    for (const account of accounts) {
      const rows = current(allDocuments([account]));
      expect(dateText(rows[0]?.start ?? 0)).toBe("2024-02-10");
      rows.slice(1).forEach(({ start }, index) => {
        expect(start).toBe((rows[index]?.end ?? 0) + DAY);
      });
    }
  });

  it.each([
    ["ELECTRICITY", ["2025-08-01 2025-08-31", "2025-09-01 2025-09-30", "2025-10-01 2025-10-31"]],
    ["WATER", ["2025-05-01 2025-06-30", "2025-07-01 2025-08-31", "2025-09-01 2025-10-31"]],
    ["GAS", ["2025-08-12 2025-09-11", "2025-09-12 2025-10-11", "2025-10-12 2025-11-11"]],
  ])("of %s are for the periods in which it is billed", (type, periods) => {
    const rows = current(allDocuments([accountOf(source(), type)]));
    const texts = rows.map(({ start, end }) => `${dateText(start)} ${dateText(end)}`);
    expect(texts.slice(-3)).toEqual(periods);
  });

  it("are the same to the byte whenever they are asked for", () => {
    const [one, other] = [connected(), connected()];
    const bodies = (connection: typeof one) => {
      const view = viewWith(connection);
      return allDocuments(sourceOf(view, connection, CONNECTED + DAY).accounts).map((row) =>
        JSON.stringify(documentBodyOf(view, row, "2.2")),
      );
    };
    expect(bodies(one)).toEqual(bodies(other));
    expect(bodies(one)).not.toEqual(bodies({ ...one, id: "another" }));
  });

  it("are only of the types that were asked for, and that the sandbox supplies", () => {
    const types = (datasourceTypes: string[]) =>
      source({ datasourceTypes, siteIds: ["site-0"] }).accounts.map(({ supply }) => supply.type);
    expect(types(["GAS", "WASTE", "SOLAR"])).toEqual(["SOLAR", "GAS"]);
    expect(types(["TELECOM"])).toEqual([]);
    expect(types([])).toEqual(["ELECTRICITY", "SOLAR", "WATER", "GAS", "FUEL"]);
  });

  it("go back ten years at most, and are none before the first day", () => {
    expect(allDocuments(source({ dataCollectionStartDate: "0001-01-01" }).accounts)[0]?.month).toBe(
      month(2015, 11),
    );
    expect(allDocuments(source({ dataCollectionStartDate: "2031-05-05" }).accounts)).toEqual([]);
  });

  it("start with each connection's own first day where several are listed together", () => {
    const early = source({ id: "early", datasourceTypes: ["GAS"], siteIds: ["site-0"] });
    const late = source({
      ...{ id: "late", datasourceTypes: ["GAS"], siteIds: ["site-0"] },
      dataCollectionStartDate: "2025-08-20",
    });
    const rows = allDocuments([...late.accounts, ...early.accounts]);
    const ofLate = rows.filter(({ account }) => account.source === late);
    expect(ofLate.map((row) => row.month)).toEqual([9, 10, 11].map((one) => month(2025, one)));
    expect(rows).toHaveLength(23 + 3);
  });

  it("are not there before the delay is over", () => {
    expect(allDocuments(source({}, CONNECTED + 1999).accounts)).toEqual([]);
    expect(current(allDocuments(source({}, CONNECTED + 2000).accounts))).toHaveLength(3 * 100);
  });

  it("are followed by those of the next period as time goes on", () => {
    const gained = (days: number) =>
      current(allDocuments(source({ siteIds: ["site-0"] }, CONNECTED + days * DAY).accounts))
        .filter(({ created }) => created > CONNECTED + DAY)
        .map(({ account, end }) => `${account.supply.type} ${dateText(end)}`)
        .sort();
    // From 20 November: what has come by 30 December, and by 30 January.
    const november = ["ELECTRICITY", "FUEL", "SOLAR"].map((type) => `${type} 2025-11-30`);
    const december = ["ELECTRICITY", "FUEL", "SOLAR", "WATER"].map((type) => `${type} 2025-12-31`);
    expect(gained(40)).toEqual([...november, "GAS 2025-12-11"].sort());
    expect(gained(71)).toEqual(
      [...november, ...december, "GAS 2025-12-11", "GAS 2026-01-11"].sort(),
    );
  });

  it("come some days after their period, and while data is collected only", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.array(fc.nat(300), { maxLength: 6 }), (id, days) => {
        const times = [...new Set(days)].sort((one, other) => one - other);
        const collecting = times.flatMap((day, index) => {
          const until = times[index + 1];
          return index % 2 === 0
            ? [span(CONNECTED + day * DAY, until === undefined ? null : CONNECTED + until * DAY)]
            : [];
        });
        const rows = allDocuments(source({ id, collecting }, CONNECTED + 400 * DAY).accounts);
        if (collecting.length === 0) expect(rows).toEqual([]);
        for (const { created, end, version } of rows) {
          const isIn = collecting.some(
            ({ from, until }) =>
              created >= Date.parse(from) + 2000 &&
              (until === null || created <= Date.parse(until)),
          );
          expect(isIn).toBe(true);
          expect(created).toBeGreaterThanOrEqual(end + (version === 1 ? 14 : 4) * DAY);
        }
      }),
    );
  });

  it("that were missed come when data is collected again", () => {
    const [left, back] = [CONNECTED + 2 * DAY, CONNECTED + 70 * DAY];
    const collecting = [span(CONNECTED, left), span(back, null)];
    const before = allDocuments(source({ collecting }, back + 1999).accounts);
    expect(new Set(before.map(({ created }) => created))).toEqual(new Set([CONNECTED + 2000]));
    const after = allDocuments(source({ collecting }, back + 2000).accounts);
    const missed = after.filter(({ created }) => created === back + 2000);
    expect(new Set(missed.map((row) => row.month))).toEqual(
      new Set([month(2025, 11), month(2025, 12), month(2026, 1)]),
    );
  });
});

it("stay when collecting ends at the moment at which they came", () => {
  const rows = (collecting: readonly Span[], dataDelayMs: number) =>
    current(allDocuments(source({ collecting, dataDelayMs }).accounts));
  expect(rows([span(CONNECTED, CONNECTED)], 0)).toHaveLength(300);
  expect(rows([span(CONNECTED, CONNECTED + 2000)], 2000)).toHaveLength(300);
  expect(rows([span(CONNECTED, CONNECTED + 1999)], 2000)).toEqual([]);
});

describe("an estimated electricity bill", () => {
  const now = CONNECTED + 800 * DAY;
  const rows = allDocuments([accountOf(source({}, now), "ELECTRICITY")]);

  it("comes twice a year, and is replaced ten days later", () => {
    const estimated = rows.filter(({ isEstimated }) => isEstimated);
    expect(estimated.map(({ end }) => dateText(end))).toEqual(
      [2024, 2025, 2026, 2027]
        .flatMap((year) => [`${year}-01-31`, `${year}-07-31`])
        .concat("2028-01-31")
        .slice(0, estimated.length),
    );
    for (const { created, deleted, month: when } of estimated.slice(4)) {
      expect(deleted).toBe(created + 10 * DAY);
      const revised = rows.find((row) => row.month === when && row.version === 1);
      expect(revised).toMatchObject({ created: deleted, isEstimated: false, deleted: null });
    }
  });

  it("names its successor once it has one", () => {
    const first = rows.find(
      ({ isEstimated, month: when }) => isEstimated && when >= month(2026, 1),
    );
    if (first === undefined) throw new Error("no estimated bill");
    const bodyAt = (time: number) => {
      const connection = connected();
      const view = viewWith(connection);
      const account = accountOf(sourceOf(view, connection, time), "ELECTRICITY");
      const row = allDocuments([account]).find((one) => one.month === first.month);
      return row === undefined ? null : documentBodyOf(view, row, "2.2");
    };
    const replaced = first.deleted ?? 0;
    expect(bodyAt(first.created - 1)).toBeNull();
    expect(bodyAt(first.created)).toMatchObject({
      isDeleted: false,
      revisedDocumentId: null,
      usageData: [{ isEstimated: true }],
    });
    expect(bodyAt(replaced)).toMatchObject({
      isDeleted: true,
      revisedDocumentId: rowId({ ...first, version: 1 }, "document"),
      updated: new Date(replaced).toISOString(),
    });
  });
});

describe("the body of a document", () => {
  const connection = connected();
  const view = viewWith(connection);
  const [row] = allDocuments([
    accountOf(sourceOf(view, connection, CONNECTED + DAY), "ELECTRICITY"),
  ]).slice(-1);
  if (row === undefined) throw new Error("no bill");

  it("has demand in v2.2 alone, and only where the company has it extracted", () => {
    const demand = (version: "2.0" | "2.1" | "2.2", of = view) =>
      Reflect.get(documentBodyOf(of, row, version), "demandMeters");
    expect(demand("2.2")).toBeUndefined();
    const enabled = viewWith(connection);
    const company = { ...companyRecord("company"), isDemandEnabled: true };
    enabled.apply({ op: "put", kind: "company", value: company });
    const { demand: highest } = quantityOf(row);
    expect(demand("2.2", enabled)).toMatchObject([
      { demandUsage: String((highest ?? 0) / 1000), usageDataIds: [rowId(row, "usage")] },
    ]);
    expect([demand("2.0", enabled), demand("2.1", enabled)]).toEqual([undefined, undefined]);
  });

  it("has the times of use where its version has them", () => {
    const names = (version: "2.0" | "2.1" | "2.2") =>
      documentBodyOf(view, row, version).usageData.map((fields) =>
        ["timeOfUse", "timeOfUseBreakdown", "isEstimated"].filter((name) => name in fields),
      );
    expect(names("2.0")).toEqual([["timeOfUse", "timeOfUseBreakdown"]]);
    expect(names("2.1")).toEqual([["timeOfUse", "isEstimated"]]);
    expect(names("2.2")).toEqual([["timeOfUseBreakdown", "isEstimated"]]);
  });

  it("is dated with the last day of its period", () => {
    const { billDate, dueDate, usageData } = documentBodyOf(view, row, "2.2");
    expect([billDate, usageData[0]?.endDate]).toEqual(["2025-10-31", "2025-10-31"]);
    expect(dueDate > billDate).toBe(true);
  });
});

it("bill the same amounts in every run and on every machine", () => {
  const connection = connected({ id: "3f7db482-eb49-4d6f-9b1a-111111111111", country: "GB" });
  const view = viewWith(connection);
  const rows = allDocuments(sourceOf(view, connection, CONNECTED + DAY).accounts);
  const facts = rows
    .filter((row) => row.month === month(2025, 8) && row.account.site === 1)
    .map((row) => documentBodyOf(view, row, "2.2"))
    .map(({ id, billDate, totalCharges, chargesUnits, usageData: [used] }) =>
      [id, billDate, totalCharges, chargesUnits, used?.usage, used?.usageUnits].join(" "),
    );
  expect(facts).toMatchInlineSnapshot(`
    [
      "7559ceba-0cc2-8132-8001-3005ef300000 2025-08-31 15519.25 GBP 89292 kWh",
      "7559ceba-0cc2-8132-8001-3105ef300000 2025-08-31 -791.98 GBP 16833 kWh",
      "7559ceba-0cc2-8132-8001-3205ef300000 2025-08-31 4074.12 GBP 995 cubic m",
      "7559ceba-0cc2-8132-8001-3305ef300000 2025-08-11 928.66 GBP 2594 cubic m",
      "7559ceba-0cc2-8132-8001-3405ef300000 2025-08-31 1306.99 GBP 1434 L",
    ]
  `);
});
