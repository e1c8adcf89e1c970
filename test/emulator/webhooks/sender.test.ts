/** How a message is sent: time-outs, retries in the emulator's time, one sender among several, a bounded log. */
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/emulator/state/entities.ts";
import { createMemoryStore, type EmulatorStore, openStore } from "../../../src/emulator/store.ts";
import { openWebhooks } from "../../../src/emulator/webhooks/endpoints.ts";
import { openSender } from "../../../src/emulator/webhooks/sender.ts";
import { LocalStateError } from "../../../src/errors.ts";
import { bundled } from "../../support/bundled.ts";
import { temporaryFolder } from "../harness.ts";
import { commit } from "../state/records.ts";
import { type HandClock, handClock, receiver, verified } from "./receiving.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function parts(store: EmulatorStore, clock: HandClock) {
  return { store, clock, ids: randomUUID };
}

/** Messages that wait for an endpoint. */
function messages(endpointId: string, clock: HandClock, count: number, from = 0): Change[] {
  const now = new Date(clock.now()).toISOString();
  return Array.from({ length: count }, (_, place): Change[] => {
    const index = from + place;
    const message = {
      ...{ id: `msg_${index}`, eventType: "connection.created.v2", created: now },
      payload: JSON.stringify({ eventType: "connection.created.v2", id: String(index) }),
    };
    const delivery = {
      ...{ id: `delivery-${index}`, messageId: message.id, endpointId, created: now },
      ...{ state: "waiting" as const, nextAttempt: now, attempts: [] },
    };
    return [
      { op: "put", kind: "message", value: message },
      { op: "put", kind: "delivery", value: delivery },
    ];
  }).flat();
}

/** An endpoint, and so many messages that wait for it. */
async function waiting(store: EmulatorStore, clock: HandClock, url: string, count = 1) {
  const { endpoint } = await openWebhooks(store, parts(store, clock)).add({ url });
  await commit(store, ...messages(endpoint.id, clock, count));
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
    await openSender(parts(store, clock)).deliver();
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
      await openSender(parts(store, clock)).deliver();
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
    await openSender(parts(store, clock)).deliver();
    const [delivery] = await logOf(store, clock);
    expect(delivery?.attempts).toMatchObject([{ status: null, error: "connection refused" }]);
  });

  it("that was cut off says so", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response) => response.destroy());
    await waiting(store, clock, there.url);
    await openSender(parts(store, clock)).deliver();
    const [delivery] = await logOf(store, clock);
    expect(delivery?.attempts).toMatchObject([
      { status: null, error: "connection closed without a response" },
    ]);
  });

  it("ends after 15 seconds without an answer", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const slow = await receiver(() => {
      clock.move(15 * SECOND);
      clock.wake(15 * SECOND);
    });
    await waiting(store, clock, slow.url);
    await openSender(parts(store, clock)).deliver();
    const [delivery] = await logOf(store, clock);
    expect(delivery?.attempts).toMatchObject([
      { took: 15_000, status: null, error: "no response within 15 s" },
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
    const sender = openSender(parts(store, clock));
    const delivering = sender.deliver();
    await expect.poll(() => quick.asked.length).toBe(10);
    expect(slow.asked.length).toBeLessThanOrEqual(4);
    await sender.stop();
    await delivering;
  });
});

describe("retries", () => {
  it("come after Svix's waits, with the same message and a signature of their own", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response, _, index) => {
      response.writeHead(index < 2 ? 500 : 200).end();
    });
    const endpoint = await waiting(store, clock, there.url);
    const sender = openSender(parts(store, clock));
    await sender.deliver();
    clock.move(5 * SECOND - 1);
    await sender.deliver();
    expect(there.asked).toHaveLength(1);
    clock.move(1);
    await sender.deliver();
    expect(there.asked).toHaveLength(2);
    clock.move(5 * MINUTE);
    await sender.deliver();
    await sender.deliver();
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
    const sender = openSender(parts(store, clock));
    await sender.deliver();
    const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
    for (const [index, wait] of waits.entries()) {
      clock.move(wait);
      await sender.deliver();
      expect(there.asked).toHaveLength(index + 2);
    }
    expect(await logOf(store, clock)).toMatchObject([{ state: "failed", nextAttempt: null }]);
    clock.move(100 * HOUR);
    await sender.deliver();
    expect(there.asked).toHaveLength(8);
  });

  it("come when the emulator's time is moved, whose clock they keep", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver((response, _, index) => {
      response.writeHead(index === 0 ? 500 : 200).end();
    });
    const endpoint = await waiting(store, clock, there.url);
    const sender = openSender(parts(store, clock));
    await sender.deliver();
    await commit(store, { op: "put", kind: "clock", value: { id: "clock", offsetMs: HOUR } });
    await sender.deliver();
    expect(there.asked).toHaveLength(2);
    // Signed with the machine's time, which the receiver compares it with.
    for (const asked of there.asked) verified(asked, endpoint.secret);
  });
});

describe("several senders on one folder", () => {
  it("send each message once", async () => {
    const stateDir = temporaryFolder();
    const clock = handClock();
    const there = await receiver();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ stateDir })));
    const [first] = stores;
    if (first !== undefined) await waiting(first, clock, there.url, 40);
    await Promise.all(stores.map((store) => openSender(parts(store, clock)).deliver()));
    const ids = there.asked.map(({ headers }) => headers["svix-id"]);
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);
  });

  it("send each message once from processes of their own, too", async () => {
    const stateDir = temporaryFolder();
    const there = await receiver();
    await waiting(await openStore({ stateDir }), handClock(), there.url, 40);
    const program = await bundled(new URL("sender-process.ts", import.meta.url), temporaryFolder());
    const run = promisify(execFile);
    await Promise.all([1, 2, 3].map(() => run(process.execPath, [program, stateDir])));
    const ids = there.asked.map(({ headers }) => headers["svix-id"]);
    expect(new Set(ids).size).toBe(40);
    expect(ids).toHaveLength(40);
  });

  it("send at once what a killed one had begun", async () => {
    const stateDir = temporaryFolder();
    const clock = handClock();
    const there = await receiver((response, _, index) => {
      if (index === 0) child.kill("SIGKILL");
      else response.end();
    });
    await waiting(await openStore({ stateDir }), clock, there.url);
    const program = await bundled(new URL("sender-process.ts", import.meta.url), temporaryFolder());
    const child = spawn(process.execPath, [program, stateDir]);
    await new Promise((resolve) => child.once("close", resolve));
    const by = { pid: process.pid, host: "here", command: "test", clock };
    const isAlive = (pid: number) => pid !== child.pid;
    const store = await openStore({ stateDir, by: { ...by, isAlive } });
    await openSender(parts(store, clock)).deliver();
    expect(await logOf(store, clock)).toMatchObject([
      { state: "delivered", attempts: [{ status: 200 }] },
    ]);
    expect(there.asked).toHaveLength(2);
  });

  it("leave nothing behind that came while another one was at it", async () => {
    const stateDir = temporaryFolder();
    const clock = handClock();
    const late = await openStore({ stateDir });
    const there = await receiver(async (response, _, index) => {
      if (index === 0) {
        await commit(late, ...messages(endpoint.id, clock, 1, 1));
        await openSender(parts(late, clock)).deliver();
        expect(there.asked).toHaveLength(1);
      }
      response.end();
    });
    const store = await openStore({ stateDir });
    const endpoint = await waiting(store, clock, there.url);
    await openSender(parts(store, clock)).deliver();
    expect(there.asked.map(({ headers }) => headers["svix-id"])).toEqual(["msg_0", "msg_1"]);
  });

  it("send at once what a stopped one had broken off", async () => {
    const stateDir = temporaryFolder();
    const clock = handClock();
    const store = await openStore({ stateDir });
    const there = await receiver((response, _, index) => {
      if (index > 0) response.end();
    });
    await waiting(store, clock, there.url);
    const first = openSender(parts(store, clock));
    const delivering = first.deliver();
    await expect.poll(() => there.asked.length).toBe(1);
    await first.stop();
    await delivering;
    await openSender(parts(await openStore({ stateDir }), clock)).deliver();
    expect(await logOf(store, clock)).toMatchObject([
      { state: "delivered", attempts: [{ status: 200 }] },
    ]);
  });
});

describe("an attempt that can't be written down", () => {
  it("is not sent again, and is written down when that can be done", async () => {
    const [memory, clock] = [createMemoryStore(), handClock()];
    const there = await receiver();
    await waiting(memory, clock, there.url);
    let isFull = true;
    const store: EmulatorStore = {
      ...memory,
      write: async (decide) => {
        if (isFull) throw new LocalStateError("folder_not_writable", "no space is left");
        return memory.write(decide);
      },
    };
    const sender = openSender(parts(store, clock));
    for (let times = 0; times < 3; times += 1) {
      await expect(sender.deliver()).rejects.toMatchObject({ code: "folder_not_writable" });
    }
    isFull = false;
    await sender.deliver();
    expect(there.asked).toHaveLength(1);
    expect(await logOf(memory, clock)).toMatchObject([{ state: "delivered" }]);
  });
});

describe("the log", () => {
  it("keeps the last 1000 finished deliveries, and no message that none of them needs", async () => {
    const [store, clock] = [createMemoryStore(), handClock()];
    const there = await receiver();
    const { id } = await waiting(store, clock, there.url, 0);
    const finished = messages(id, clock, 1000).map(
      (change): Change =>
        change.op === "put" && change.kind === "delivery"
          ? { ...change, value: { ...change.value, state: "failed", nextAttempt: null } }
          : change,
    );
    await commit(store, ...finished, ...messages(id, clock, 5, 1000));
    await openSender(parts(store, clock)).deliver();
    expect(there.asked).toHaveLength(5);
    const log = await logOf(store, clock);
    expect(log).toHaveLength(1000);
    expect(log.filter(({ state }) => state === "failed")).toHaveLength(995);
    expect(await store.read((view) => view.messages().length)).toBe(1000);
  });
});
