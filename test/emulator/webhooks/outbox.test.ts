/** What a write queues beside its own changes, and that it changes nothing where nobody listens. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { AccountRecord, Change } from "../../../src/emulator/state/entities.ts";
import { createMemoryStore } from "../../../src/emulator/store.ts";
import { openWebhooks } from "../../../src/emulator/webhooks/endpoints.ts";
import {
  hasPendingEvents,
  type OutboxParts,
  queuePendingEvents,
  withEvents,
} from "../../../src/emulator/webhooks/outbox.ts";
import { NOW_ISO } from "../harness.ts";
import { commit, companyRecord, connectionRecord } from "../state/records.ts";
import { handClock } from "./receiving.ts";

const ID = "7b1f6a52-7d1c-4c1a-9a8e-0d5a3a1f2b3c";
const START = Date.parse(NOW_ISO);
const MINUTE = 60_000;

/** So many status changes, one every minute. */
function eachMinute(count: number, from = START) {
  return Array.from({ length: count }, (_, index) => ({
    at: new Date(from + (index + 1) * MINUTE).toISOString(),
    status: index % 2 === 0 ? "WEBSITE_DOWN" : "CONNECTED",
    detail: null,
  }));
}

const connection = { ...connectionRecord(ID, "company"), script: eachMinute(1500) };

const account: Change = {
  op: "put",
  kind: "account",
  value: { id: "account", companyId: "company", connectionId: ID } as AccountRecord,
};

async function open({ listening = true, stored = connection } = {}) {
  const clock = handClock(START);
  const parts: OutboxParts = { clock, ids: randomUUID };
  const bare = createMemoryStore();
  let told = 0;
  const store = withEvents(bare, parts, () => {
    told += 1;
  });
  if (listening) await openWebhooks(bare, parts).add({ url: "http://127.0.0.1:1/" });
  await commit(
    bare,
    { op: "put", kind: "company", value: companyRecord("company") },
    { op: "put", kind: "connection", value: stored },
  );
  const queued = () =>
    bare.read((view) => [...view.messages()].map(({ eventType }) => eventType.split(".").at(-2)));
  return { store, bare, clock, parts, queued, told: () => told };
}

describe("a write", () => {
  it("is left as it is where no endpoint is", async () => {
    const { store, clock, queued, told } = await open({ listening: false });
    clock.move(120_000);
    await commit(store, { op: "put", kind: "connection", value: connection });
    expect(await store.read((view) => view.connection(ID))).toBe(connection);
    expect([await queued(), told()]).toEqual([[], 0]);
  });

  it("that changes a connection tells first what happened before", async () => {
    const { store, clock, queued, told } = await open();
    clock.move(2.5 * MINUTE);
    const value = { ...connection, username: "new" };
    await commit(store, { op: "put", kind: "connection", value });
    expect([await queued(), told()]).toEqual([
      ["updated", "validated", "updated", "validated", "updated"],
      1,
    ]);
    expect(await store.read((view) => view.connection(ID)?.username)).toBe("new");
  });

  it("that changes an account tells what came before by the old rules, and loses nothing", async () => {
    const stored = {
      ...{ ...connection, script: [], siteIds: ["site"] },
      ...{ datasourceTypes: ["FUEL"], dataCollectionStartDate: "2025-01-01" },
    };
    const { store, bare, clock, parts, queued } = await open({ stored });
    // The bill of January arrives with the data; to the very millisecond at which that of February does.
    clock.move(Date.UTC(2025, 2, 8) - START);
    await commit(store, account);
    expect(await queued()).toEqual(["created"]);
    await commit(store, account);
    await bare.write((view, changes) => {
      changes.push(...queuePendingEvents(view, parts, new WeakMap()));
    });
    expect(await queued()).toEqual(["created", "created"]);
    expect(await store.read((view) => hasPendingEvents(view, parts, new WeakMap()))).toBe(false);
  });

  it("that changes an account and its connection keeps both", async () => {
    const { store, queued } = await open();
    const value = { ...connection, username: "new" };
    await commit(store, account, { op: "put", kind: "connection", value });
    expect(await store.read((view) => view.connection(ID)?.username)).toBe("new");
    expect(await store.read((view) => view.account("account"))).toBeDefined();
    expect(await queued()).toEqual(["updated"]);
  });

  it("that changes a connection twice tells both", async () => {
    const { store, queued } = await open();
    const once = { ...connection, username: "one" };
    await commit(
      store,
      { op: "put", kind: "connection", value: once },
      { op: "put", kind: "connection", value: { ...once, status: "WEBSITE_DOWN" } },
    );
    expect(await queued()).toEqual(["updated", "updated", "validated"]);
  });

  it("that moves the time and makes a connection tells of it at that time", async () => {
    const { store } = await open();
    const day = 24 * 60 * 60 * 1000;
    const value = connectionRecord(randomUUID(), "company");
    await commit(
      store,
      { op: "put", kind: "clock", value: { id: "clock", offsetMs: day } },
      { op: "put", kind: "connection", value: { ...value, status: "PENDING" } },
    );
    const [message] = await store.read((view) => [...view.messages()]);
    expect(message).toMatchObject({
      eventType: "connection.created.v2",
      created: new Date(START + day).toISOString(),
    });
  });

  it("that sets the time back keeps the endpoints that were there", async () => {
    const { store, bare, parts, queued } = await open();
    const year = 365 * 24 * 60 * 60 * 1000;
    const back = new Date(START - year).toISOString();
    const script = eachMinute(1, START - year);
    const value = { ...connectionRecord(randomUUID(), "company"), created: back, script };
    await commit(
      store,
      { op: "put", kind: "clock", value: { id: "clock", offsetMs: -year } },
      { op: "put", kind: "connection", value: { ...value, announcedUntil: back } },
    );
    expect(await queued()).toEqual(["created", "validated"]);
    const endpoints = await store.read((view) => view.endpoints());
    expect(endpoints.map(({ created }) => created)).toEqual([back]);
    // What comes by itself later on is not before the endpoint either.
    await bare.write((_, changes) => {
      changes.push({
        ...{ op: "put", kind: "clock" },
        value: { id: "clock", offsetMs: 60_000 - year },
      });
    });
    await bare.write((view, changes) => {
      changes.push(...queuePendingEvents(view, parts, new WeakMap()));
    });
    expect(await queued()).toEqual(["created", "validated", "updated", "validated"]);
  });

  it("may be a seed of any size", async () => {
    const { store, queued } = await open();
    const made = Array.from({ length: 36_000 }, (_, index): Change => {
      const value = connectionRecord(`connection-${index}`, "company");
      return { op: "put", kind: "connection", value };
    });
    await store.write((_, changes) => {
      for (const change of made) changes.push(change);
    });
    expect(await queued()).toHaveLength(72_000);
  });

  it("that fails queues nothing", async () => {
    const { store, queued } = await open();
    const failing = store.write((_, changes) => {
      changes.push({ op: "put", kind: "connection", value: { ...connection, username: "new" } });
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await queued()).toEqual([]);
  });
});

describe("much that happened by itself", () => {
  const WEEK = 7 * 24 * 60 * 60 * 1000;

  async function settleOnce({ bare, parts }: Awaited<ReturnType<typeof open>>) {
    return bare.write((view, changes) => {
      changes.push(...queuePendingEvents(view, parts, new WeakMap()));
      return changes.filter((each) => each.op === "put" && each.kind === "message").length;
    });
  }

  /** What waits counts as tried once. */
  async function tryAll({ bare }: Awaited<ReturnType<typeof open>>) {
    const attempts = [{ at: NOW_ISO, took: 1, status: 500, error: null }];
    await bare.write((view, changes) => {
      for (const delivery of view.deliveries()) {
        changes.push({ op: "put", kind: "delivery", value: { ...delivery, attempts } });
      }
    });
  }

  it("is queued in parts, each event once and in the order of time", async () => {
    const scene = await open();
    scene.clock.move(600 * MINUTE);
    const queued: number[] = [];
    for (let count = await settleOnce(scene); count > 0; count = await settleOnce(scene)) {
      queued.push(count);
    }
    expect(queued).toEqual([500, 500, 200]);
    const times = await scene.bare.read((view) =>
      [...view.messages()].map(({ created }) => Date.parse(created)),
    );
    expect(new Set(times).size).toBe(600);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  it("waits until what was queued has been tried", async () => {
    const scene = await open();
    scene.clock.move(WEEK);
    let sum = 0;
    for (let count = await settleOnce(scene); count > 0; count = await settleOnce(scene)) {
      sum += count;
    }
    expect(sum).toBe(2000);
    await tryAll(scene);
    expect(await settleOnce(scene)).toBe(500);
  });

  it("does not wait for one endpoint when another has nothing before it", async () => {
    const scene = await open();
    scene.clock.move(WEEK);
    await openWebhooks(scene.bare, scene.parts).add({ url: "http://127.0.0.1:2/" });
    for (let part = 0; part < 5; part += 1) expect(await settleOnce(scene)).toBe(500);
  });
});
