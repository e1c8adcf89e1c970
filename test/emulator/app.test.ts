/** The emulator over real HTTP: versions, guards, both path forms, methods, errors. */
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/emulator/public.ts";
import { createMemoryStore, type EmulatorStore } from "../../src/emulator/store.ts";
import { LocalStateError } from "../../src/errors.ts";
import { bareApp } from "../support/bare-app.ts";
import { exchange } from "./faults/fault-wire.ts";
import { call, createCompany, createSite, SANDBOX, start } from "./harness.ts";

const UNKNOWN = "11111111-2222-4333-8444-555555555555";

function rawRequest(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const ask = request(url, { headers, agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        body += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    ask.on("error", reject);
    ask.end();
  });
}

describe("versions", () => {
  it.each([
    ["/v2.2", "2.2"],
    ["/v2.1", "2.1"],
    ["/v2", "2.0"],
  ])("answers under %s, on the same data", async (prefix, version) => {
    const emulator = await start();
    const company = await createCompany(emulator);
    const base = { ...emulator, url: `http://127.0.0.1:${emulator.port}${prefix}` };
    expect(await call(base, "GET", "/ping")).toMatchObject({
      status: 200,
      body: { version, emulator: true },
    });
    expect((await call(base, "GET", `/company/${company.id}`)).body).toEqual(company);
  });

  it("knows no other version", async () => {
    const emulator = await start();
    const base = { ...emulator, url: `http://127.0.0.1:${emulator.port}/v1` };
    expect((await call(base, "GET", "/ping")).status).toBe(404);
  });
});

describe("the header that tells the path forms", () => {
  it.each([
    ["both" as const, "guide, reference"],
    ["guide" as const, "guide"],
    ["reference" as const, "reference"],
  ])("with %s is %s on every answer of the API, good or bad", async (paths, forms) => {
    const emulator = await start({ paths });
    const company = await call(emulator, "POST", "/company", { name: "Acme" });
    const { id } = company.body;
    const other = { ...emulator, key: "other" };
    const old = { ...emulator, url: `http://127.0.0.1:${emulator.port}/v2` };
    const answers = [
      company,
      await call(emulator, "GET", "/company"),
      await call(emulator, "GET", `/company/${id}/connection`),
      await call(emulator, "GET", `/connection/company/${id}`),
      await call(emulator, "POST", "/company", "{"),
      await call(emulator, "PUT", "/company", {}),
      await call(emulator, "GET", "/nothing/here"),
      await call(other, "GET", "/company"),
      await call(old, "GET", "/ping"),
      await call(emulator, "DELETE", `/company/${id}`),
    ];
    const [guide, reference] = [paths !== "reference" ? 200 : 404, paths !== "guide" ? 200 : 404];
    expect(answers.map(({ status }) => status)).toEqual([
      ...[201, 200, guide, reference, 415, 405, 404, 401, 200, 204],
    ]);
    for (const { headers } of answers) expect(headers.get("x-nectar-path-forms")).toBe(forms);
  });

  it("is on an answer that a fault changes or cuts, and on none that a fault makes up", async () => {
    const emulator = await start();
    const told = async (fault: Fault) => {
      await emulator.faults.add(fault);
      const { headers } = await exchange(emulator, "GET", "/ping");
      return headers["x-nectar-path-forms"];
    };
    for (const fault of [{ delayMs: 1 }, { truncate: 3 }, { omit: ["version"] }, { lagMs: 1 }]) {
      expect(await told(fault)).toBe("guide, reference");
    }
    for (const fault of [{ status: 404 }, { html: true as const }, { redirect: "https://a.b" }]) {
      expect(await told(fault)).toBeUndefined();
    }
  });

  it("is on nothing beside the API", async () => {
    const emulator = await start();
    const beside = await exchange(emulator, "GET", "/_emulator/ping");
    expect(beside.status).toBe(200);
    expect(beside.headers).not.toHaveProperty("x-nectar-path-forms");
  });
});

describe("the key", () => {
  it("is made of the prefix and 32 digits", async () => {
    expect((await start()).key).toMatch(/^nectar_local_[0-9a-f]{32}$/);
  });

  it("is asked for", async () => {
    const emulator = await start();
    const response = await fetch(`${emulator.url}/ping`);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      detail: "This is the local emulator: send its own key in the X-API-Key header.",
    });
  });

  it("tells the sender of a foreign key where it went, and repeats nothing of it", async () => {
    const emulator = await start();
    const answer = await call({ ...emulator, key: "live-SECRET-mark" }, "GET", "/company");
    expect(answer.status).toBe(401);
    expect(answer.body.detail).toContain("do not send a real key here");
    expect(JSON.stringify([answer.body, ...answer.headers])).not.toContain("SECRET");
  });

  it("of another emulator is refused", async () => {
    const [one, other] = [await start(), await start()];
    const answer = await call({ url: one.url, key: other.key }, "GET", "/company");
    expect(answer).toMatchObject({
      status: 401,
      body: { detail: "This is not the key of this local emulator." },
    });
  });
});

describe("the host", () => {
  it.each(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])("%s is loopback", async (host) => {
    const { url, key, port } = await start();
    for (const name of [host, `${host}:${port}`]) {
      const answer = await rawRequest(`${url}/ping`, { host: name, "X-API-Key": key });
      expect(answer.status).toBe(200);
    }
  });

  it.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "192.168.1.4"])(
    "%s is refused, even with the key",
    async (host) => {
      const { url, key } = await start();
      const answer = await rawRequest(`${url}/company`, { host, "X-API-Key": key });
      expect(answer.status).toBe(421);
      expect(JSON.parse(answer.body).detail).toContain("127.0.0.1");
    },
  );
});

describe("path forms", () => {
  const forms = [
    ["POST", "guide", (id: string) => `/company/${id}/site`],
    ["POST", "reference", (id: string) => `/site/company/${id}`],
    ["GET", "guide", (id: string) => `/company/${id}/connection`],
    ["GET", "reference", (id: string) => `/connection/company/${id}`],
    ["POST", "guide", (id: string) => `/company/${id}/connection`],
    ["POST", "reference", (id: string) => `/connection/company/${id}`],
  ] as const;

  it.each(forms)("%s of the %s form", async (method, form, path) => {
    for (const paths of ["both", "guide", "reference"] as const) {
      const emulator = await start({ paths });
      const { id } = await createCompany(emulator);
      const on = paths === "both" || paths === form;
      const known = paths === "guide" ? `/company/${id}/site` : `/site/company/${id}`;
      const site = (await call(emulator, "POST", known, { name: "Plant" })).body;
      const body = method === "GET" ? undefined : { name: "Plant", ...SANDBOX, sites: [site.id] };
      const answer = await call(emulator, method, path(id), body);
      if (on) expect(answer.status).toBe(method === "GET" ? 200 : 201);
      else expect(answer).toMatchObject({ status: 404, body: { detail: "Not found." } });
    }
  });
});

describe("what is not there", () => {
  it.each([
    ["GET", "/nothing"],
    ["GET", "/company/"],
    ["GET", `/company/${UNKNOWN}`],
    ["GET", "/company/not-a-uuid"],
    ["PATCH", `/company/${UNKNOWN}`],
    ["DELETE", `/company/${UNKNOWN}`],
    ["POST", `/company/${UNKNOWN}/site`],
    ["POST", "/site/company/x"],
    ["GET", `/site/${UNKNOWN}`],
    ["PATCH", `/site/${UNKNOWN}`],
    ["GET", `/connection/company/${UNKNOWN}`],
    ["GET", `/connection/${UNKNOWN}/details`],
    ["GET", "/connection/x/details"],
  ])("%s %s is 404", async (method, path) => {
    const emulator = await start();
    const answer = await call(emulator, method, path, method === "GET" ? undefined : { name: "x" });
    expect(answer).toMatchObject({ status: 404, body: { detail: "Not found." } });
  });

  it("is 404 for a connection in an unknown company", async () => {
    const emulator = await start();
    const body = { ...SANDBOX, sites: [UNKNOWN] };
    expect((await call(emulator, "POST", `/company/${UNKNOWN}/connection`, body)).status).toBe(404);
  });

  it.each([
    ["PUT", "/company", "GET, POST"],
    ["DELETE", `/site/${UNKNOWN}`, "GET, PATCH"],
    ["POST", "/ping", "GET"],
    ["POST", `/connection/${UNKNOWN}/details`, "GET"],
    ["POST", `/usage/${UNKNOWN}`, "GET"],
    ["DELETE", "/team", "GET"],
  ])("%s %s is 405 and tells what is allowed", async (method, path, allow) => {
    const answer = await call(await start(), method, path, {});
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
    expect(answer.body.detail).toBe(`Method "${method}" is not allowed here.`);
  });
});

describe("bodies", () => {
  it.each(["", "{", "nothing", '{"name":"x"', "[1]", '"x"', "null"])(
    "%j is no JSON object: 400",
    async (text) => {
      const headers = { "content-type": "application/json" };
      const answer = await call(await start(), "POST", "/company", text, headers);
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toMatch(/JSON/);
    },
  );

  it("of another type are 415", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await call(await start(), "POST", "/company", "name=x", headers);
    expect(answer.status).toBe(415);
    expect(answer.body.detail).toContain("send application/json");
  });

  it("that are announced as larger than 1 MiB are 413 before they are sent", async () => {
    const emulator = await start();
    const headers = { "X-API-Key": emulator.key, "content-length": String(2 * 1024 * 1024) };
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${emulator.url}/company`, { method: "POST", headers, agent: false });
      sent.on("response", (answer) => {
        resolve(answer.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
  });

  it("above 1 MiB are 413, whether their length is announced or not", async () => {
    const emulator = await start();
    const text = JSON.stringify({ name: "x", externalId: "y".repeat(2 * 1024 * 1024) });
    const announced = await call(emulator, "POST", "/company", text, {
      "content-type": "application/json",
    });
    expect(announced.status).toBe(413);
    const chunked = await fetch(`${emulator.url}/company`, {
      method: "POST",
      headers: { "X-API-Key": emulator.key, "content-type": "application/json" },
      body: new Blob([text]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(chunked.status).toBe(413);
    expect((await call(emulator, "GET", "/company")).body).toEqual([]);
  });

  it("just below 1 MiB are taken, announced or not", async () => {
    const emulator = await start();
    const externalId = "y".repeat(1024 * 1024 - 40);
    await createCompany(emulator, { externalId });
    const chunked = await fetch(`${emulator.url}/company`, {
      method: "POST",
      headers: { "X-API-Key": emulator.key, "content-type": "application/json" },
      body: new Blob([JSON.stringify({ name: "x", externalId })]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(chunked.status).toBe(201);
  });
});

it("has a mark for the tabs of browsers, which needs no key", async () => {
  const { url } = await start();
  const answer = await fetch(new URL("/favicon.ico", url));
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
  expect(await answer.text()).toMatch(/^<svg .*<\/svg>$/);
});

describe("failures", () => {
  function failing(error: Error) {
    const store: EmulatorStore = {
      ...createMemoryStore(),
      read: async () => {
        throw error;
      },
    };
    const app = bareApp({ store, key: "nectar_local_x" });
    const headers = { host: "127.0.0.1", "X-API-Key": "nectar_local_x" };
    return app.request("http://127.0.0.1/v2.2/company", { headers });
  }

  it("answers a bug with 500, without its words or its stack", async () => {
    const response = await failing(new Error("inner secret"));
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      detail: "The local emulator failed on this request.",
    });
  });

  it.each([
    [
      "emulator_state_damaged",
      "Repair the file by hand, or empty the emulator with POST /_emulator/reset.",
    ],
    ["locked", "Wait for it."],
  ])("tells about local state that needs mending (%s)", async (code, help) => {
    const error = new LocalStateError(code, "line 3 can't be read", { hint: "Wait for it." });
    const response = await failing(error);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ detail: `line 3 can't be read. ${help}` });
  });
});

it("waits before each answer when told to", async () => {
  let waits = 0;
  const emulator = await start({
    delay: async () => {
      waits += 1;
    },
  });
  const { id } = await createCompany(emulator);
  await createSite(emulator, id);
  await fetch(`${emulator.url}/ping`);
  expect(waits).toBe(3);
});
