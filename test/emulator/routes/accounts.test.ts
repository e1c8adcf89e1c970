/** Accounts and meters over HTTP: found with their connection, tracked or not. */
import { describe, expect, it } from "vitest";
import { call } from "../harness.ts";
import { DAY, MADE, sandbox } from "./sandbox.ts";

describe("the accounts of a connection", () => {
  it("are found, set up and filled one moment after the other", async () => {
    const box = await sandbox({ sites: 2 });
    const states = async (after: number) => {
      box.setTime(after);
      return [...new Set((await box.accounts()).map(({ status }) => status))];
    };
    expect(await states(0)).toEqual(["DETECTED"]);
    expect(await states(999)).toEqual(["DETECTED"]);
    expect(await states(1000)).toEqual(["ONBOARDED"]);
    expect(await states(1999)).toEqual(["ONBOARDED"]);
    expect(await states(2000)).toEqual(["PULL_COMPLETED"]);
    const accounts = await box.accounts();
    expect(accounts.map(({ datasourceTypes }) => datasourceTypes[0])).toEqual([
      ...["ELECTRICITY", "SOLAR", "WATER", "GAS", "FUEL"],
      ...["ELECTRICITY", "SOLAR", "WATER", "GAS", "FUEL"],
    ]);
    expect(accounts[0]).toMatchObject({
      isTracked: true,
      trackingStatus: "UNSET",
      isDuplicated: "false",
      dataCollectionStartDate: "2024-01-01",
      isCollectingSmartMeterData: true,
      statusFirstSeenTime: new Date(MADE + 2000).toISOString(),
    });
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(10);
  });

  it("are listed for their company, and their meters with them", async () => {
    const box = await sandbox({ sites: 2 });
    const list = async (what: string) =>
      Object((await box.get(`/company/${box.companyId}/${what}`)).body);
    const accounts = await box.accounts();
    expect(await list("account")).toMatchObject({ totalAccounts: 10, perPage: 100, accounts });
    const { totalMeters, meters } = await list("meter");
    expect(totalMeters).toBe(10);
    expect(meters.map(({ id }: { id: string }) => id)).toEqual(
      accounts.flatMap((one) => one.meters),
    );
    for (const meter of meters) expect((await box.get(`/meter/${meter.id}`)).body).toEqual(meter);
  });

  it("have a meter each", async () => {
    const box = await sandbox();
    box.setTime(2000);
    for (const { id, meters, datasourceTypes } of await box.accounts()) {
      const answer = await box.get(`/meter/${meters[0]}`);
      expect(answer.body).toMatchObject({
        id: meters[0],
        account: id,
        site: box.siteIds[0],
        datasourceType: datasourceTypes[0],
        netMeteringType: datasourceTypes[0] === "SOLAR" ? "EXPORT" : null,
        isTracked: true,
      });
      expect((await box.get(`/meter/${id}`)).status).toBe(404);
    }
  });

  it("are none for a login that was refused", async () => {
    const box = await sandbox({ connection: { password: "wrong" } });
    box.setTime(30 * DAY);
    expect(await box.accounts()).toEqual([]);
    expect((await box.documents(`/document/company/${box.companyId}`)).totalDocuments).toBe(0);
  });
});

describe("PATCH /account/{id}", () => {
  it("stops what comes from then on, and lets it come again", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const gas = (await box.accounts()).find(({ datasourceTypes }) => datasourceTypes[0] === "GAS");
    const path = `/document/connection/${box.connectionId}?datasourceType=GAS`;
    const total = async () => (await box.documents(path)).totalDocuments;
    expect(await total()).toBe(23);
    box.setTime(DAY);
    const off = await box.patch(`/account/${gas?.id}`, { isTracked: false });
    expect(off.status).toBe(200);
    expect(off.body).toMatchObject({
      id: gas?.id,
      isTracked: false,
      trackingStatus: "DISABLED",
      status: "CUSTOMER_NOT_TRACKED",
      isCollectingInvoiceData: false,
      statusLastUpdateTime: new Date(MADE + DAY).toISOString(),
    });
    expect(await box.accounts()).toContainEqual(off.body);
    box.setTime(2 * DAY);
    expect((await box.patch(`/account/${gas?.id}`, { isTracked: false })).body).toEqual(off.body);
    box.setTime(DAY);
    expect((await box.get(`/meter/${gas?.meters[0]}`)).body).toMatchObject({ isTracked: false });
    box.setTime(80 * DAY);
    expect(await total()).toBe(23);
    expect(
      (await box.documents(`/document/connection/${box.connectionId}?datasourceType=FUEL`))
        .totalDocuments,
    ).toBe(25);
    const on = await box.patch(`/account/${gas?.id}`, { isTracked: true });
    expect(on.body).toMatchObject({
      ...{ isTracked: true, trackingStatus: "ENABLED", status: "PULL_COMPLETED" },
      statusFirstSeenTime: new Date(MADE + 80 * DAY).toISOString(),
    });
    expect(await total()).toBe(23);
    box.setTime(80 * DAY + 2000);
    expect(await total()).toBe(25);
    expect((await box.documents(path)).documents.at(-1)?.created).toBe(
      new Date(MADE + 80 * DAY + 2000).toISOString(),
    );
  });

  it("leaves the meter alone when it is told to", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const [account] = await box.accounts();
    const meter = async () => (await box.get(`/meter/${account?.meters[0]}`)).body;
    const path = `/account/${account?.id}`;
    await box.patch(path, { isTracked: false, updateMeters: false });
    expect(await meter()).toMatchObject({ isTracked: true });
    await box.patch(path, { isTracked: false });
    expect(await meter()).toMatchObject({ isTracked: false });
    await box.patch(path, { isTracked: true, updateMeters: false });
    expect(await meter()).toMatchObject({ isTracked: false });
    const rows = await box.usage(`/usage/connection/${box.connectionId}`);
    expect(rows.usageData.find((row) => row.meter === account?.meters[0])).toMatchObject({
      meterIsTracked: false,
    });
  });

  it("changes nothing without a field, and refuses what is none", async () => {
    const box = await sandbox();
    box.setTime(2000);
    const [account] = await box.accounts();
    const same = await box.patch(`/account/${account?.id}`, {});
    expect([same.status, same.body]).toEqual([200, account]);
    const wrong = await box.patch(`/account/${account?.id}`, { isTracked: "no" });
    expect([wrong.status, wrong.body.detail]).toEqual([400, "isTracked: must be true or false."]);
    expect((await box.patch(`/account/${account?.meters[0]}`, {})).status).toBe(404);
    expect((await box.patch(`/account/${box.connectionId}`, {})).status).toBe(404);
    expect((await call(box.emulator, "GET", `/account/${account?.id}`)).status).toBe(405);
  });
});
