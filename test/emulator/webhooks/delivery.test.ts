/** How a message is delivered: time-outs, retries in the emulator's time, one sender among several, a bounded log. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/emulator/state/entities.ts";
import { createMemoryStore, type EmulatorStore, openStore } from "../../../src/emulator/store.ts";
import { openDispatcher } from "../../../src/emulator/webhooks/dispatcher.ts";
import { openWebhooks } from "../../../src/emulator/webhooks/endpoints.ts";
import type { DataSources } from "../../../src/emulator/webhooks/sources.ts";
import { temporaryFolder } from "../harness.ts";
import { commit } from "../state/records.ts";
import { type HandClock, handClock, receiver, verified } from "./receiving.ts";

const NO_DATA: DataSources = {
  documentEvents: () => [],
  documentBody: () => undefined,
  accounts: () => [],
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function parts(store: EmulatorStore, clock: HandClock) {
  return { store, clock, ids: randomUUID, sources: NO_DATA };
}

/** An endpoint, and so many messages that wait for it. */
async function waiting(store: EmulatorStore, clock: HandClock, url: string, count = 1) {
  const { endpoint } = await openWebhooks(store, parts(store, clock)).add({ url });
  const now = new Date(clock.now()).toISOString();
  const changes = Array.from({ length: count }, (_, index): Change[] => {
    const message = {
      ...{ id: `msg_${index}`, eventType: "connection.created.v2", created: now },
      payload: JSON.stringify({ eventType: "connection.created.v2", id: String(index) }),
    };
    const delivery = {
      ...{ id: `delivery-${index}`, messageId: message.id, endpointId: endpoint.id, created: now },
      ...{ state: "waiting" as const, nextAttempt: now, attempts: [] },
    };
    return [
      { op: "put", kind: "message", value: message },
      { op: "put", kind: "delivery", value: delivery },
    ];
  });
  await commit(store, ...changes.flat());
  return endpoint;
}

async function logOf(store: EmulatorStore, clock: HandClock) {
  return openWebhooks(store, parts(store, clock)).deliveries();
}

describe("an attempt", () => {
  it.each([200, 204, 299])("with the answer %i is a delivery", async (status) => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response) => response.writeHead(status).end());
    const endpoint = await waiting(store, clock, there.url);
    await openDispatcher(parts(store, clock)).deliver();
    expect(await logOf(store, clock)).toMatchObject([
      { state: "delivered", nextAttempt: null, attempts: [{ status, error: null }] },
    ]);
    expect(verified(there.asked[0] ?? { headers: {}, body: "" }, endpoint.secret).id).toBe("0");
    expect(there.asked[0]).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/json", "svix-id": "msg_0" },
    });
  });

  it.each([300, 302, 400, 404, 500, 503])(
    "with the answer %i is none, and a redirect is not followed",
    async (status) => {
      const [store, clock] = [createMemoryStore(), handClock()];
      const elsewhere = await receiver();
      const there = await receiver((response) => {
        response.writeHead(status, { location: elsewhere.url }).end();
      });
      await waiting(store, clock, there.url);
      await openDispatcher(parts(store, clock)).deliver();
      const nextAttempt = new Date(clock.now() + 5 * SECOND).toISOString();
      expect(await logOf(store, clock)).toMatchObject([
        { state: "waiting", nextAttempt, attempts: [{ status, error: null }] },
      ]);
      expect(elsewhere.asked).toEqual([]);
    },
  );

  it("that nobody answers says why", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    await waiting(store, clock, "http://127.0.0.1:1/");
    await openDispatcher(parts(store, clock)).deliver();
    const [delivery] = await logOf(store, clock);
    expect(delivery?.attempts).toMatchObject([{ status: null, error: "connection refused" }]);
  });

  it("that was cut off says so", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response) => response.destroy());
    await waiting(store, clock, there.url);
    await openDispatcher(parts(store, clock)).deliver();
    const [delivery] = await logOf(store, clock);
    expect(delivery?.attempts).toMatchObject([
      { status: null, error: "connection closed without an answer" },
    ]);
  });

  it("ends after 15 seconds without an answer", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const slow = await receiver(() => {
      clock.move(15 * SECOND);
      clock.wake(15 * SECOND);
    });
    await waiting(store, clock, slow.url);
    await openDispatcher(parts(store, clock)).deliver();
    const [delivery] = await logOf(store, clock);
    expect(delivery?.attempts).toMatchObject([
      { took: 15_000, status: null, error: "no answer within 15 s" },
    ]);
    expect(delivery?.state).toBe("waiting");
  });

  it("to a slow endpoint does not hold up another one", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const slow = await receiver(() => {});
    await waiting(store, clock, slow.url, 30);
    const quick = await receiver();
    const { endpoint } = await openWebhooks(store, parts(store, clock)).add({ url: quick.url });
    await store.write((view, changes) => {
      for (const delivery of [...view.deliveries()].slice(0, 10)) {
        const value = { ...delivery, id: `quick-${delivery.id}`, endpointId: endpoint.id };
        changes.push({ op: "put", kind: "delivery", value });
      }
    });
    const dispatcher = openDispatcher(parts(store, clock));
    dispatcher.poke();
    await expect.poll(() => quick.asked.length).toBe(10);
    expect(slow.asked.length).toBeLessThanOrEqual(4);
    await dispatcher.stop();
  });
});

describe("retries", () => {
  it("come after Svix's waits, with the same message and a signature of their own", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response, _, index) => {
      response.writeHead(index < 2 ? 500 : 200).end();
    });
    const endpoint = await waiting(store, clock, there.url);
    const dispatcher = openDispatcher(parts(store, clock));
    await dispatcher.deliver();
    clock.move(5 * SECOND - 1);
    await dispatcher.deliver();
    expect(there.asked).toHaveLength(1);
    clock.move(1);
    await dispatcher.deliver();
    expect(there.asked).toHaveLength(2);
    clock.move(5 * MINUTE);
    await dispatcher.deliver();
    await dispatcher.deliver();
    expect(there.asked.map(({ headers }) => headers["svix-id"])).toEqual([
      ...["msg_0", "msg_0", "msg_0"],
    ]);
    expect(new Set(there.asked.map(({ headers }) => headers["svix-signature"])).size).toBe(3);
    const [first] = there.asked;
    expect(first === undefined ? null : verified(first, endpoint.secret).id).toBe("0");
    const [delivery] = await logOf(store, clock);
    expect(delivery).toMatchObject({ state: "delivered", nextAttempt: null });
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  it("end after eight attempts", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response) => response.writeHead(500).end());
    await waiting(store, clock, there.url);
    const dispatcher = openDispatcher(parts(store, clock));
    await dispatcher.deliver();
    const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
    for (const [index, wait] of waits.entries()) {
      clock.move(wait);
      await dispatcher.deliver();
      expect(there.asked).toHaveLength(index + 2);
    }
    expect(await logOf(store, clock)).toMatchObject([{ state: "failed", nextAttempt: null }]);
    clock.move(100 * HOUR);
    await dispatcher.deliver();
    expect(there.asked).toHaveLength(8);
  });

  it("come when the emulator's time is moved, whose clock they keep", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response, _, index) => {
      response.writeHead(index === 0 ? 500 : 200).end();
    });
    const endpoint = await waiting(store, clock, there.url);
    const dispatcher = openDispatcher(parts(store, clock));
    await dispatcher.deliver();
    await commit(store, { op: "put", kind: "clock", value: { id: "clock", offsetMs: HOUR } });
    await dispatcher.deliver();
    expect(there.asked).toHaveLength(2);
    // Signed with the machine's time, which the receiver compares it with.
    for (const asked of there.asked) verified(asked, endpoint.secret);
  });
});

describe("several processes on one folder", () => {
  it("send each message once", async () => {
    const stateDir = temporaryFolder();
    const clock = handClock();
    const there = await receiver();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ stateDir })));
    const [first] = stores;
    if (first !== undefined) await waiting(first, clock, there.url, 40);
    await Promise.all(stores.map((store) => openDispatcher(parts(store, clock)).deliver()));
    const ids = there.asked.map(({ headers }) => headers["svix-id"]);
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);
  });

  it("send later what a killed one had claimed", async () => {
    const stateDir = temporaryFolder();
    const clock = handClock();
    const there = await receiver();
    const store = await openStore({ stateDir });
    await waiting(store, clock, there.url);
    const stuck = await receiver(() => {});
    // Claimed by one that never got to send it: its endpoint hangs, and then it is gone.
    await store.write((view, changes) => {
      for (const delivery of view.deliveries()) {
        const nextAttempt = new Date(clock.now() + 25 * SECOND).toISOString();
        changes.push({ op: "put", kind: "delivery", value: { ...delivery, nextAttempt } });
      }
    });
    const next = openDispatcher(parts(await openStore({ stateDir }), clock));
    await next.deliver();
    expect([there.asked, stuck.asked]).toEqual([[], []]);
    clock.move(25 * SECOND);
    await next.deliver();
    expect(there.asked).toHaveLength(1);
  });

  it("send at once what a stopped one had broken off", async () => {
    const stateDir = temporaryFolder();
    const clock = handClock();
    const store = await openStore({ stateDir });
    const there = await receiver((response, _, index) => {
      if (index > 0) response.end();
    });
    await waiting(store, clock, there.url);
    const first = openDispatcher(parts(store, clock));
    first.poke();
    await expect.poll(() => there.asked.length).toBe(1);
    await first.stop();
    await openDispatcher(parts(await openStore({ stateDir }), clock)).deliver();
    expect(await logOf(store, clock)).toMatchObject([
      { state: "delivered", attempts: [{ status: 200 }] },
    ]);
  });
});

describe("the log", () => {
  it("keeps the last 1000 finished deliveries, and no message that none of them needs", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver();
    await waiting(store, clock, there.url, 1005);
    await openDispatcher(parts(store, clock)).deliver();
    const log = await logOf(store, clock);
    expect(log).toHaveLength(1000);
    expect(log.every(({ state }) => state === "delivered")).toBe(true);
    expect(await store.read((view) => [...view.messages()].length)).toBe(1000);
    expect(there.asked).toHaveLength(1005);
  });
});
