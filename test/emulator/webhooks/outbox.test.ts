/** What a write queues beside its own changes, and that it changes nothing where nobody listens. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { AccountRecord, Change } from "../../../src/emulator/state/entities.ts";
import { createMemoryStore } from "../../../src/emulator/state/store.ts";
import { openWebhooks } from "../../../src/emulator/webhooks/endpoints.ts";
import {
  isUnsettled,
  type OutboxParts,
  settle,
  withEvents,
} from "../../../src/emulator/webhooks/outbox.ts";
import type { DataSources } from "../../../src/emulator/webhooks/sources.ts";
import { commit, companyRecord, connectionRecord } from "../state/records.ts";
import { handClock } from "./receiving.ts";

const ID = "7b1f6a52-7d1c-4c1a-9a8e-0d5a3a1f2b3c";
const connection = connectionRecord(ID, "company");
const START = Date.parse(connection.created);

/** One document every minute. */
const EACH_MINUTE: DataSources = {
  documentEvents: (_, { after, until }) => {
    const events = [];
    for (let at = Math.floor(after / 60_000 + 1) * 60_000; at <= until; at += 60_000) {
      events.push({ type: "document.created.v2" as const, at, documentId: String(at) });
    }
    return events;
  },
  documentBody: (_view, _connection, id) => ({ id }),
  accounts: () => [],
};

const account: Change = {
  op: "put",
  kind: "account",
  value: { id: "account", companyId: "company", connectionId: ID } as AccountRecord,
};

async function open({ listening = true } = {}) {
  const clock = handClock(START);
  const parts: OutboxParts = { clock, ids: randomUUID, sources: EACH_MINUTE };
  const bare = createMemoryStore();
  let told = 0;
  const store = withEvents(bare, parts, () => {
    told += 1;
  });
  if (listening) await openWebhooks(bare, parts).add({ url: "http://127.0.0.1:1/" });
  await commit(
    bare,
    { op: "put", kind: "company", value: companyRecord("company") },
    { op: "put", kind: "connection", value: connection },
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
    clock.move(120_000);
    const value = { ...connection, username: "new" };
    await commit(store, { op: "put", kind: "connection", value });
    expect([await queued(), told()]).toEqual([["created", "created", "updated"], 1]);
    expect(await store.read((view) => view.connection(ID)?.username)).toBe("new");
  });

  it("that changes an account tells what came before by the old rules, and loses nothing", async () => {
    const { store, bare, clock, parts, queued } = await open();
    // To the very millisecond of a document.
    clock.move(Math.ceil(START / 60_000) * 60_000 - START + 60_000);
    await commit(store, account);
    expect(await queued()).toEqual(["created"]);
    await commit(store, account);
    await bare.write((view, changes) => {
      changes.push(...settle(view, parts, new WeakMap()));
    });
    expect(await queued()).toEqual(["created", "created"]);
    expect(await store.read((view) => isUnsettled(view, parts, new WeakMap()))).toBe(false);
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
    expect(await queued()).toEqual(["updated", "validated"]);
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
