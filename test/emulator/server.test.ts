/** The server: keys, ports, restart, reset, the standing emulator, and how it ends. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { Agent, createServer, request, type Server } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findStanding, resetEmulator, startEmulator } from "../../src/emulator/emulator.ts";
import {
  call,
  createCompany,
  createConnection,
  createSite,
  NOW_ISO,
  SANDBOX,
  start,
  temporaryFolder,
} from "./harness.ts";

const isAlive = () => true;

function file(stateDir: string, name: string): string {
  return join(stateDir, "emulator", name);
}

function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

describe("the key of a folder", () => {
  it("is made once and kept for this user only", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const one = await start({ stateDir });
    const two = await start({ stateDir });
    expect(two.key).toBe(one.key);
    expect(one.key).toMatch(/^nectar_local_[0-9a-f]{32}$/);
    expect(statSync(file(stateDir, "key.json")).mode & 0o777).toBe(0o600);
    expect(statSync(stateDir).mode & 0o777).toBe(0o700);
  });

  it("is the same for all that start at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const stateDir = temporaryFolder();
      const all = await Promise.all(Array.from({ length: 6 }, () => start({ stateDir })));
      expect(new Set(all.map(({ key }) => key)).size).toBe(1);
      expect(readdirSync(join(stateDir, "emulator"))).toEqual(["key.json"]);
    }
  });

  it("that is damaged is named, and made anew after a reset", async () => {
    const stateDir = temporaryFolder();
    const before = await start({ stateDir });
    writeFileSync(file(stateDir, "key.json"), "{");
    await expect(start({ stateDir })).rejects.toMatchObject({
      code: "emulator_state_damaged",
      message: expect.stringContaining(file(stateDir, "key.json")),
    });
    expect(readFileSync(file(stateDir, "key.json"), "utf8")).toBe("{");
    await resetEmulator({ stateDir });
    const after = await start({ stateDir });
    expect(after.key).not.toBe(before.key);
  });

  it("outlives a reset when it is sound", async () => {
    const stateDir = temporaryFolder();
    const one = await start({ stateDir });
    await resetEmulator({ stateDir });
    expect((await start({ stateDir })).key).toBe(one.key);
  });
});

describe("starting", () => {
  it("tells the address, which is loopback", async () => {
    const emulator = await start();
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}/v2.2`);
    expect(emulator.port).toBeGreaterThan(0);
  });

  it("on a port in use fails with the way out", async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({
      code: "port_in_use",
      exit: "usage",
      message: `port ${port} on 127.0.0.1 is in use`,
      hint: expect.stringContaining("--port 0"),
    });
  });

  it("leaves the globals of the process alone", async () => {
    const before = [globalThis.Request, globalThis.Response];
    await start();
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });

  it("without a folder writes nothing", async () => {
    const emulator = await start({ standing: true });
    await createCompany(emulator);
    expect((await call(emulator, "GET", "/company")).status).toBe(200);
  });
});

describe("closing", () => {
  it("ends kept-alive connections at once, and may be called again", async () => {
    const emulator = await start();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const ended = new Promise<void>((resolve, reject) => {
      const options = { agent, headers: { "X-API-Key": emulator.key } };
      const ask = request(`${emulator.url}/ping`, options, (answer) => {
        answer.socket.once("close", () => resolve());
        answer.resume();
        answer.once("end", () => void emulator.close());
      });
      ask.on("error", reject);
      ask.end();
    });
    await ended;
    await Promise.all([emulator.close(), emulator.close()]);
    await expect(fetch(`${emulator.url}/ping`)).rejects.toThrow();
  });

  it("cuts off a request that is waiting", async () => {
    let waiting = () => {};
    const asked = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    const emulator = await start({
      delay: () => {
        waiting();
        return new Promise(() => {});
      },
    });
    const answer = call(emulator, "GET", "/ping").catch(() => "cut off");
    await asked;
    await emulator.close();
    expect(await answer).toBe("cut off");
  });
});

describe("the data of a folder", () => {
  it("outlives the emulator, and holds no password", async () => {
    const stateDir = temporaryFolder();
    const one = await start({ stateDir });
    const company = await createCompany(one);
    const site = await createSite(one, company.id);
    const connection = await createConnection(one, company.id, { sites: [site.id] });
    await createConnection(one, company.id, { sites: [site.id], password: "marked-word" });
    await call({ ...one, key: "marked-key" }, "GET", "/company");
    await one.close();
    const two = await start({ stateDir });
    expect((await call(two, "GET", "/company")).body).toEqual([{ ...company, sites: [site] }]);
    const details = await call(two, "GET", `/connection/${connection.id}/details`);
    expect(details.body).toEqual(connection);
    for (const name of readdirSync(join(stateDir, "emulator"))) {
      const text = readFileSync(file(stateDir, name), "utf8");
      expect(text).not.toContain("marked");
      expect(text).not.toContain(SANDBOX.password);
    }
  });

  it("is shared by all that run", async () => {
    const stateDir = temporaryFolder();
    const [one, two] = [await start({ stateDir }), await start({ stateDir })];
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => createCompany(index % 2 ? one : two)),
    );
    for (const emulator of [one, two]) {
      const ids = await call(emulator, "GET", "/company").then(({ body }) =>
        [...Object.values(body)].map(({ id }) => id),
      );
      expect(ids.sort()).toEqual(made.map(({ id }) => id).sort());
    }
  });

  it("is gone for a running emulator as soon as it is reset", async () => {
    const stateDir = temporaryFolder();
    for (const standing of [false, true]) {
      const emulator = await start({ stateDir, standing });
      const company = await createCompany(emulator);
      expect(await resetEmulator({ stateDir })).toEqual({
        companies: 1,
        sites: 0,
        connections: 0,
      });
      expect((await call(emulator, "GET", "/company")).body).toEqual([]);
      expect((await call(emulator, "GET", `/company/${company.id}`)).status).toBe(404);
      await createCompany(emulator);
      await resetEmulator({ stateDir });
    }
  });

  it("that is damaged is told in the answer, with the repair", async () => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir });
    await createCompany(emulator);
    writeFileSync(file(stateDir, "data.json"), "garbage\n");
    const answer = await call(emulator, "GET", "/company");
    expect(answer.status).toBe(500);
    expect(answer.body.detail).toContain(file(stateDir, "data.json"));
    await expect(start({ stateDir })).rejects.toMatchObject({ code: "emulator_state_damaged" });
  });
});

describe("the standing emulator", () => {
  it("is found while it runs, and not after", async () => {
    const stateDir = temporaryFolder();
    expect(await findStanding({ stateDir, isAlive })).toBeNull();
    const emulator = await start({ stateDir, standing: true, pid: 77 });
    const asked: number[] = [];
    const found = await findStanding({
      stateDir,
      isAlive: (pid) => {
        asked.push(pid);
        return true;
      },
    });
    expect(found).toEqual({
      url: emulator.url,
      key: emulator.key,
      pid: 77,
      startedAt: NOW_ISO,
    });
    expect(asked).toEqual([77]);
    const text = readFileSync(file(stateDir, "standing.json"), "utf8");
    expect(text).not.toContain(emulator.key);
    expect(statSync(file(stateDir, "standing.json")).mode & 0o777).toBe(0o600);
    await emulator.close();
    expect(existsSync(file(stateDir, "standing.json"))).toBe(false);
    expect(await findStanding({ stateDir, isAlive })).toBeNull();
  });

  it("is not an embedded one", async () => {
    const stateDir = temporaryFolder();
    await start({ stateDir });
    expect(await findStanding({ stateDir, isAlive })).toBeNull();
  });

  it("is one for a folder", async () => {
    const stateDir = temporaryFolder();
    const one = await start({ stateDir, standing: true, isAlive });
    await expect(start({ stateDir, standing: true, isAlive })).rejects.toMatchObject({
      code: "emulator_running",
      exit: "usage",
      message: expect.stringContaining(one.url),
    });
    await start({ stateDir: temporaryFolder(), standing: true, isAlive });
    expect((await findStanding({ stateDir, isAlive }))?.url).toBe(one.url);
  });

  it("is one even when two start at once", async () => {
    const stateDir = temporaryFolder();
    const ended = await Promise.allSettled(
      [1, 2, 3].map((pid) => start({ stateDir, standing: true, pid, isAlive })),
    );
    const started = ended.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const failed = ended.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(started).toHaveLength(1);
    for (const reason of failed) expect(reason).toMatchObject({ code: "emulator_running" });
    expect((await findStanding({ stateDir, isAlive }))?.url).toBe(started[0]?.url);
  });

  it("of a process that is gone is not asked and gives way", async () => {
    const stateDir = temporaryFolder();
    const old = await start({ stateDir, standing: true, pid: 11 });
    const isGone = (pid: number) => pid !== 11;
    expect(await findStanding({ stateDir, isAlive: isGone })).toBeNull();
    const next = await start({ stateDir, standing: true, pid: 12, isAlive: isGone });
    expect((await findStanding({ stateDir, isAlive: isGone }))?.url).toBe(next.url);
    // The old one must not take the registration of the new one along.
    await old.close();
    expect((await findStanding({ stateDir, isAlive: isGone }))?.url).toBe(next.url);
  });

  it.each([
    ["damaged", "{"],
    ["empty", ""],
    ["no object", "7"],
    ["elsewhere", { url: "http://192.168.1.5:4010/v2.2" }],
    ["a name", { url: "http://localhost.evil.example:4010/v2.2" }],
    ["no process", { pid: -1 }],
    ["no time", { startedAt: null }],
  ])("is not looked for through a file that is %s", async (_, content) => {
    const stateDir = temporaryFolder();
    const { url } = await start({ stateDir });
    mkdirSync(join(stateDir, "emulator"), { recursive: true });
    const text =
      typeof content === "string"
        ? content
        : JSON.stringify({ url, pid: 4321, startedAt: NOW_ISO, ...content });
    writeFileSync(file(stateDir, "standing.json"), text, { mode: 0o600 });
    expect(await findStanding({ stateDir, isAlive })).toBeNull();
    const standing = await start({ stateDir, standing: true, isAlive });
    expect((await findStanding({ stateDir, isAlive }))?.url).toBe(standing.url);
  });

  it("is not what else answers at its address", async () => {
    const stateDir = temporaryFolder();
    const emulator = await start({ stateDir, standing: true });
    const answers = ["<html>", '{"emulator":false}', "x".repeat(5000), null];
    for (const answer of answers) {
      const stranger = createServer((_, response) => {
        // A null never answers: the look gives up by itself.
        if (answer !== null) response.end(answer);
      });
      const port = await listenOnLoopback(stranger);
      const url = `http://127.0.0.1:${port}/v2.2`;
      writeFileSync(
        file(stateDir, "standing.json"),
        JSON.stringify({ url, pid: 4321, startedAt: NOW_ISO }),
      );
      expect(await findStanding({ stateDir, isAlive })).toBeNull();
      stranger.closeAllConnections();
      stranger.close();
    }
    const other = await start({ stateDir: temporaryFolder() });
    const text = JSON.stringify({ url: other.url, pid: 4321, startedAt: NOW_ISO });
    writeFileSync(file(stateDir, "standing.json"), text, { mode: 0o600 });
    expect(await findStanding({ stateDir, isAlive })).toBeNull();
    unlinkSync(file(stateDir, "standing.json"));
    await emulator.close();
  });
});

it("takes its time and its IDs from outside", async () => {
  let next = 0;
  const emulator = await startEmulator({
    stateDir: null,
    port: 0,
    standing: false,
    clock: { now: () => Date.UTC(1999, 11, 31, 23, 59), sleep: async () => {} },
    ids: () => {
      next += 1;
      return `00000000-0000-4000-8000-${String(next).padStart(12, "0")}`;
    },
    pid: 1,
  });
  onTestFinished(() => emulator.close());
  expect(emulator.key).toBe("nectar_local_00000000000040008000000000000001");
  expect(await createCompany(emulator)).toMatchObject({
    id: "00000000-0000-4000-8000-000000000002",
    dataCollectionStartDate: "1998-01-01",
  });
});
