/** The library entry, from its source. */
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Emulator, EmulatorOptions } from "../src/emulator/public.ts";
import { startEmulator } from "../src/library.ts";
import {
  call,
  createCompany,
  createConnection,
  createSite,
  temporaryFolder,
} from "./emulator/harness.ts";
import { receiver } from "./emulator/webhooks/receiving.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const WEEK = 7 * 86_400_000;
const NAMES = "port, seed, scenario, dataDelayMs, wrongPasswordStatus, paths, now, stateDir";

async function started(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ now: () => NOW, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

async function connect(emulator: Emulator) {
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  return createConnection(emulator, company.id, { sites: [site.id] });
}

describe("startEmulator", () => {
  it("serves the API on a free port of this machine, with a key of its own", async () => {
    const emulator = await started();
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}/v2.2`);
    expect(emulator.key).toMatch(/^nectar_local_[0-9a-f]{32}$/);
    expect(await connect(emulator)).toMatchObject({
      ...{ status: "CONNECTED", created: new Date(NOW).toISOString() },
    });
  });

  it("shares nothing with another one in the same process", async () => {
    const [one, other] = [await started(), await started()];
    expect(one.key).not.toBe(other.key);
    await connect(one);
    await one.advance("7d");
    await one.faults.add({ route: "ping", status: 503, times: null });
    expect((await call(other, "GET", "/company")).body).toEqual([]);
    expect((await other.seed({})).now).toBe(new Date(NOW).toISOString());
    expect((await call(other, "GET", "/ping")).status).toBe(200);
    expect((await call(other, "GET", "/company", undefined, { "X-API-Key": one.key })).status).toBe(
      401,
    );
  });

  it("starts filled, under a scenario, and goes through it as the time moves", async () => {
    const emulator = await started({
      seed: { companies: [{ name: "Acme", sites: [{ name: "Plant" }], connections: [{}] }] },
      scenario: { "mfa-expires-after": 2, "pending-for": 1000, "fails-after": undefined },
    });
    const { companies } = await emulator.seed({
      companies: [{ name: "Acme", sites: [{ name: "Plant" }], connections: [{}] }],
    });
    const id = companies[0]?.connections[0]?.id ?? "";
    expect(companies[0]).toMatchObject({
      outcome: "existing",
      connections: [{ status: "PENDING", outcome: "existing" }],
    });
    const at = (time: number) => new Date(NOW + time).toISOString();
    expect(await emulator.advance("3w")).toEqual({
      ...{ now: at(3 * WEEK), advancedMs: 3 * WEEK },
      changed: [
        { id, from: "PENDING", to: "CONNECTED", at: at(1000) },
        { id, from: "CONNECTED", to: "MFA_TOKEN_EXPIRED", at: at(1000 + 2 * WEEK) },
      ],
    });
    expect((await emulator.advance(1)).advancedMs).toBe(1);
  });

  it("sends webhooks, and tells what became of them", async () => {
    // A signature is checked against the machine's time.
    const emulator = await started({ now: Date.now });
    const hook = await receiver();
    const { id, secret } = await emulator.webhooks.add({
      url: hook.url,
      eventTypes: ["connection.validated.v2"],
    });
    expect(await emulator.webhooks.list()).toEqual([
      { id, url: hook.url, secret, eventTypes: ["connection.validated.v2"] },
    ]);
    const connection = await connect(emulator);
    await emulator.webhooks.deliver();
    expect(hook.payloads(secret)).toMatchObject([{ id: connection.id, status: "CONNECTED" }]);
    expect(await emulator.webhooks.deliveries()).toMatchObject([
      { endpointId: id, state: "delivered", attempts: [{ status: 200, error: null }] },
    ]);
    expect(await emulator.webhooks.remove(id)).toBe(true);
    expect(await emulator.webhooks.list()).toEqual([]);
    await expect(emulator.webhooks.add({ url: "ftp://127.0.0.1" })).rejects.toMatchObject({
      code: "invalid_webhook",
    });
    // Else it would come out with the first message, where nobody could be told.
    for (const bad of ["", "whsec_", "not base64!"]) {
      const adding = emulator.webhooks.add({ url: hook.url, secret: bad });
      await expect(adding).rejects.toMatchObject({ code: "invalid_input" });
    }
    expect(await emulator.webhooks.list()).toEqual([]);
  });

  it("sets a status, and everything back", async () => {
    const emulator = await started({ wrongPasswordStatus: "INCORRECT_PASSWORD", dataDelayMs: 0 });
    const { id } = await connect(emulator);
    expect(await emulator.setStatus(id, "WEBSITE_DOWN", "Closed.")).toEqual({
      ...{ id, from: "CONNECTED", to: "WEBSITE_DOWN", documented: true, detail: "Closed." },
    });
    await emulator.faults.add({ html: true, route: "companies.list" });
    expect(await emulator.faults.list()).toMatchObject([{ html: true, fired: 0, remaining: 1 }]);
    await emulator.advance("7d");
    await emulator.reset();
    expect(await emulator.faults.list()).toEqual([]);
    expect((await call(emulator, "GET", "/company")).body).toEqual([]);
    expect((await emulator.seed({})).now).toBe(new Date(NOW).toISOString());
    await emulator.faults.add({ cut: "after", times: 2 });
    expect(await emulator.faults.clear()).toBe(1);
  });

  it("takes one path form and the other spelling when told to", async () => {
    const emulator = await started({ paths: "guide", wrongPasswordStatus: "INCORRECT_PASSWORD" });
    const company = await createCompany(emulator);
    const site = await call(emulator, "POST", `/company/${company.id}/site`, { name: "S" });
    const login = { url: "https://nectarclimate.com", username: "a", password: "b" };
    const body = { ...login, sites: [site.body.id] };
    const made = await call(emulator, "POST", `/company/${company.id}/connection`, body);
    expect(made.body.status).toBe("INCORRECT_PASSWORD");
    expect((await call(emulator, "POST", `/site/company/${company.id}`, {})).status).toBe(404);
  });

  it("keeps everything in a folder when it is given one", async () => {
    const stateDir = join(temporaryFolder(), "state");
    const first = await started({ stateDir });
    await connect(first);
    await first.advance("7d");
    await first.close();
    const second = await started({ stateDir });
    expect(second.key).toBe(first.key);
    expect((await second.seed({})).now).toBe(new Date(NOW + WEEK).toISOString());
    expect((await call(second, "GET", "/company")).body).toHaveLength(1);
  });

  it("ends for good, twice if need be, by either name, and frees its port", async () => {
    const emulator = await started();
    await call(emulator, "GET", "/ping");
    await emulator[Symbol.asyncDispose]();
    await emulator.close();
    await new Promise<void>((resolve, reject) => {
      const server = createServer().once("error", reject);
      server.listen(emulator.port, "127.0.0.1", () => server.close(() => resolve()));
    });
  });
});

describe("what is refused", () => {
  /** As a program in JavaScript calls it, which no compiler has checked. */
  const unchecked = (options: unknown): Promise<Emulator> =>
    Reflect.apply(startEmulator, null, [options]);

  it.each<[unknown, string]>([
    [
      { prot: 4010 },
      `prot: is not an option of startEmulator, which takes ${NAMES}; did you mean "port"?`,
    ],
    [{ data_delay_ms: 5 }, `which takes ${NAMES}; did you mean "dataDelayMs"?`],
    [{ verbose: true }, `verbose: is not an option of startEmulator, which takes ${NAMES}`],
    [
      { paths: "guides" },
      'paths: "guides" is not allowed; it takes one of both, guide, reference; did you mean "guide"?',
    ],
    [{ wrongPasswordStatus: "INCORECT_PASSWORD" }, 'did you mean "INCORRECT_PASSWORD"?'],
    [{ paths: 1 }, "paths: 1 is not allowed; it takes one of both, guide, reference"],
    [{ port: "4010" }, 'port: "4010" is not allowed; it takes a port from 0 to 65535'],
    [{ port: null }, "port: null is not allowed"],
    [{ now: 0 }, "now: 0 is not allowed; it takes a function that returns milliseconds since 1970"],
    [{ stateDir: "" }, 'stateDir: "" is not allowed; it takes the path of a folder'],
    [{ scenario: ["fails-after"] }, "scenario: a list is not allowed; it takes an object"],
    [{ seed: () => ({}) }, "seed: a function is not allowed; it takes an object"],
    [
      { port: -1, prot: 1 },
      "port: -1 is not allowed; it takes a port from 0 to 65535. prot: is not",
    ],
    [4010, "options: 4010 is not allowed; it takes an object"],
    [null, "options: null is not allowed; it takes an object"],
  ])("%j, with what is allowed", async (options, says) => {
    await expect(unchecked(options)).rejects.toMatchObject({
      ...{ code: "invalid_input", message: expect.stringContaining(says) },
    });
  });

  it.each([
    ["no number", () => Number.NaN],
    ["a time beyond all", () => 1e18],
    ["a text", () => "2026-06-15"],
    ["a promise", async () => NOW],
    [
      "nothing",
      () => {
        throw new Error("no time");
      },
    ],
  ])("a clock that gives %s", async (_, now) => {
    await expect(unchecked({ now })).rejects.toMatchObject({
      code: "invalid_input",
      message:
        "now: a function is not allowed; it takes a function that returns milliseconds since 1970",
    });
  });

  it("a change that a scenario does not have, with the nearest that it has", async () => {
    await expect(unchecked({ scenario: { "mfa-expire-after": 3 } })).rejects.toMatchObject({
      code: "invalid_scenario",
      message: expect.stringMatching(/^"mfa-expire-after": .*did you mean "mfa-expires-after"\?$/),
    });
  });

  it.each<[EmulatorOptions, string, RegExp]>([
    [{ port: -1 }, "invalid_input", /^port: -1 is not allowed; it takes a port from 0 to 65535$/],
    [{ port: 1.5 }, "invalid_input", /^port: 1.5/],
    [{ dataDelayMs: 30_001 }, "invalid_input", /^dataDelayMs: 30001/],
    [{ scenario: { "fails-after": 0 } }, "invalid_scenario", /^fails-after: "0"/],
    [{ seed: { companies: [{ name: "" }] } }, "invalid_seed", /companies\[0\]\.name/],
  ])("%j", async (options, code, says) => {
    await expect(startEmulator(options)).rejects.toMatchObject({
      ...{ code, message: expect.stringMatching(says) },
    });
  });

  it("a port that is taken", async () => {
    const { port } = await started();
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: "port_in_use" });
  });

  it("a fault that is none, and a time that goes back", async () => {
    const emulator = await started();
    await expect(emulator.faults.add({})).rejects.toMatchObject({ code: "invalid_fault" });
    // @ts-expect-error: no such route
    await expect(emulator.faults.add({ html: true, route: "nope" })).rejects.toMatchObject({
      code: "invalid_fault",
    });
    await expect(emulator.advance(-1)).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("a webhook without arguments, as from JavaScript", async () => {
    const { webhooks } = await started();
    const adding: unknown = Reflect.apply(webhooks.add, webhooks, []);
    await expect(adding).rejects.toMatchObject({
      ...{ code: "invalid_webhook", message: "url: must be text." },
    });
  });

  it.each<[unknown[], string]>([
    [[], "status: is required; it takes one of CONNECTED"],
    [["x", 5], "status: 5 is not allowed; it takes one of CONNECTED"],
    [["x", "PENDING", null], "detail: null is not allowed; it takes text of 1 to 1000 characters"],
    [["x", "PENDING", { length: 3 }], "detail: an object is not allowed; it takes text"],
    [[5, "PENDING"], "no connection 5 on the local emulator"],
  ])("a status by %j, as from JavaScript", async (given, says) => {
    const { setStatus } = await started();
    const setting: unknown = Reflect.apply(setStatus, null, given);
    await expect(setting).rejects.toMatchObject({ message: expect.stringContaining(says) });
  });

  it("a time that is no time, and says what a number means and what a text", async () => {
    const emulator = await started();
    await expect(emulator.advance(-5)).rejects.toThrow(
      'advance: -5 is not allowed; it takes a number of milliseconds from 1 to 3155760000000, or a duration such as "7d".',
    );
    await expect(emulator.advance("-5")).rejects.toThrow(
      /^advance: "-5" is not allowed; it takes a duration .* a bare number is seconds/,
    );
    await expect(startEmulator({ scenario: { "pending-for": 0 } })).rejects.toThrow(
      'pending-for: "0" is not allowed; it takes a number of milliseconds',
    );
    expect((await emulator.advance(5)).advancedMs).toBe(5);
    expect((await emulator.advance("5")).advancedMs).toBe(5000);
  });

  it("a seed that fails leaves no emulator behind", async () => {
    const { port, close } = await started();
    await close();
    const seed = { companies: [{ name: "A", connections: [{}] }] };
    await expect(startEmulator({ port, seed })).rejects.toMatchObject({ code: "invalid_seed" });
    expect((await started({ port })).port).toBe(port);
  });
});
