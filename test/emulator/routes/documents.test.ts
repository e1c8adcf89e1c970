/** Documents over HTTP: pages, filters, one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { call, SANDBOX } from "../harness.ts";
import { everyDocument, MADE, sandbox } from "./sandbox.ts";

describe("GET documents", () => {
  it("gives them by company, by site and by connection, in both forms of the path", async () => {
    const box = await sandbox({ sites: 3 });
    box.setTime(2000);
    const { companyId, connectionId, siteIds } = box;
    const total = async (path: string) => (await box.documents(path)).totalDocuments;
    expect(await total(`/document/connection/${connectionId}`)).toBe(3 * 100);
    expect(await total(`/document/company/${companyId}`)).toBe(3 * 100);
    expect(await total(`/company/${companyId}/document`)).toBe(3 * 100);
    expect(await total(`/document/site/${siteIds[1]}`)).toBe(100);
    const ofSite = await everyDocument(box, `/document/site/${siteIds[1]}`);
    for (const { usageData } of ofSite) {
      expect(usageData?.map(({ site }) => typeof site === "object" && site?.id)).toEqual([
        siteIds[1],
      ]);
    }
  });

  it("pages a hundred at a time, the oldest month first, and repeats the last page", async () => {
    const box = await sandbox({ sites: 3 });
    box.setTime(30 * 24 * 3_600_000);
    const path = `/document/connection/${box.connectionId}`;
    const [first, last, past] = [
      await box.documents(path),
      await box.documents(`${path}?page=4`),
      await box.documents(`${path}?page=99`),
    ];
    expect(first).toMatchObject({
      totalDocuments: 312,
      perPage: 100,
      totalPages: 4,
      currentPage: 1,
      hasNext: true,
      hasPrevious: false,
    });
    expect(first.documents).toHaveLength(100);
    expect(last.documents).toHaveLength(12);
    expect(past).toEqual(last);
    const all = await everyDocument(box, path);
    expect(new Set(all.map(({ id }) => id)).size).toBe(312);
    const months = all.map(({ billDate }) => String(billDate).slice(0, 7));
    expect(months).toEqual([...months].sort());
  });

  it("puts the documents of a company's connections together", async () => {
    const box = await sandbox();
    const { emulator, companyId, siteIds } = box;
    await call(emulator, "POST", `/connection/company/${companyId}`, {
      ...SANDBOX,
      sites: siteIds,
    });
    box.setTime(2000);
    const all = await everyDocument(box, `/document/company/${companyId}`);
    expect(all).toHaveLength(2 * 100);
    const months = all.map(({ billDate }) => String(billDate).slice(0, 7));
    expect(months).toEqual([...months].sort());
    expect(await everyDocument(box, `/document/connection/${box.connectionId}`)).toHaveLength(100);
  });

  it("gives bills whose lines add up to what they charge", async () => {
    const box = await sandbox();
    box.setTime(2000);
    for (const bill of await everyDocument(box, `/document/connection/${box.connectionId}`)) {
      const cents = (bill.lineItems ?? []).map(({ totalCharge }) =>
        Math.round(Number(totalCharge) * 100),
      );
      const sum = cents.reduce((all, one) => all + one, 0);
      expect((sum / 100).toFixed(2)).toBe(bill.currentCharges);
      expect(bill.totalCharges).toBe(bill.currentCharges);
      expect(Number(bill.currentOpenBalance).toFixed(2)).toBe(
        (Number(bill.previousCloseBalance) - Number(bill.afterPreviousTotalPayment)).toFixed(2),
      );
      expect(String(bill.dueDate) > String(bill.billDate)).toBe(true);
      expect(bill.chargesUnits).toBe("USD");
    }
  });

  it("finds a month's bills by that month, as a bill is dated with the last day of its period", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const path = `/document/connection/${box.connectionId}?startDate=2025-03-01&endDate=2025-03-31`;
    const bills = await everyDocument(box, path);
    expect(
      bills.map(({ billDate, usageData }) => [
        ...[billDate, usageData?.[0]?.datasourceType],
        ...[usageData?.[0]?.startDate, usageData?.[0]?.endDate],
      ]),
    ).toEqual([
      ["2025-03-31", "ELECTRICITY", "2025-03-01", "2025-03-31"],
      ["2025-03-31", "SOLAR", "2025-03-01", "2025-03-31"],
      ["2025-03-11", "GAS", "2025-02-12", "2025-03-11"],
      ["2025-03-31", "FUEL", "2025-03-01", "2025-03-31"],
    ]);
  });

  it("keeps to the version that is asked for", async () => {
    const box = await sandbox();
    await call(box.emulator, "PATCH", `/company/${box.companyId}`, { isDemandEnabled: true });
    box.setTime(2000);
    const path = `/document/connection/${box.connectionId}?datasourceType=ELECTRICITY`;
    const fields = async (version: string) => {
      const { url, key } = box.emulator;
      const response = await fetch(`${new URL(url).origin}/${version}${path}`, {
        headers: { "X-API-Key": key },
      });
      const { documents } = z.parse(
        z.looseObject({
          documents: z.array(z.looseObject({ usageData: z.array(z.looseObject({})) })),
        }),
        await response.json(),
      );
      const [bill] = documents;
      const names = ["demandMeters", "timeOfUse", "timeOfUseBreakdown", "isEstimated"];
      return names.filter((name) => name in Object({ ...bill, ...bill?.usageData[0] }));
    };
    expect(await fields("v2")).toEqual(["timeOfUse", "timeOfUseBreakdown"]);
    expect(await fields("v2.1")).toEqual(["timeOfUse", "isEstimated"]);
    expect(await fields("v2.2")).toEqual(["demandMeters", "timeOfUseBreakdown", "isEstimated"]);
  });

  it("keeps what was replaced for those who ask for it", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const path = `/document/connection/${box.connectionId}`;
    const [listed, all] = [
      await everyDocument(box, path),
      await everyDocument(box, `${path}?isDeleted=true`),
    ];
    const replaced = all.filter(({ isDeleted }) => isDeleted);
    expect(replaced.length).toBeGreaterThan(0);
    expect(all.length).toBe(listed.length + replaced.length);
    for (const { revisedDocumentId } of replaced) {
      expect(listed.map(({ id }) => id)).toContain(revisedDocumentId);
    }
    expect((await box.documents(`${path}?isDeleted=false`)).totalDocuments).toBe(listed.length);
  });

  it("filters as a plain look at each document would", async () => {
    const box = await sandbox();
    box.setTime(30 * 24 * 3_600_000);
    const path = `/document/connection/${box.connectionId}`;
    const all = await everyDocument(box, `${path}?isDeleted=true`);
    const anyDay = fc
      .date({ min: new Date("2023-12-01"), max: new Date("2026-02-01"), noInvalidDate: true })
      .map((time) => time.toISOString().slice(0, 10));
    // Days on which something lies, so that both ends of a range are met.
    const days = all.flatMap(({ billDate, created, updated, usageData }) =>
      [billDate, created, updated, usageData?.[0]?.startDate, usageData?.[0]?.endDate].map((text) =>
        String(text).slice(0, 10),
      ),
    );
    const date = fc.oneof(anyDay, fc.constantFrom(...days));
    const values = all.flatMap(
      ({ usageData }) => usageData?.[0]?.identifiers?.map(({ value }) => value ?? "") ?? [],
    );
    const query = fc.record(
      {
        startDate: date,
        endDate: date,
        dateType: fc.constantFrom("USAGE_PERIOD", "BILL_DATE", "CREATED_DATE", "UPDATED_DATE"),
        datasourceType: fc.subarray(["GAS", "WATER", "ELECTRICITY", "TELECOM"], { minLength: 1 }),
        identifier: fc.constantFrom(...values, "137746423"),
        isDeleted: fc.constantFrom("true", "false"),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        const { startDate = "0000-01-01", endDate = "9999-12-31", dateType = "BILL_DATE" } = given;
        const wanted = all.filter((bill) => {
          const row = bill.usageData?.[0];
          const span = {
            USAGE_PERIOD: [row?.startDate, row?.endDate],
            BILL_DATE: [bill.billDate, bill.billDate],
            CREATED_DATE: [bill.created?.slice(0, 10), bill.created?.slice(0, 10)],
            UPDATED_DATE: [bill.updated?.slice(0, 10), bill.updated?.slice(0, 10)],
          }[dateType].map(String);
          return (
            (given.isDeleted === "true" || !bill.isDeleted) &&
            (span[0] ?? "") <= endDate &&
            (span[1] ?? "") >= startDate &&
            (given.datasourceType?.includes(String(row?.datasourceType)) ?? true) &&
            (given.identifier === undefined ||
              row?.identifiers?.some(({ value }) => value === given.identifier))
          );
        });
        const search = new URLSearchParams();
        for (const [name, value] of Object.entries(given)) {
          for (const one of [value].flat()) search.append(name, one);
        }
        const found = await everyDocument(box, `${path}?${search}`);
        expect(found.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
      }),
      { numRuns: 120 },
    );
  });

  it("finds an identifier however it is written", async () => {
    const box = await sandbox({ connection: { country: "gb" } });
    box.setTime(2000);
    const path = `/document/connection/${box.connectionId}?datasourceType=GAS`;
    const [bill] = (await box.documents(path)).documents;
    const [meter] = bill?.usageData?.[0]?.identifiers ?? [];
    const value = meter?.value ?? "";
    expect(value).toMatch(/^0\d\d-\d{3}-\d{4}$/);
    const digits = value.replaceAll("-", "");
    const total = async (identifier: string) =>
      (await box.documents(`${path}&identifier=${encodeURIComponent(identifier)}`)).totalDocuments;
    for (const written of [
      value,
      digits,
      digits.slice(1),
      `00${digits}`,
      `${digits.slice(0, 4)} _,/${digits.slice(4)}`,
    ]) {
      expect(await total(written)).toBe(23);
    }
    for (const other of [digits.slice(0, 6), `${digits}1`, "000", "-"])
      expect(await total(other)).toBe(0);
  });

  it.each([
    ["startDate=2024-13-01", "startDate: must be a date written as YYYY-MM-DD."],
    ["endDate=yesterday", "endDate: must be a date written as YYYY-MM-DD."],
    ["endDate=", "endDate: must be a date written as YYYY-MM-DD."],
    [
      "dateType=BILL",
      "dateType: must be one of USAGE_PERIOD, BILL_DATE, CREATED_DATE, UPDATED_DATE.",
    ],
    [
      "datasourceType=GAS&datasourceType=STEAM",
      "datasourceType[1]: must be one of ELECTRICITY, GAS, WATER, DISTRICT, WASTE, FUEL, MISC, REFRIGERANT, SOLAR, TELECOM.",
    ],
    ["identifier=", "identifier: must not be empty."],
    ["identifier=1&identifier=2", "identifier: can be given once."],
    ["isDeleted=yes", "isDeleted: must be one of true, false."],
    ["page=0", "page: must be a whole number from 1."],
    ["page=1&page=2", "page: can be given once."],
  ])("refuses %s", async (query, detail) => {
    const box = await sandbox();
    const answer = await box.get(`/document/connection/${box.connectionId}?${query}`);
    expect([answer.status, answer.body]).toEqual([400, { detail }]);
  });

  it("ignores parameters that are not documented, whatever their names", async () => {
    const box = await sandbox();
    const query = "constructor=a&constructor=b&toString=1";
    const answer = await box.get(`/document/connection/${box.connectionId}?${query}`);
    expect(answer.status).toBe(200);
  });

  it("knows only what there is", async () => {
    const box = await sandbox();
    const id = "11111111-1111-4111-8111-111111111111";
    for (const path of [
      `/document/connection/${id}`,
      `/document/company/${id}`,
      `/document/site/${id}`,
      `/document/${id}`,
      "/document/connection/x",
      "/document/x",
    ]) {
      expect((await box.get(path)).status).toBe(404);
    }
    const answer = await box.get(`/document/connection/${box.connectionId}`);
    expect(answer.body).toMatchObject({ totalDocuments: 0, documents: [], totalPages: 1 });
  });
});

describe("GET /document/{id}", () => {
  it("gives what the list gave, and nothing for an ID with another digit", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const [path, list] = ["/document", `/document/connection/${box.connectionId}?isDeleted=true`];
    const bills = await everyDocument(box, list);
    for (const bill of bills.filter((_, index) => index % 3 === 0)) {
      const [found, upper] = [
        await box.get(`${path}/${bill.id}`),
        await box.get(`${path}/${bill.id.toUpperCase()}`),
      ];
      expect(found.status).toBe(200);
      expect(found.body).toEqual(bill);
      expect(upper.body).toEqual(bill);
      const [row] = bill.usageData ?? [];
      expect((await box.get(`/usage/${row?.id}`)).status).toBe(200);
      expect((await box.get(`/meter/${row?.meter}`)).status).toBe(200);
      expect((await box.get(`${path}/${row?.id}`)).status).toBe(404);
    }
    const id = bills[0]?.id ?? "";
    for (const place of [0, 12, 14, 20, 25, 35]) {
      const digit = id.charAt(place) === "7" ? "6" : "7";
      const other = id.slice(0, place) + digit + id.slice(place + 1);
      expect((await box.get(`${path}/${other}`)).status).toBe(404);
    }
  });

  it("is not there before its time, nor after its company", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const [bill] = (await box.documents(`/document/connection/${box.connectionId}`)).documents;
    expect(bill?.created).toBe(new Date(MADE + 2000).toISOString());
    box.setTime(1999);
    expect((await box.get(`/document/${bill?.id}`)).status).toBe(404);
    box.setTime(2000);
    expect((await call(box.emulator, "DELETE", `/company/${box.companyId}`)).status).toBe(204);
    expect((await box.get(`/document/${bill?.id}`)).status).toBe(404);
  });
});
