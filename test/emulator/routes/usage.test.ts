/** Usage rows over HTTP. */
import { describe, expect, it } from "vitest";
import { everyDocument, sandbox } from "./sandbox.ts";

describe("GET usage", () => {
  it("gives one row for each document, by company, site, connection and document", async () => {
    const box = await sandbox({ sites: 2 });
    box.setTime(2000);
    const { companyId, connectionId, siteIds } = box;
    const total = async (path: string) => Number((await box.usage(path))["totalUsageData"]);
    expect(await total(`/usage/connection/${connectionId}`)).toBe(200);
    expect(await total(`/usage/company/${companyId}`)).toBe(200);
    expect(await total(`/company/${companyId}/usage`)).toBe(200);
    expect(await total(`/usage/site/${siteIds[0]}`)).toBe(100);
    const [bill] = (await box.documents(`/document/connection/${connectionId}`)).documents;
    const ofBill = await box.usage(`/usage/document/${bill?.id}`);
    expect(ofBill["totalUsageData"]).toBe(1);
    const [row] = ofBill.usageData;
    const { document: _, ...fields } = row ?? { document: null };
    expect(fields).toEqual(bill?.usageData?.[0]);
    expect((await box.get(`/usage/${row?.id}`)).body).toEqual(row);
  });

  it("embeds the document without its rows", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const { usageData } = await box.usage(`/usage/connection/${box.connectionId}`);
    for (const { document, id } of usageData.slice(0, 10)) {
      const bill = typeof document === "object" ? document : null;
      expect(bill).not.toHaveProperty("usageData");
      const whole = await box.get(`/document/${bill?.id}`);
      expect(whole.body).toMatchObject({ ...bill, usageData: [{ id }] });
    }
  });

  it("leaves out the rows of replaced documents, apart from those of the document itself", async () => {
    const box = await sandbox({ connection: { datasourceTypes: ["ELECTRICITY"] } });
    box.setTime(2000);
    const bills = await everyDocument(
      box,
      `/document/connection/${box.connectionId}?isDeleted=true`,
    );
    const replaced = bills.find(({ isDeleted }) => isDeleted);
    const { usageData } = await box.usage(
      `/usage/connection/${box.connectionId}?datasourceType=ELECTRICITY`,
    );
    expect(usageData).toHaveLength(22);
    expect(usageData.every(({ isEstimated }) => isEstimated === false)).toBe(true);
    const own = await box.usage(`/usage/document/${replaced?.id}`);
    expect(own.usageData.map(({ isEstimated }) => isEstimated)).toEqual([true]);
    expect((await box.get(`/usage/${own.usageData[0]?.id}`)).status).toBe(200);
  });

  it("compares dates with the period for a document, and with the bill's date elsewhere", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const path = `/usage/connection/${box.connectionId}`;
    const january = "startDate=2025-01-31&endDate=2025-01-31";
    const periods = (await box.usage(`${path}?${january}&dateType=USAGE_PERIOD`)).usageData;
    const january31 = ["2025-01-01", "2025-01-31"];
    expect(periods.map(({ startDate, endDate }) => [startDate, endDate])).toEqual([
      ...[january31, january31, january31],
      ...[
        ["2025-01-01", "2025-02-28"],
        ["2025-01-12", "2025-02-11"],
      ],
    ]);
    expect((await box.usage(`${path}?${january}`)).usageData).toEqual(periods.slice(0, 3));
    const { document } = periods[3] ?? {};
    const id = typeof document === "object" ? document?.id : document;
    const count = async (query: string) =>
      (await box.usage(`/usage/document/${id}?${query}`)).usageData.length;
    expect(await count(january)).toBe(1);
    expect(await count(`${january}&dateType=BILL_DATE`)).toBe(0);
    expect(await count("startDate=2025-03-01")).toBe(0);
    expect(await count("datasourceType=ELECTRICITY&datasourceType=WATER")).toBe(1);
    expect(await count("datasourceType=GAS")).toBe(0);
    expect(await count("identifier=1")).toBe(0);
  });

  it("is 404 for what is no usage row, and 400 for a broken filter", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const [bill] = (await box.documents(`/document/connection/${box.connectionId}`)).documents;
    expect((await box.get(`/usage/${bill?.id}`)).status).toBe(404);
    expect((await box.get(`/usage/document/${bill?.usageData?.[0]?.id}`)).status).toBe(404);
    expect((await box.get(`/usage/document/${bill?.id}?dateType=x`)).status).toBe(400);
    const ignored = await box.get(`/usage/connection/${box.connectionId}?isDeleted=maybe`);
    expect(ignored.status).toBe(200);
  });
});
