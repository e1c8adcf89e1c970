/** Which documents there are at a time, and what becomes of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateText } from "../../../src/emulator/data/calendar.ts";
import { documentBodyOf } from "../../../src/emulator/data/document-body.ts";
import {
  type DocumentRow,
  isFlagged,
  rowId,
  updatedAt,
} from "../../../src/emulator/data/documents.ts";
import { sourceOf } from "../../../src/emulator/data/source.ts";
import type { Span } from "../../../src/emulator/state/entities.ts";
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
  it("are one a month and account, from the first day to the last full month", () => {
    const { accounts } = source({ dataCollectionStartDate: "2024-02-10" });
    expect(accounts).toHaveLength(15);
    for (const account of accounts) {
      const rows = current(allDocuments([account]));
      expect(rows.map((row) => row.month)).toEqual(
        Array.from({ length: 21 }, (_, index) => month(2024, 2) + index),
      );
      expect(dateText(rows[0]?.start ?? 0)).toBe("2024-02-10");
      expect(dateText(rows[0]?.end ?? 0)).toBe("2024-02-29");
      expect(dateText(rows[20]?.end ?? 0)).toBe("2025-10-31");
    }
  });

  it("are the same to the byte whenever they are asked for", () => {
    const [one, other] = [connected(), connected()];
    const bodies = (connection: typeof one) => {
      const view = viewWith(connection);
      return allDocuments(sourceOf(view, connection, CONNECTED + DAY).accounts).map((row) =>
        JSON.stringify(documentBodyOf(view, row)),
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
    expect(ofLate.map((row) => row.month)).toEqual([8, 9, 10].map((one) => month(2025, one)));
    expect(rows).toHaveLength(22 + 3);
  });

  it("are not there before the delay is over", () => {
    expect(allDocuments(source({}, CONNECTED + 1999).accounts)).toEqual([]);
    expect(current(allDocuments(source({}, CONNECTED + 2000).accounts))).toHaveLength(22 * 15);
  });

  it("gain exactly the next month in forty days", () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        // On the 20th everything of the months before has come, but for what replaces an estimate.
        const known = current(allDocuments(source({ id }).accounts)).map(({ month }) => month);
        const later = current(allDocuments(source({ id }, CONNECTED + 40 * DAY).accounts));
        const gained = later.filter((row) => row.created > CONNECTED + DAY);
        expect(new Set(gained.map((row) => row.month))).toEqual(new Set([month(2025, 11)]));
        expect(later).toHaveLength(known.length + 15);
      }),
      { numRuns: 20 },
    );
  });

  it("come in three to eight days after their month, and while data is collected only", () => {
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
          expect(created).toBeGreaterThanOrEqual(end + 4 * DAY + (version === 1 ? 9 * DAY : 0));
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
      new Set([month(2025, 11), month(2025, 12)]),
    );
  });
});

it("stay when collecting ends at the moment at which they came", () => {
  const rows = (collecting: readonly Span[], dataDelayMs: number) =>
    current(allDocuments(source({ collecting, dataDelayMs }).accounts));
  expect(rows([span(CONNECTED, CONNECTED)], 0)).toHaveLength(330);
  expect(rows([span(CONNECTED, CONNECTED + 2000)], 2000)).toHaveLength(330);
  expect(rows([span(CONNECTED, CONNECTED + 1999)], 2000)).toEqual([]);
});

describe("an estimated electricity bill", () => {
  const now = CONNECTED + 800 * DAY;
  const rows = allDocuments([accountOf(source({}, now), "ELECTRICITY")]);

  it("comes once a year, and is replaced some ten days later", () => {
    const estimated = rows.filter(({ isEstimated }) => isEstimated);
    expect(estimated.map((row) => Math.floor(row.month / 12))).toEqual([2024, 2025, 2026, 2027]);
    for (const { created, deleted, month: when } of estimated.slice(2)) {
      expect((deleted ?? 0) - created).toBeGreaterThanOrEqual(9 * DAY);
      expect((deleted ?? 0) - created).toBeLessThanOrEqual(11 * DAY);
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
      return row === undefined ? null : documentBodyOf(view, row);
    };
    const replaced = first.deleted ?? 0;
    expect(bodyAt(first.created - 1)).toBeNull();
    expect(bodyAt(first.created)).toMatchObject({
      isDeleted: false,
      revisedDocumentId: null,
      usageData: [{ isEstimated: true }],
      demandMeters: [{ isEstimated: true }],
    });
    expect(bodyAt(replaced)).toMatchObject({
      isDeleted: true,
      revisedDocumentId: rowId({ ...first, version: 1 }, "document"),
      updated: new Date(replaced).toISOString(),
    });
  });
});

describe("a flagged water bill", () => {
  it("comes once a year, and loses its flag some days later", () => {
    const now = CONNECTED + 800 * DAY;
    const rows = allDocuments([accountOf(source({}, now), "WATER")]);
    const flagged = rows.filter(({ unflagged }) => unflagged !== null);
    expect(flagged.map((row) => Math.floor(row.month / 12))).toEqual([2024, 2025, 2026, 2027]);
    const last = flagged.at(-1);
    const [created, unflagged] = [last?.created ?? 0, last?.unflagged ?? 0];
    expect(unflagged - created).toBeGreaterThanOrEqual(2 * DAY - 1000);
    expect(unflagged - created).toBeLessThanOrEqual(6 * DAY);
    const rowAt = (time: number) =>
      allDocuments([accountOf(source({}, time), "WATER")]).find((row) => row.month === last?.month);
    const [before, after] = [rowAt(unflagged - 1), rowAt(unflagged)];
    expect(before && [isFlagged(before), updatedAt(before)]).toEqual([true, created]);
    expect(after && [isFlagged(after), updatedAt(after)]).toEqual([false, unflagged]);
  });
});

it("bill the same amounts in every run and on every machine", () => {
  const connection = connected({ id: "3f7db482-eb49-4d6f-9b1a-111111111111", country: "GB" });
  const view = viewWith(connection);
  const rows = allDocuments(sourceOf(view, connection, CONNECTED + DAY).accounts);
  const facts = rows
    .filter((row) => row.month === month(2025, 8) && row.account.site === 1)
    .map((row) => documentBodyOf(view, row))
    .map(({ id, billDate, totalCharges, chargesUnits, usageData: [used] }) =>
      [id, billDate, totalCharges, chargesUnits, used?.usage, used?.usageUnits].join(" "),
    );
  expect(facts).toMatchInlineSnapshot(`
    [
      "7559ceba-0cc2-8132-9081-7bcc005c4c7b 2025-09-02 4142.64 GBP 26609 kWh",
      "7559ceba-0cc2-8132-9091-7bcc00404fd9 2025-09-06 -348.67 GBP 6984 kWh",
      "7559ceba-0cc2-8132-90a1-7bcc0006329f 2025-09-05 578.30 GBP 153 cubic m",
      "7559ceba-0cc2-8132-90b1-7bcc007622bb 2025-09-04 407.26 GBP 1155 cubic m",
      "7559ceba-0cc2-8132-90c1-7bcc0071a7ed 2025-09-06 353.41 GBP 446 L",
    ]
  `);
});
