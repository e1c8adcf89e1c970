/** Faults as they are set, counted and kept: from a program, over the control endpoint, and in the folder that processes share. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findStanding, resetEmulator } from "../../../src/emulator/emulator.ts";
import { openFaults } from "../../../src/emulator/faults/faults.ts";
import { bundled } from "../../support/bundled.ts";
import {
  call,
  createCompany,
  createConnection,
  createSite,
  start,
  temporaryFolder,
} from "../harness.ts";
import { exchange } from "./fault-wire.ts";

const POST = { method: "POST", path: "/company" };

function inMemory() {
  return openFaults({ stateDir: null, ids: randomUUID });
}

function file(stateDir: string): string {
  return join(stateDir, "emulator", "faults.json");
}

async function statuses(count: number, ask: () => Promise<{ status: number | null }>) {
  const all: (number | null)[] = [];
  for (let index = 0; index < count; index += 1) all.push((await ask()).status);
  return all;
}

describe("counting", () => {
  it("lets some through, gets some, and is spent", async () => {
    const emulator = await start();
    const { id } = await emulator.faults.add({ method: "GET", skip: 1, times: 2, status: 503 });
    const ask = () => call(emulator, "GET", "/company");
    expect(await statuses(5, ask)).toEqual([200, 503, 503, 200, 200]);
    expect(await emulator.faults.list()).toEqual([
      {
        ...{ id, method: "GET", path: "**", skip: 1, times: 2, status: 503 },
        ...{ skipped: 1, fired: 2, remaining: 0 },
      },
    ]);
  });

  it("goes on for ever when told to", async () => {
    const emulator = await start();
    await emulator.faults.add({ status: 503, times: null });
    expect(await statuses(4, () => call(emulator, "GET", "/ping"))).toEqual([503, 503, 503, 503]);
    expect(await emulator.faults.list()).toMatchObject([{ fired: 4, remaining: null }]);
    expect(await emulator.faults.clear()).toBe(1);
    expect(await statuses(1, () => call(emulator, "GET", "/ping"))).toEqual([200]);
  });

  it("takes one fault after the other", async () => {
    const emulator = await start();
    await emulator.faults.add({ status: 429 });
    await emulator.faults.add({ status: 502, skip: 1 });
    await emulator.faults.add({ status: 500, method: "DELETE" });
    const ask = () => call(emulator, "GET", "/ping");
    expect(await statuses(4, ask)).toEqual([429, 200, 502, 200]);
    expect(await emulator.faults.list()).toMatchObject([
      { fired: 1, remaining: 0 },
      { skipped: 1, fired: 1, remaining: 0 },
      { fired: 0, remaining: 1 },
    ]);
  });

  it("leaves requests alone that the guards refuse, and paths outside the API", async () => {
    const emulator = await start();
    await emulator.faults.add({ status: 503 });
    const host = { headers: { host: "nectar.example" } };
    expect((await exchange(emulator, "GET", "/company", host)).status).toBe(421);
    expect((await call({ ...emulator, key: "x" }, "GET", "/company")).status).toBe(401);
    const outside = { ...emulator, url: new URL("/", emulator.url).origin };
    expect((await call(outside, "GET", "/company")).status).toBe(404);
    expect(await emulator.faults.list()).toMatchObject([{ fired: 0 }]);
    expect((await call(emulator, "GET", "/company")).status).toBe(503);
  });

  it("sees every version and every path below it", async () => {
    const emulator = await start();
    await emulator.faults.add({ path: "/nothing/here", status: 503, times: 6 });
    for (const version of ["/v2.2", "/v2.1", "/v2"]) {
      const at = { ...emulator, url: `${new URL(emulator.url).origin}${version}` };
      for (const path of ["/nothing/here", "/nothing/here?x=1"]) {
        expect((await call(at, "GET", path)).status).toBe(503);
        expect((await call(at, "GET", "/nothing")).status).toBe(404);
      }
    }
    expect((await call(emulator, "GET", "/nothing/here")).status).toBe(404);
  });

  it.each([
    ["sites.create" as const, ["/company/:id/site", "/site/company/:id"], { name: "Plant" }],
    [
      "connections.list" as const,
      ["/company/:id/connection", "/connection/company/:id"],
      undefined,
    ],
  ])("by route means both path forms: %s", async (route, paths, body) => {
    const emulator = await start();
    const { id } = await createCompany(emulator);
    const method = body === undefined ? "GET" : "POST";
    await emulator.faults.add({ route, status: 503, times: paths.length });
    for (const path of paths) {
      expect((await call(emulator, method, path.replace(":id", id), body)).status).toBe(503);
    }
    for (const path of paths) {
      expect((await call(emulator, method, path.replace(":id", id), body)).status).toBeLessThan(
        300,
      );
    }
  });

  it("by route finds a connection's create, in both forms", async () => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const site = await createSite(emulator, company.id);
    await emulator.faults.add({ route: "connections.create", cut: "after", times: 2 });
    const body = {
      url: "https://nectarclimate.com",
      username: "a",
      password: "b",
      sites: [site.id],
    };
    for (const path of [`/company/${company.id}/connection`, `/connection/company/${company.id}`]) {
      expect((await exchange(emulator, "POST", path, { body })).status).toBeNull();
    }
    const list = await call(emulator, "GET", `/company/${company.id}/connection`);
    expect(list.body.totalConnections).toBe(2);
    await createConnection(emulator, company.id, { sites: [site.id] });
  });

  it("is the same, in whatever order faults and requests come", async () => {
    const method = fc.constantFrom("GET" as const, "POST" as const, "*" as const);
    const fault = fc.record({
      method,
      skip: fc.nat(2),
      times: fc.option(fc.integer({ min: 1, max: 2 }), { nil: null, freq: 5 }),
      status: fc.integer({ min: 200, max: 599 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 4 }),
        fc.array(fc.constantFrom("GET", "POST"), { maxLength: 12 }),
        async (given, requests) => {
          const faults = inMemory();
          for (const each of given) await faults.add(each);
          // The rule in its plainest form: a list of turns for each fault, the first open one wins.
          const model = given.map((each) => ({ ...each, left: each.times ?? 1e9 }));
          for (const asked of requests) {
            let expected: number | null = null;
            for (const each of model) {
              if (expected !== null || each.left === 0) continue;
              if (each.method !== "*" && each.method !== asked) continue;
              if (each.skip > 0) each.skip -= 1;
              else {
                each.left -= 1;
                expected = each.status;
              }
            }
            const met = await faults.take({ method: asked, path: "/company" });
            expect(met?.status ?? null).toBe(expected);
          }
        },
      ),
    );
  });
});

describe("the control endpoint", () => {
  const PATH = "/_emulator/faults";

  it("sets, lists and removes", async () => {
    const emulator = await start();
    const empty = await exchange(emulator, "GET", PATH);
    expect([empty.status, JSON.parse(empty.text)]).toEqual([200, []]);
    const body = { method: "GET", path: "/company", status: 429, headers: { "retry-after": "2" } };
    const added = await exchange(emulator, "POST", PATH, { body });
    expect(added.status).toBe(201);
    const one = JSON.parse(added.text);
    expect(one).toEqual({
      ...{ id: expect.any(String), ...body },
      ...{ skip: 0, times: 1, skipped: 0, fired: 0, remaining: 1 },
    });
    const second = await exchange(emulator, "POST", PATH, { body: { cut: "after" } });
    const listed = await exchange(emulator, "GET", PATH);
    expect(JSON.parse(listed.text)).toEqual([one, JSON.parse(second.text)]);
    expect((await call(emulator, "GET", "/company")).status).toBe(429);
    expect(await emulator.faults.list()).toMatchObject([{ fired: 1 }, { fired: 0 }]);
    expect(await exchange(emulator, "DELETE", `${PATH}/${one.id}`)).toMatchObject({
      ...{ status: 204, text: "" },
    });
    expect(await emulator.faults.list()).toMatchObject([{ cut: "after" }]);
    expect((await exchange(emulator, "DELETE", `${PATH}/${one.id}`)).status).toBe(404);
    expect((await exchange(emulator, "DELETE", PATH)).status).toBe(204);
    expect(await emulator.faults.list()).toEqual([]);
    expect((await exchange(emulator, "DELETE", PATH)).status).toBe(204);
  });

  it("refuses what is no fault, and names the field", async () => {
    const emulator = await start();
    const answer = await exchange(emulator, "POST", PATH, { body: { status: 700, x: 1 } });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({
      detail:
        "status: must be 101, or a whole number from 200 to 599; x: is not a field of a fault.",
    });
    expect((await exchange(emulator, "POST", PATH, { body: [] })).status).toBe(400);
    expect(await emulator.faults.list()).toEqual([]);
  });

  it.each(["GET", "POST", "DELETE"])("guards %s like the API", async (method) => {
    const emulator = await start();
    await emulator.faults.add({ status: 503 });
    const body = method === "POST" ? { body: { status: 500 } } : {};
    const host = { ...body, headers: { host: "nectar.example" } };
    expect((await exchange(emulator, method, PATH, host)).status).toBe(421);
    const key = { ...body, headers: { "X-API-Key": "other" } };
    expect((await exchange(emulator, method, PATH, key)).status).toBe(401);
    expect(await emulator.faults.list()).toHaveLength(1);
  });

  it("is no part of the API, and the API's prefix no part of it", async () => {
    const emulator = await start();
    expect((await call(emulator, "GET", PATH)).status).toBe(404);
    for (const path of ["/_emulator/x", "/_emulator/faults/x/y"]) {
      expect((await exchange(emulator, "GET", path)).status).toBe(404);
    }
    const put = await exchange(emulator, "PUT", PATH, { body: {} });
    expect([put.status, put.headers.allow]).toEqual([405, "GET, POST, DELETE"]);
  });

  it("answers past latency and faults", async () => {
    const emulator = await start({ delay: () => new Promise(() => {}) });
    await emulator.faults.add({ hang: "before", times: null });
    expect((await exchange(emulator, "GET", PATH)).status).toBe(200);
    expect((await exchange(emulator, "DELETE", PATH)).status).toBe(204);
  });
});

describe("a standing emulator", () => {
  const isAlive = () => true;

  it("is found whatever is wrong with its API, and that counts for no fault", async () => {
    const stateDir = temporaryFolder();
    const delay = () => new Promise<void>(() => {});
    const emulator = await start({ stateDir, standing: true, delay });
    await emulator.faults.add({ cut: "before", times: null });
    expect((await findStanding({ stateDir, isAlive }))?.url).toBe(emulator.url);
    expect(await emulator.faults.list()).toMatchObject([{ fired: 0 }]);
  });
});

describe("the faults of a folder", () => {
  it("are kept for this user only, and gone when the last one is removed", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const faults = openFaults({ stateDir, ids: randomUUID });
    expect(await faults.list()).toEqual([]);
    expect(await faults.clear()).toBe(0);
    expect(await faults.take(POST)).toBeNull();
    expect(existsSync(stateDir)).toBe(false);
    const { id } = await faults.add({ status: 500 });
    expect(statSync(file(stateDir)).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file(stateDir))).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(file(stateDir)))).toEqual(["faults.json"]);
    expect(await faults.remove(id)).toBe(true);
    expect(readdirSync(dirname(file(stateDir)))).toEqual([]);
  });

  it("reach every emulator of the folder, whoever sets them, and are counted once", async () => {
    const stateDir = temporaryFolder();
    const [one, two] = [await start({ stateDir }), await start({ stateDir, standing: true })];
    const outside = openFaults({ stateDir, ids: randomUUID });
    await outside.add({ status: 503, skip: 1, times: 2 });
    expect((await call(one, "GET", "/ping")).status).toBe(200);
    expect((await call(two, "GET", "/ping")).status).toBe(503);
    expect((await call(one, "GET", "/ping")).status).toBe(503);
    expect((await call(two, "GET", "/ping")).status).toBe(200);
    await one.faults.add({ status: 500 });
    expect((await call(two, "GET", "/ping")).status).toBe(500);
    expect(await outside.list()).toMatchObject([
      { skipped: 1, fired: 2, remaining: 0 },
      { fired: 1, remaining: 0 },
    ]);
    expect(await two.faults.clear()).toBe(2);
    expect(await one.faults.list()).toEqual([]);
  });

  it("outlive the emulator", async () => {
    const stateDir = temporaryFolder();
    const one = await start({ stateDir });
    await one.faults.add({ status: 503, times: 2 });
    await call(one, "GET", "/ping");
    await one.close();
    const two = await start({ stateDir });
    expect(await statuses(2, () => call(two, "GET", "/ping"))).toEqual([503, 200]);
  });

  it("are counted before they take effect, so that one that ends a client is met once", async () => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir });
    await emulator.faults.add({ cut: "before" });
    expect((await exchange(emulator, "GET", "/ping")).status).toBeNull();
    const text = readFileSync(file(stateDir), "utf8");
    expect(JSON.parse(text)).toMatchObject({ schemaVersion: 2, faults: [{ fired: 1 }] });
  });

  it("cost nothing while a request meets none of them", async () => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir });
    await emulator.faults.add({ method: "DELETE", status: 503 });
    const before = statSync(file(stateDir), { bigint: true });
    await createCompany(emulator);
    const after = statSync(file(stateDir), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it("are met as often as they say by many requests at once", async () => {
    const stateDir = temporaryFolder();
    const [one, two] = [await start({ stateDir }), await start({ stateDir })];
    await one.faults.add({ status: 503, skip: 3, times: 7 });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => call(index % 2 ? one : two, "GET", "/ping")),
    );
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(7);
  });

  it("are met as often as they say by several processes at once", async () => {
    const stateDir = temporaryFolder();
    await openFaults({ stateDir, ids: randomUUID }).add({ status: 503, skip: 5, times: 40 });
    const taker = await bundled(new URL("fault-taker.ts", import.meta.url), temporaryFolder());
    const met = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const run = promisify(execFile)(process.execPath, [taker, stateDir, "20"]);
        return Number((await run).stdout);
      }),
    );
    expect(met.reduce((sum, each) => sum + each, 0)).toBe(40);
    expect(await openFaults({ stateDir, ids: randomUUID }).list()).toMatchObject([
      { skipped: 5, fired: 40, remaining: 0 },
    ]);
  });

  it("go with a reset, also of an emulator that runs", async () => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir });
    await emulator.faults.add({ status: 503, times: null });
    expect((await call(emulator, "GET", "/ping")).status).toBe(503);
    await resetEmulator({ stateDir });
    expect(existsSync(file(stateDir))).toBe(false);
    expect((await call(emulator, "GET", "/ping")).status).toBe(200);
    expect(await emulator.faults.list()).toEqual([]);
  });

  it.each([
    ["no JSON", "{", "emulator_state_damaged"],
    ["no faults", '{"schemaVersion":1}', "emulator_state_damaged"],
    [
      "no fault",
      '{"schemaVersion":1,"faults":[{"id":"1","fault":{"status":1},"skipped":0,"fired":0}]}',
      "emulator_state_damaged",
    ],
    ["of a newer release", '{"schemaVersion":3,"faults":[],"more":1}', "emulator_state_newer"],
  ])("in a file that is %s are named, left alone, and mended by a reset", async (_, text, code) => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir });
    mkdirSync(dirname(file(stateDir)), { recursive: true });
    writeFileSync(file(stateDir), text, { mode: 0o600 });
    await expect(start({ stateDir })).rejects.toMatchObject({ code });
    const answer = await call(emulator, "GET", "/ping");
    expect(answer.status).toBe(500);
    expect(answer.body.detail).toContain(file(stateDir));
    for (const ask of [
      () => emulator.faults.list(),
      () => emulator.faults.add({ status: 500 }),
      () => emulator.faults.clear(),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code,
        message: expect.stringContaining(file(stateDir)),
      });
    }
    const help = code === "emulator_state_newer" ? "Update nectar" : "POST /_emulator/reset";
    expect(answer.body.detail).toContain(help);
    expect(readFileSync(file(stateDir), "utf8")).toBe(text);
    await emulator.reset();
    expect((await call(emulator, "GET", "/ping")).status).toBe(200);
  });
});

it("a fault from a program that is none is refused", async () => {
  const emulator = await start();
  await expect(emulator.faults.add({ status: 99 })).rejects.toMatchObject({
    code: "invalid_fault",
    exit: "usage",
  });
  await expect(emulator.faults.add({})).rejects.toMatchObject({ code: "invalid_fault" });
  expect(await emulator.faults.list()).toEqual([]);
});
