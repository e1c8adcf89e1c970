/** What each fault does, seen by a plain HTTP client, and what the store holds afterwards. */
import { Agent, createServer } from "node:http";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import { call, createCompany, start, temporaryFolder } from "../harness.ts";
import { asking, type Exchange, exchange, heldClock } from "./fault-wire.ts";

const NEW = { body: { name: "Acme" } };
const CHUNKED = { "transfer-encoding": "chunked" };

/** How many companies there are: what was committed. */
async function companies(emulator: RunningEmulator): Promise<number> {
  const answer = await call(emulator, "GET", "/company");
  return Object.keys(answer.body).length;
}

const create = (emulator: RunningEmulator): Promise<Exchange> =>
  exchange(emulator, "POST", "/company", NEW);

/** Another request goes its usual way: the fault was met once, and the server is well. */
async function isWell(emulator: RunningEmulator): Promise<void> {
  expect((await create(emulator)).status).toBe(201);
}

describe("a status", () => {
  it("is answered without acting, with headers", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", status: 429, headers: { "retry-after": "2" } });
    const answer = await create(emulator);
    expect(answer).toMatchObject({ status: 429, complete: true });
    expect(answer.headers).toMatchObject({
      "retry-after": "2",
      "content-type": "application/json",
    });
    expect(JSON.parse(answer.text)).toEqual({ detail: "A fault of the local emulator." });
    expect(await companies(emulator)).toBe(0);
    await isWell(emulator);
  });

  it.each([
    [{ detail: "Down for repair" }, "application/json", '{"detail":"Down for repair"}'],
    [null, "application/json", "null"],
    ["Bad gateway", "text/plain; charset=utf-8", "Bad gateway"],
    ["", "text/plain; charset=utf-8", ""],
  ])("takes the body %j", async (body, type, text) => {
    const emulator = await start();
    await emulator.faults.add({ status: 502, body });
    const answer = await exchange(emulator, "GET", "/company");
    expect(answer).toMatchObject({ status: 502, text });
    expect(answer.headers["content-type"]).toBe(type);
  });

  it("takes a content type of its own", async () => {
    const emulator = await start();
    await emulator.faults.add({
      status: 503,
      headers: { "Content-Type": "text/html" },
      body: "<h1>Down</h1>",
    });
    const answer = await exchange(emulator, "GET", "/company");
    expect(answer.headers["content-type"]).toBe("text/html");
  });

  it.each([204, 205, 304])("%i has no body", async (status) => {
    const emulator = await start();
    await emulator.faults.add({ status });
    expect(await exchange(emulator, "GET", "/company")).toMatchObject({ status, text: "" });
  });

  it.each([500, 502, 503])("%i after the commit hides what was done", async (status) => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", status, after: "commit" });
    const answer = await create(emulator);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain("Acme");
    expect(await companies(emulator)).toBe(1);
    await isWell(emulator);
  });

  it("after the commit takes nothing over from the answer that it hides", async () => {
    const emulator = await start();
    await emulator.faults.add({ status: 500, after: "commit" });
    const answer = await exchange(emulator, "PUT", "/company", NEW);
    expect(answer.status).toBe(500);
    expect(answer.headers.allow).toBeUndefined();
  });
});

describe("101", () => {
  /** Asks over a bare socket, which shows what comes byte by byte. */
  async function switched(emulator: RunningEmulator, method: string, path: string) {
    const socket = connect(emulator.port, "127.0.0.1");
    onTestFinished(() => {
      socket.destroy();
    });
    let text = "";
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    const head = new Promise<void>((resolve) => {
      socket.on("data", (chunk) => {
        text += chunk.toString();
        if (text.includes("\r\n\r\n")) resolve();
      });
    });
    socket.on("error", () => undefined);
    const body = JSON.stringify(NEW.body);
    socket.write(
      `${method} ${new URL(emulator.url).pathname}${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
        `X-API-Key: ${emulator.key}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    await head;
    return { socket, closed, text: () => text };
  }

  it("changes to another protocol, says no more, and stays open until the client goes", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", status: 101 });
    const { socket, closed, text } = await switched(emulator, "POST", "/company");
    expect(text()).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(text().toLowerCase()).toContain("\r\nconnection: upgrade\r\n");
    expect(text().toLowerCase()).toContain("\r\nupgrade: websocket\r\n");
    expect(text().toLowerCase()).not.toMatch(/content-length|transfer-encoding|keep-alive/);
    const { length } = text();
    for (let turn = 0; turn < 5; turn += 1) expect(await companies(emulator)).toBe(0);
    expect([text().length, socket.destroyed]).toEqual([length, false]);
    socket.end();
    await closed;
    await isWell(emulator);
  });

  it("after the commit, with a protocol of the fault's own", async () => {
    const emulator = await start();
    await emulator.faults.add({ status: 101, after: "commit", headers: { Upgrade: "h2c" } });
    const { text } = await switched(emulator, "POST", "/company");
    expect(text().toLowerCase()).toContain("\r\nupgrade: h2c\r\n");
    expect(await companies(emulator)).toBe(1);
  });

  it("does not keep the server from ending", async () => {
    const emulator = await start();
    await emulator.faults.add({ status: 101 });
    const { closed } = await switched(emulator, "GET", "/ping");
    await emulator.close();
    await closed;
  });
});

describe("a delay", () => {
  it("after acting holds the answer back", async () => {
    const clock = heldClock();
    const emulator = await start({ clock });
    await emulator.faults.add({ method: "POST", delayMs: 1500 });
    const { ended } = asking(emulator, "POST", "/company", NEW);
    await clock.begun(1);
    expect(clock.slept).toEqual([1500]);
    expect(await companies(emulator)).toBe(1);
    clock.wake();
    expect(await ended).toMatchObject({ status: 201, complete: true });
    expect(await companies(emulator)).toBe(1);
  });
});

describe("a late commit", () => {
  it("comes with its answer, and not before", async () => {
    const clock = heldClock();
    const emulator = await start({ clock });
    await emulator.faults.add({ method: "POST", commitAfterMs: 9000 });
    const { ended } = asking(emulator, "POST", "/company", NEW);
    await clock.begun(1);
    expect(clock.slept).toEqual([9000]);
    expect(await companies(emulator)).toBe(0);
    clock.wake();
    expect(await ended).toMatchObject({ status: 201, complete: true });
    expect(await companies(emulator)).toBe(1);
  });

  const large = { body: { name: "Acme", note: "x".repeat(900_000) } };
  it.each([
    ["leaves", "announced", NEW],
    ["leaves", "chunked", { ...NEW, headers: CHUNKED }],
    ["leaves", "large", large],
    ["leaves", "large and chunked", { ...large, headers: CHUNKED }],
    ["resets", "announced", NEW],
    ["resets", "chunked", { ...NEW, headers: CHUNKED }],
    ["resets", "large", large],
    ["resets", "large and chunked", { ...large, headers: CHUNKED }],
  ])("comes even when the client %s, body %s", async (how, _, request) => {
    const clock = heldClock();
    const emulator = await start({ clock });
    await emulator.faults.add({ method: "POST", commitAfterMs: 9000 });
    const asked = asking(emulator, "POST", "/company", request);
    await asked.sent;
    await clock.begun(1);
    if (how === "leaves") asked.leave();
    else asked.reset();
    await asked.ended;
    // By now the server has seen the connection close.
    for (let turn = 0; turn < 5; turn += 1) expect(await companies(emulator)).toBe(0);
    clock.wake();
    while ((await companies(emulator)) === 0);
    expect(await companies(emulator)).toBe(1);
  });

  it("is dropped when the server ends", async () => {
    const clock = heldClock();
    const stateDir = temporaryFolder();
    const emulator = await start({ clock, stateDir });
    await emulator.faults.add({ method: "POST", commitAfterMs: 60_000 });
    const { ended } = asking(emulator, "POST", "/company", NEW);
    await clock.begun(1);
    await emulator.close();
    expect(await ended).toMatchObject({ status: null });
    expect(await companies(await start({ clock, stateDir }))).toBe(0);
  });
});

describe("a cut", () => {
  it("before acting leaves nothing", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", cut: "before" });
    expect(await create(emulator)).toMatchObject({ status: null, text: "" });
    expect(await companies(emulator)).toBe(0);
    await isWell(emulator);
  });

  it("after the commit loses the answer only", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", cut: "after" });
    expect(await create(emulator)).toMatchObject({ status: null, text: "" });
    expect(await companies(emulator)).toBe(1);
    await isWell(emulator);
  });

  it("hits the connection of its request and no other", async () => {
    const emulator = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    expect((await exchange(emulator, "GET", "/ping", { agent })).status).toBe(200);
    await emulator.faults.add({ method: "POST", cut: "after" });
    const other = exchange(emulator, "GET", "/company");
    expect((await exchange(emulator, "POST", "/company", { ...NEW, agent })).status).toBeNull();
    expect((await other).status).toBe(200);
    expect((await exchange(emulator, "GET", "/company", { agent })).status).toBe(200);
  });
});

describe("a truncated answer", () => {
  it.each([0, 1, 10, 40])("stops after %i bytes of the announced length", async (bytes) => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", truncate: bytes });
    const answer = await create(emulator);
    expect(answer).toMatchObject({ status: 201, complete: false });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(Buffer.byteLength(answer.text)).toBe(bytes);
    const stored = await exchange(emulator, "GET", "/company");
    const [whole = ""] = JSON.parse(stored.text).map((company: object) => JSON.stringify(company));
    expect(answer.headers["content-length"]).toBe(String(Buffer.byteLength(whole)));
    expect(whole.startsWith(answer.text)).toBe(true);
    await isWell(emulator);
  });

  it("that is shorter than the cut is whole, and one without a body has nothing to lose", async () => {
    const emulator = await start();
    await emulator.faults.add({ truncate: 100_000, times: 2 });
    const answer = await create(emulator);
    expect(answer).toMatchObject({ status: 201, complete: true });
    const { id } = JSON.parse(answer.text);
    const deleted = await exchange(emulator, "DELETE", `/company/${id}`);
    expect(deleted).toMatchObject({ status: 204, text: "" });
    expect(deleted.headers["content-length"]).toBeUndefined();
  });

  it("cuts bytes, not characters", async () => {
    const emulator = await start();
    await createCompany(emulator, { name: "Wärmepumpe" });
    const whole = Buffer.from((await exchange(emulator, "GET", "/company")).text);
    const middle = whole.indexOf("ä") + 1;
    await emulator.faults.add({ truncate: middle });
    const answer = await exchange(emulator, "GET", "/company");
    expect(answer.text).toBe(whole.subarray(0, middle).toString("utf8"));
  });
});

describe("a slow body", () => {
  it("comes at its rate, whole, after acting", async () => {
    const clock = heldClock();
    const emulator = await start({ clock });
    await emulator.faults.add({ method: "POST", slowBody: { bytesPerSecond: 50 } });
    const asked = asking(emulator, "POST", "/company", NEW);
    await asked.head;
    await clock.begun(1);
    expect(await companies(emulator)).toBe(1);
    for (let drip = 1; drip <= 3; drip += 1) {
      clock.wake();
      await asked.bytes(5 * drip);
      await clock.begun(drip + 1);
    }
    expect(clock.slept).toEqual([100, 100, 100, 100]);
    asked.leave();
    expect((await asked.ended).text).toHaveLength(15);
  });

  it("ends like any other", async () => {
    const clock = heldClock();
    const sleep = async (ms: number) => {
      slept.push(ms);
    };
    const slept: number[] = [];
    const emulator = await start({ clock: { ...clock, sleep } });
    await emulator.faults.add({ method: "POST", slowBody: { bytesPerSecond: 1 } });
    const answer = await create(emulator);
    expect(answer).toMatchObject({ status: 201, complete: true });
    expect(JSON.parse(answer.text)).toMatchObject({ name: "Acme" });
    expect(slept).toEqual(Array.from({ length: Buffer.byteLength(answer.text) }, () => 1000));
  });
});

describe("an endless body", () => {
  it("never ends, and stops with its reader", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", endless: true });
    const asked = asking(emulator, "POST", "/company", NEW);
    await asked.bytes(3_000_000);
    asked.leave();
    const answer = await asked.ended;
    expect(answer).toMatchObject({ status: 200, complete: false });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.text.slice(0, 5)).toBe("[0,0,");
    expect(await companies(emulator)).toBe(1);
  });

  it("may come without acting", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", endless: true, when: "before" });
    const asked = asking(emulator, "POST", "/company", NEW);
    await asked.bytes(100_000);
    asked.leave();
    await asked.ended;
    expect(await companies(emulator)).toBe(0);
  });

  it("does not keep the server from ending", async () => {
    const emulator = await start();
    await emulator.faults.add({ endless: true });
    const asked = asking(emulator, "GET", "/company");
    await asked.bytes(100_000);
    await emulator.close();
    expect((await asked.ended).complete).toBe(false);
  });
});

describe("a page of HTML", () => {
  it.each([
    ["after acting", {}, 1],
    ["without acting", { when: "before" as const }, 0],
  ])("comes %s", async (_, when, count) => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", html: true, ...when });
    const answer = await create(emulator);
    expect(answer).toMatchObject({ status: 200, complete: true });
    expect(answer.headers["content-type"]).toBe("text/html");
    expect(answer.text).toMatch(/^<!doctype html>/);
    expect(await companies(emulator)).toBe(count);
  });
});

describe("malformed JSON", () => {
  it.each([
    ["after acting", {}, 201, 1],
    ["without acting", { when: "before" as const }, 200, 0],
  ])("comes %s", async (_, when, status, count) => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", malformed: true, ...when });
    const answer = await create(emulator);
    expect(answer).toMatchObject({ status, complete: true });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
    expect(await companies(emulator)).toBe(count);
  });

  it("comes for an empty list and for an empty answer, too", async () => {
    const emulator = await start();
    const { id } = await createCompany(emulator);
    await emulator.faults.add({ malformed: true, times: 2 });
    const deleted = await exchange(emulator, "DELETE", `/company/${id}`);
    expect(deleted).toMatchObject({ status: 200, text: "{" });
    expect(await exchange(emulator, "GET", "/company")).toMatchObject({ status: 200, text: "[" });
  });
});

it("a redirect leads elsewhere, without acting", async () => {
  const emulator = await start();
  const seen: string[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.url ?? "");
    response.end();
  });
  onTestFinished(() => {
    elsewhere.close();
  });
  await emulator.faults.add({ method: "POST", redirect: "https://example.com/a b" });
  const answer = await create(emulator);
  expect(answer).toMatchObject({ status: 307, text: "", complete: true });
  expect(answer.headers.location).toBe("https://example.com/a%20b");
  expect(seen).toEqual([]);
  expect(await companies(emulator)).toBe(0);
});

describe("a request that hangs", () => {
  it.each([
    ["before" as const, 0],
    ["after" as const, 1],
  ])("%s acting gets no answer until the client goes", async (hang, count) => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", hang });
    const asked = asking(emulator, "POST", "/company", NEW);
    let ended = false;
    void asked.ended.then(() => {
      ended = true;
    });
    while ((await emulator.faults.list())[0]?.fired === 0) await call(emulator, "GET", "/ping");
    for (let turn = 0; turn < 5; turn += 1) await call(emulator, "GET", "/ping");
    expect(ended).toBe(false);
    asked.leave();
    expect((await asked.ended).status).toBeNull();
    expect(await companies(emulator)).toBe(count);
  });

  it("does not keep the server from ending", async () => {
    const emulator = await start();
    await emulator.faults.add({ hang: "before" });
    const asked = asking(emulator, "GET", "/company");
    while ((await emulator.faults.list())[0]?.fired === 0) await call(emulator, "GET", "/ping");
    await emulator.close();
    expect((await asked.ended).status).toBeNull();
  });
});
