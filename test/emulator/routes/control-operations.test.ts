/** Driving an emulator over HTTP, beside the API. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/emulator.ts";
import {
  call,
  createCompany,
  createConnection,
  createSite,
  NOW_ISO,
  SANDBOX,
  start,
} from "../harness.ts";

/** Calls a route below `/_emulator`. */
function control(
  { url, key }: RunningEmulator,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) {
  const root = { url: new URL("/_emulator", url).href, key };
  return call(root, method, path, body, headers);
}

async function connected() {
  const emulator = await start();
  const company = await createCompany(emulator);
  const site = await createSite(emulator, company.id);
  const connection = await createConnection(emulator, company.id, { ...SANDBOX, sites: [site.id] });
  return { emulator, connection };
}

describe("a connection's status", () => {
  it("is set", async () => {
    const { emulator, connection } = await connected();
    const path = `/connections/${connection.id}/status`;
    const body = { status: "mfa-token-expired", detail: "Told to." };
    expect(await control(emulator, "POST", path, body)).toMatchObject({
      status: 200,
      body: {
        ...{ id: connection.id, from: "CONNECTED", to: "MFA_TOKEN_EXPIRED" },
        ...{ documented: true, detail: "Told to." },
      },
    });
    const details = await call(emulator, "GET", `/connection/${connection.id}/details`);
    expect(details.body).toMatchObject({ status: "MFA_TOKEN_EXPIRED" });
  });

  it.each<[unknown, string]>([
    [{}, "status: is required; it takes one of CONNECTED"],
    [{ status: 1 }, "status: 1 is not allowed; it takes one of CONNECTED"],
    [{ status: "FINE" }, 'status: "FINE" is not allowed; it takes one of CONNECTED'],
    [
      { status: "PENDING", detail: 1 },
      "detail: 1 is not allowed; it takes text of 1 to 1000 characters.",
    ],
    [
      { status: "PENDING", detail: "" },
      'detail: "" is not allowed; it takes text of 1 to 1000 characters.',
    ],
    [[], "The body must be a JSON object."],
  ])("is refused as %j", async (body, says) => {
    const { emulator, connection } = await connected();
    const answer = await control(emulator, "POST", `/connections/${connection.id}/status`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(says);
  });

  it("of nothing is 404", async () => {
    const emulator = await start();
    for (const id of [randomUUID(), "x"]) {
      const path = `/connections/${id}/status`;
      const answer = await control(emulator, "POST", path, { status: "PENDING" });
      expect(answer).toMatchObject({ status: 404, body: { detail: "Not found." } });
    }
  });
});

describe("the clock", () => {
  it("is read, and moved by a duration or by milliseconds", async () => {
    const emulator = await start();
    const read = () => control(emulator, "GET", "/clock");
    expect((await read()).body).toEqual({ now: NOW_ISO, aheadMs: 0 });
    const moved = await control(emulator, "POST", "/clock", { advance: "1d" });
    expect(moved).toMatchObject({
      status: 200,
      body: { now: "2025-03-05T05:06:07.000Z", advancedMs: 86_400_000, changed: [] },
    });
    await control(emulator, "POST", "/clock", { advance: 1000 });
    expect((await read()).body).toEqual({
      ...{ now: "2025-03-05T05:06:08.000Z", aheadMs: 86_401_000 },
    });
  });

  it.each([{}, { advance: null }, { advance: "-1d" }, { advance: 0 }, { advance: "1y" }])(
    "is refused %j",
    async (body) => {
      const emulator = await start();
      const answer = await control(emulator, "POST", "/clock", body);
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toMatch(/^advance: .*\.$/);
    },
  );
});

it("a seed is planted that no other body could be as large as", async () => {
  const emulator = await start();
  const companies = Array.from({ length: 6000 }, (_, index) => ({
    ...{ name: `${index} ${"x".repeat(190)}`, externalId: String(index) },
  }));
  expect(JSON.stringify(companies).length).toBeGreaterThan(1024 * 1024);
  expect((await control(emulator, "POST", "/seed", { companies })).status).toBe(200);
});

it("a seed is planted, and a broken one names its fields", async () => {
  const emulator = await start();
  const planted = await control(emulator, "POST", "/seed", { companies: [{ name: "Acme" }] });
  expect(planted).toMatchObject({
    status: 200,
    body: { now: NOW_ISO, companies: [{ name: "Acme", outcome: "created" }] },
  });
  const broken = await control(emulator, "POST", "/seed", { companies: [{}], clock: 1 });
  expect(broken).toMatchObject({
    status: 400,
    body: {
      detail: "the seed can't be used: companies[0].name: is required; clock: must be text.",
    },
  });
});

it("a reset tells what there was", async () => {
  const { emulator } = await connected();
  const reset = () => control(emulator, "POST", "/reset");
  expect((await reset()).body).toEqual({ companies: 1, sites: 1, connections: 1 });
  expect((await reset()).body).toEqual({ companies: 0, sites: 0, connections: 0 });
});

describe("each of them", () => {
  const routes = [
    ["POST", `/connections/${randomUUID()}/status`],
    ["GET", "/clock"],
    ["POST", "/clock"],
    ["POST", "/seed"],
    ["POST", "/reset"],
  ] as const;

  it.each(routes)("%s %s is behind the key and the host", async (method, path) => {
    const emulator = await start();
    const stranger = { ...emulator, key: "another" };
    expect((await control(stranger, method, path)).status).toBe(401);
    const { port } = emulator;
    const answer = await emulatorRequest(port, method, `/_emulator${path}`, emulator.key);
    expect(answer).toBe(421);
  });

  it("answers no other method", async () => {
    const emulator = await start();
    for (const path of ["/seed", "/reset", "/connections/x/status"]) {
      expect((await control(emulator, "GET", path)).status).toBe(405);
    }
    expect((await control(emulator, "DELETE", "/clock")).status).toBe(405);
  });

  it("is past the faults", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "*", path: "**", status: 503, times: null });
    expect((await control(emulator, "POST", "/clock", { advance: "1d" })).status).toBe(200);
  });
});

/** A request that names another host; `fetch` would not. @returns the status */
async function emulatorRequest(port: number, method: string, path: string, key: string) {
  const { request } = await import("node:http");
  return new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: "evil.example", "x-api-key": key };
    request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
