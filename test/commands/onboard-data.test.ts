import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import { InterruptedError } from "../../src/errors.ts";
import { COMPANY, CONNECTION, documentOf, SITE, usageRow } from "../support/data-vendor.ts";
import { freshPlace, type RunOptions } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";
import { workClock } from "../support/test-clock.ts";

const ONBOARD = ["onboard", "--company-name", "Acme", "--site", "Plant", "--no-color"];

const PRESENT = Date.UTC(2026, 10, 23);

/** A vendor that connects at once, and whose documents are what a test says. */
async function vendor(documents: (response: ServerResponse, asked: number) => void) {
  let asked = 0;
  const server = await stubServer((response, { method, path }) => {
    const { pathname } = new URL(path, "http://x");
    if (pathname.includes("/document/")) {
      asked += 1;
      return documents(response, asked);
    }
    if (method === "GET") return json(response, 200, []);
    if (pathname.endsWith("/site")) return json(response, 201, { id: SITE, name: "Plant" });
    if (pathname.endsWith("/connection")) {
      return json(response, 201, { id: CONNECTION, status: "CONNECTED" });
    }
    return json(response, 201, { id: COMPANY, name: "Acme", sites: [] });
  });
  const env = { NECTAR_API_URL: server.url, NECTAR_API_KEY: "k" };
  return {
    url: server.url,
    asked: () => asked,
    run: (words: readonly string[] = [], options: RunOptions = {}) =>
      freshPlace().run([...ONBOARD, ...words], { clock: workClock(), ...options, env }),
  };
}

function page(response: ServerResponse, total: number, documents: readonly object[] = []): void {
  const totalPages = Math.max(1, Math.ceil(total / 100));
  json(response, 200, {
    ...{ totalDocuments: total, perPage: 100, totalPages, currentPage: 1, documents },
    ...{ hasNext: totalPages > 1, hasPrevious: false },
  });
}

const october = documentOf({
  usageData: [usageRow({ startDate: "2026-10-01", endDate: "2026-10-31" })],
});

describe("the data at the end of an onboarding", () => {
  it("is waited for, told in one line, and leads to the chart", async () => {
    const { run, asked, url } = await vendor((response, nth) =>
      nth < 3 ? page(response, 0) : page(response, 345, [nth === 3 ? documentOf() : october]),
    );
    const shown = await run([], { columns: 100 });
    expect(shown.status).toBe(0);
    expect(shown.stderr).toMatch(/^[✔+] Data {8}345 documents {9}2026-01 to 2026-10$/m);
    expect(shown.stdout).toContain(`  nectar usage chart --api-url ${url}   its usage by month`);
    expect(asked()).toBe(4);
    const machine = await run(["--json"]);
    expect(machine.json()).toMatchObject({
      data: { documents: 345, from: "2026-10", to: "2026-10" },
      next: [
        { command: `nectar usage chart --api-url ${url}` },
        { command: `nectar connections list --api-url ${url}` },
      ],
    });
    expect(machine.stderr).toBe("");
  });

  it("says in one line that there is none yet, and how to look later", async () => {
    const { run } = await vendor((response) => page(response, 0));
    const shown = await run([], { columns: 120 });
    expect(shown.status).toBe(0);
    expect(shown.stderr).toMatch(/^ {2}Data {8}none yet$/m);
    expect(shown.stdout).toContain(`nectar documents list --connection ${CONNECTION}`);
    expect((await run(["--json"])).json()["data"]).toEqual({ documents: 0, from: null, to: null });
  });

  it.each([
    ["404", (response: ServerResponse) => json(response, 404, { detail: "Not found." })],
    ["401", (response: ServerResponse) => json(response, 401, { detail: "No." })],
    ["403", (response: ServerResponse) => json(response, 403, { detail: "No." })],
    ["500", (response: ServerResponse) => json(response, 500, {})],
    ["429", (response: ServerResponse) => json(response, 429, {}, { "retry-after": "3600" })],
    ["another shape", (response: ServerResponse) => json(response, 200, [])],
    ["a cut connection", (response: ServerResponse) => void response.destroy()],
  ])("is only a missing line where the look meets %s", async (_, answer) => {
    const { run, asked, url } = await vendor(answer);
    const machine = await run(["--json"]);
    expect([machine.status, machine.stderr]).toEqual([0, ""]);
    expect(machine.json()).toMatchObject({
      company: { id: COMPANY },
      connection: { id: CONNECTION, state: "connected" },
      data: null,
      next: [{ command: `nectar connections list --api-url ${url}` }],
    });
    expect(asked()).toBeGreaterThan(0);
    const shown = await run([], { columns: 100 });
    expect(shown.status).toBe(0);
    expect(shown.stderr).not.toContain("Data");
  });

  it("does not hold the result back where no answer comes", async () => {
    // The look's own limit, a timer of 5 s, comes as soon as the request has arrived; so does, once, the lock's heartbeat.
    const timers: { readonly ms: number; readonly fire: () => void }[] = [];
    const clock: Clock = {
      now: () => PRESENT,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          timers.push({ ms, fire: resolve });
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
    };
    const { run, asked } = await vendor(() => {
      for (const { fire } of timers.filter(({ ms }) => ms === 5_000)) fire();
    });
    const machine = await run(["--json"], { clock });
    expect([machine.status, machine.json()["data"], asked()]).toEqual([0, null, 1]);
  });

  it("is not looked for with --no-wait, nor without a connection that works", async () => {
    const { run, asked } = await vendor((response) => page(response, 7));
    const machine = await run(["--json", "--no-wait"]);
    expect([machine.status, machine.json()["data"], asked()]).toEqual([0, null, 0]);
  });

  it("keeps every ID where somebody stops the tool while it waits", async () => {
    const stop = new AbortController();
    const { run } = await vendor((response, nth) => {
      if (nth === 2) stop.abort(new InterruptedError("sigint"));
      page(response, 0);
    });
    const machine = await run(["--json"], { signal: stop.signal });
    expect([machine.status, machine.stdout]).toEqual([130, ""]);
    expect(machine.error().created).toEqual({
      companyId: COMPANY,
      siteIds: [SITE],
      connectionId: CONNECTION,
    });
  });
});
