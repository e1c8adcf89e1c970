/** What drives an emulator from outside of the API. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEmulator } from "../../src/emulator/emulator.ts";
import { openOperations } from "../../src/emulator/operations.ts";
import { readScenario } from "../../src/emulator/statuses/scenario.ts";
import { detailOf, STATUSES, stepKind } from "../../src/emulator/statuses/statuses.ts";
import { CHECK_EVERY_MS } from "../../src/emulator/statuses/timeline.ts";
import { createMemoryStore } from "../../src/emulator/store.ts";
import {
  call,
  createCompany,
  createConnection,
  createSite,
  NOW,
  start,
  temporaryFolder,
} from "./harness.ts";
import { companyRecord } from "./state/records.ts";

const WEEK = CHECK_EVERY_MS;
const DAY = WEEK / 7;
const iso = (time: number) => new Date(time).toISOString();

/** An emulator with one connected connection. */
async function connected(options: Parameters<typeof start>[0] = {}) {
  const emulator = await start(options);
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  const connection = await createConnection(emulator, company.id, { sites: [site.id] });
  const get = async () =>
    (await call(emulator, "GET", `/connection/${connection.id}/details`)).body;
  return { emulator, company, site, connection, get };
}

describe("setting a status", () => {
  it("leads from every status to every status, at once", async () => {
    const { emulator, connection, get } = await connected();
    let from = "CONNECTED";
    for (const [index, first] of STATUSES.entries()) {
      for (const to of [first, ...STATUSES.slice(index)]) {
        const change = await emulator.setStatus(connection.id, to);
        expect(change).toEqual({
          ...{ id: connection.id, from, to, detail: detailOf(to) },
          documented: stepKind(from, to) === "documented",
        });
        expect(await get()).toMatchObject({ status: to, statusErrorDetail: detailOf(to) });
        from = to;
      }
    }
  });

  it("takes a sentence, any letter case, and an ID in capitals", async () => {
    const { emulator, connection, get } = await connected();
    const id = connection.id.toUpperCase();
    const change = await emulator.setStatus(id, "website-down", "Back on Monday.");
    expect(change).toMatchObject({ id: connection.id, to: "WEBSITE_DOWN" });
    expect((await get()).statusErrorDetail).toBe("Back on Monday.");
  });

  it("drops what the connection was scripted to do", async () => {
    const scenario = readScenario([["mfa-expires-after", 1]]);
    const { emulator, connection, get } = await connected({ scenario });
    await emulator.setStatus(connection.id, "CONNECTED");
    expect((await emulator.advance(2 * WEEK)).changed).toEqual([]);
    expect((await get()).status).toBe("CONNECTED");
  });

  it("refuses a status that does not exist, an empty sentence, and an ID of nothing", async () => {
    const { emulator, connection, get } = await connected();
    await expect(emulator.setStatus(connection.id, "FINE")).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("CONNECTED, PENDING"),
    });
    for (const detail of ["", "x".repeat(1001)]) {
      await expect(emulator.setStatus(connection.id, "PENDING", detail)).rejects.toMatchObject({
        code: "invalid_input",
      });
    }
    await expect(emulator.setStatus(randomUUID(), "PENDING")).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await get()).status).toBe("CONNECTED");
  });
});

describe("the emulator's time", () => {
  it("moves ahead with what it brings, and tells it in the order of time", async () => {
    const scenario = readScenario([
      ["website-down-after", 1],
      ["mfa-expires-after", 2],
    ]);
    const { emulator, connection, get } = await connected({ scenario });
    expect(await emulator.time()).toEqual({ now: iso(NOW), aheadMs: 0 });
    expect(await emulator.advance("6d")).toEqual({
      ...{ now: iso(NOW + 6 * DAY), advancedMs: 6 * DAY },
      changed: [],
    });
    expect((await get()).status).toBe("CONNECTED");
    const { id } = connection;
    expect((await emulator.advance("2w")).changed).toEqual([
      { id, from: "CONNECTED", to: "WEBSITE_DOWN", at: iso(NOW + WEEK) },
      { id, from: "WEBSITE_DOWN", to: "MFA_TOKEN_EXPIRED", at: iso(NOW + 2 * WEEK) },
    ]);
    expect(await get()).toMatchObject({
      status: "MFA_TOKEN_EXPIRED",
      statusFirstSeenTime: iso(NOW + 2 * WEEK),
    });
    expect(await emulator.time()).toMatchObject({ aheadMs: 20 * DAY });
  });

  it("dates what is made from then on", async () => {
    const { emulator, company, site } = await connected();
    await emulator.advance("365d");
    const later = await createConnection(emulator, company.id, { sites: [site.id] });
    expect(later).toMatchObject({ created: iso(NOW + 365 * DAY) });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "", "0d", "-7d", "soon"])(
    "does not move by %j",
    async (by) => {
      const emulator = await start();
      await expect(emulator.advance(by)).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining("Time only goes forward"),
      });
      expect((await emulator.time()).aheadMs).toBe(0);
    },
  );

  it("goes up to a hundred years ahead, and no further", async () => {
    const { emulator, get } = await connected();
    await emulator.advance("3653d");
    expect((await get()).status).toBe("CONNECTED");
    await emulator.advance("32872d");
    await expect(emulator.advance("1d")).rejects.toThrow("a hundred years ahead");
  });
});

describe("a reset", () => {
  it("removes all there is and brings the time back", async () => {
    const { emulator } = await connected();
    const { faults } = emulator;
    await emulator.advance("7d");
    await faults.add({ html: true, path: "/site/*" });
    expect(await emulator.reset()).toEqual({ companies: 1, sites: 1, connections: 1 });
    expect(await emulator.time()).toEqual({ now: iso(NOW), aheadMs: 0 });
    expect((await call(emulator, "GET", "/company")).body).toEqual([]);
    expect(await faults.list()).toEqual([]);
    expect(await emulator.reset()).toEqual({ companies: 0, sites: 0, connections: 0 });
  });
});

describe("a folder", () => {
  it("is driven whether or not an emulator runs, and one that runs sees it at once", async () => {
    const stateDir = temporaryFolder();
    const options = { stateDir, clock: { now: () => NOW, sleep: async () => {} }, ids: randomUUID };
    const { emulator, connection, get } = await connected({ stateDir });
    const outside = await openEmulator(options);
    await outside.setStatus(connection.id, "OTHER_ERROR");
    await outside.advance("7d");
    expect(await get()).toMatchObject({ status: "OTHER_ERROR" });
    expect((await emulator.time()).aheadMs).toBe(WEEK);
    await emulator.close();
    await (await openEmulator(options)).setStatus(connection.id, "CONNECTED");
    const next = await start({ stateDir });
    const { body } = await call(next, "GET", `/connection/${connection.id}/details`);
    expect(body).toMatchObject({ status: "CONNECTED", statusFirstSeenTime: iso(NOW + WEEK) });
  });

  it("is not made by a look", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const outside = await openEmulator({
      stateDir,
      clock: { now: () => NOW, sleep: async () => {} },
      ids: randomUUID,
    });
    expect((await outside.time()).aheadMs).toBe(0);
    await expect(outside.setStatus(randomUUID(), "PENDING")).rejects.toThrow("no connection");
    expect(existsSync(join(stateDir, "emulator", "data.json"))).toBe(false);
  });
});

describe("a reset of many objects", () => {
  it("removes all of them", async () => {
    const store = createMemoryStore();
    await store.write((_, changes) => {
      for (let index = 0; index < 150_000; index += 1) {
        changes.push({ op: "put", kind: "company", value: companyRecord(`company-${index}`) });
      }
    });
    const clock = { now: () => NOW, sleep: async () => {} };
    const emulator = openOperations(store, { stateDir: null, ids: randomUUID, clock });
    expect(await emulator.reset()).toMatchObject({ companies: 150_000 });
    expect(await store.read((view) => view.counts())).toMatchObject({ companies: 0 });
  });
});
