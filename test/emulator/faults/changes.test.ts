/** Faults that change an answer without replacing it: lists that lag, members that are left out, and how they come together. */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunningEmulator, StartOptions } from "../../../src/emulator/emulator.ts";
import { openFaults } from "../../../src/emulator/faults/faults.ts";
import type { Fault } from "../../../src/emulator/public.ts";
import {
  call,
  createCompany,
  createConnection,
  createSite,
  NOW,
  start,
  temporaryFolder,
} from "../harness.ts";
import { exchange } from "./fault-wire.ts";

const LAG_MS = 5000;

/** An emulator whose lists lag, with a clock that only the test moves. */
async function lagging(options: Partial<StartOptions> = {}) {
  let now = NOW;
  const emulator = await start({ clock: { now: () => now, sleep: async () => {} }, ...options });
  await emulator.faults.add({ lagMs: LAG_MS, times: null });
  return {
    emulator,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

async function get(emulator: RunningEmulator, path: string) {
  return JSON.parse((await exchange(emulator, "GET", path)).text);
}

/** Names of the companies of the list, each with those of its sites. */
async function listed(emulator: RunningEmulator): Promise<Record<string, string[]>> {
  const companies: { name: string; sites: { name: string }[] }[] = await get(emulator, "/company");
  return Object.fromEntries(
    companies.map(({ name, sites }) => [name, sites.map((site) => site.name)]),
  );
}

describe("a lag", () => {
  it("hides a new company from the list, and not from a read by its ID", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    expect(await listed(emulator)).toEqual({});
    expect(await get(emulator, `/company/${id}`)).toMatchObject({ id, name: "Acme" });
    pass(LAG_MS - 1);
    expect(await listed(emulator)).toEqual({});
    pass(1);
    expect(await listed(emulator)).toEqual({ Acme: [] });
  });

  it("hides a new site inside its company, in the list and by ID, and not from a read by its own", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    pass(LAG_MS);
    const site = await createSite(emulator, id);
    expect(await listed(emulator)).toEqual({ Acme: [] });
    expect(await get(emulator, `/company/${id}`)).toMatchObject({ sites: [] });
    expect(await get(emulator, `/site/${site.id}`)).toMatchObject({ name: "Plant" });
    pass(LAG_MS);
    expect(await listed(emulator)).toEqual({ Acme: ["Plant"] });
    expect(await get(emulator, `/company/${id}`)).toMatchObject({ sites: [{ id: site.id }] });
  });

  it("keeps a new site usable: a connection for it is created", async () => {
    const { emulator } = await lagging();
    const { id } = await createCompany(emulator);
    const site = await createSite(emulator, id);
    const connection = await createConnection(emulator, id, { sites: [site.id] });
    const details = await get(emulator, `/connection/${connection.id}/details`);
    expect(details).toMatchObject({ id: connection.id, status: "CONNECTED" });
  });

  it("hides a new connection, and the envelope agrees with what is shown", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    const { id: site } = await createSite(emulator, id);
    const made: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      made.push((await createConnection(emulator, id, { sites: [site] })).id);
      pass(2000);
    }
    const page = (number: number) =>
      get(emulator, `/connection/company/${id}?limit=1&page=${number}`);
    expect(await page(1)).toMatchObject({
      ...{ totalConnections: 1, totalPages: 1, hasNext: false },
      connections: [{ id: made[0] }],
    });
    pass(1000);
    expect(await page(2)).toMatchObject({
      ...{ totalConnections: 2, totalPages: 2, currentPage: 2, hasNext: false },
      connections: [{ id: made[1] }],
    });
    pass(4000);
    expect(await page(2)).toMatchObject({ totalConnections: 3, totalPages: 3, hasNext: true });
  });

  it("shows a status that a connection takes by itself when the list comes to it", async () => {
    const { emulator, pass } = await lagging();
    const { companies } = await emulator.seed({
      companies: [
        {
          name: "Acme",
          sites: [{ name: "Plant" }],
          connections: [{ scenario: { "pending-for": 1000 } }],
        },
      ],
    });
    const path = `/connection/company/${companies[0]?.id}`;
    const id = companies[0]?.connections[0]?.id;
    pass(LAG_MS);
    expect(await get(emulator, path)).toMatchObject({ connections: [{ status: "PENDING" }] });
    expect(await get(emulator, `/connection/${id}/details`)).toMatchObject({ status: "CONNECTED" });
    pass(1000);
    expect(await get(emulator, path)).toMatchObject({ connections: [{ status: "CONNECTED" }] });
  });

  it("hides a new invitation", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    const invitation = await call(emulator, "POST", `/invitation/company/${id}`, {});
    const list = () => get(emulator, `/invitation/company/${id}`);
    expect(await list()).toMatchObject({ totalInvitations: 0, invitations: [] });
    expect((await call(emulator, "GET", `/invitation/${invitation.body.id}`)).status).toBe(200);
    pass(LAG_MS);
    expect(await list()).toMatchObject({ totalInvitations: 1 });
  });

  it("hides new bills and readings, and a bill answers by its ID", async () => {
    const { emulator, pass } = await lagging({ dataDelayMs: 0 });
    const { id } = await createCompany(emulator);
    const { id: site } = await createSite(emulator, id);
    const connection = await createConnection(emulator, id, { sites: [site] });
    const lists = async () => {
      const documents = await get(emulator, `/document/connection/${connection.id}`);
      const usage = await get(emulator, `/usage/site/${site}`);
      const intervals = await get(emulator, `/interval/connection/${connection.id}`);
      return {
        documents,
        totals: [documents.totalDocuments, usage.totalUsageData, intervals.totalIntervals],
      };
    };
    expect((await lists()).totals).toEqual([0, 0, 0]);
    pass(LAG_MS);
    const after = await lists();
    for (const total of after.totals) expect(total).toBeGreaterThan(0);
    // The same bill again, when it is new to a list that lags by far more.
    await emulator.faults.clear();
    await emulator.faults.add({ lagMs: 3_600_000, times: null });
    const [bill] = after.documents.documents;
    expect(await get(emulator, `/document/${bill.id}`)).toMatchObject({ id: bill.id });
    expect(await get(emulator, `/usage/document/${bill.id}`)).toMatchObject({ totalUsageData: 0 });
    pass(3_600_000);
    expect(await get(emulator, `/usage/document/${bill.id}`)).toMatchObject({ totalUsageData: 1 });
  });

  it("still shows a company that was deleted, with its sites, and answers 404 to its ID", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    await createSite(emulator, id);
    pass(LAG_MS);
    await createSite(emulator, id, { name: "New" });
    pass(1000);
    expect((await call(emulator, "DELETE", `/company/${id}`)).status).toBe(204);
    expect(await listed(emulator)).toEqual({ Acme: ["Plant"] });
    expect((await call(emulator, "GET", `/company/${id}`)).status).toBe(404);
    pass(LAG_MS - 1);
    expect(await listed(emulator)).toEqual({ Acme: ["Plant", "New"] });
    pass(1);
    expect(await listed(emulator)).toEqual({});
  });

  it("shows what came and went within it for as long as it was there", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    pass(2000);
    await call(emulator, "DELETE", `/company/${id}`);
    const seen: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      seen.push(Object.keys(await listed(emulator)).length);
      pass(1000);
    }
    expect(seen).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
  });

  it("forgets what was deleted longer ago than a list can lag, with the next deletion", async () => {
    const { emulator, pass } = await lagging();
    const [one, two] = [
      await createCompany(emulator, { name: "One" }),
      await createCompany(emulator),
    ];
    await call(emulator, "DELETE", `/company/${one.id}`);
    pass(3_600_000);
    await call(emulator, "DELETE", `/company/${two.id}`);
    await emulator.faults.clear();
    await emulator.faults.add({ lagMs: 3_600_000, times: null });
    expect(await listed(emulator)).toEqual({ Acme: [] });
  });

  it("is as long as the fault says, and lists without it are as ever", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    pass(LAG_MS);
    await call(emulator, "DELETE", `/company/${id}`);
    await createCompany(emulator, { name: "New" });
    await emulator.faults.clear();
    expect(await listed(emulator)).toEqual({ New: [] });
  });

  it("holds over the end of an emulator, for what is in its folder", async () => {
    const stateDir = temporaryFolder();
    const { emulator, pass } = await lagging({ stateDir });
    const gone = await createCompany(emulator, { name: "Gone" });
    pass(LAG_MS);
    await call(emulator, "DELETE", `/company/${gone.id}`);
    await createCompany(emulator);
    await emulator.close();
    let now = NOW + LAG_MS + 1000;
    const clock = { now: () => now, sleep: async () => {} };
    const next = await start({ stateDir, clock });
    expect(await listed(next)).toEqual({ Gone: [] });
    now += LAG_MS;
    expect(await listed(next)).toEqual({ Acme: [] });
  });

  it("is over when the emulator's time is moved past it", async () => {
    const { emulator } = await lagging();
    await createCompany(emulator);
    expect(await listed(emulator)).toEqual({});
    await emulator.advance(LAG_MS);
    expect(await listed(emulator)).toEqual({ Acme: [] });
  });

  it("shows nothing of what a reset removed", async () => {
    const { emulator, pass } = await lagging();
    const { id } = await createCompany(emulator);
    pass(LAG_MS);
    await call(emulator, "DELETE", `/company/${id}`);
    await emulator.reset();
    await emulator.faults.add({ lagMs: LAG_MS });
    expect(await listed(emulator)).toEqual({});
  });

  it("alone hides anything: not a time that a seed set back", async () => {
    const emulator = await start();
    const { id } = await createCompany(emulator);
    await emulator.seed({ clock: "2024-01-01" });
    expect(await listed(emulator)).toEqual({ Acme: [] });
    expect(await get(emulator, `/company/${id}`)).toMatchObject({ name: "Acme" });
  });

  it("is no member of a company's answer", async () => {
    const { emulator } = await lagging();
    const company = await createCompany(emulator);
    expect(company).not.toHaveProperty("created");
    expect(await createSite(emulator, company.id)).not.toHaveProperty("created");
  });
});

describe("an omission", () => {
  it("takes members out of every object, at any depth", async () => {
    const emulator = await start();
    await emulator.faults.add({ omit: ["name", "initialSites", "username"], times: null });
    const company = await createCompany(emulator, { externalId: "acme" });
    expect(company).toMatchObject({ externalId: "acme", sites: [] });
    expect(company).not.toHaveProperty("name");
    const site = await createSite(emulator, company.id);
    await createConnection(emulator, company.id, { sites: [site.id] });
    const listText = (await exchange(emulator, "GET", "/company")).text;
    const pageText = (await exchange(emulator, "GET", `/company/${company.id}/connection`)).text;
    for (const text of [listText, pageText]) {
      expect(text).not.toMatch(/"(?:name|initialSites|username)":/);
    }
    expect(JSON.parse(listText)).toMatchObject([{ id: company.id, sites: [{ id: site.id }] }]);
    expect(JSON.parse(pageText)).toMatchObject({
      totalConnections: 1,
      connections: [{ company: { id: company.id }, country: "US" }],
    });
  });

  it("takes the members of the answer alone: what is stored stays", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", omit: ["name", "externalId"] });
    const { id } = await createCompany(emulator, { externalId: "acme" });
    expect(await get(emulator, `/company/${id}`)).toMatchObject({
      name: "Acme",
      externalId: "acme",
    });
  });

  it("changes nothing else: status, headers, errors, answers without a body, long lists", async () => {
    const emulator = await start();
    const made = [];
    for (let index = 0; index < 120; index += 1) made.push(await createCompany(emulator));
    const whole = await exchange(emulator, "GET", "/company");
    await emulator.faults.add({ omit: ["users"], times: null });
    const list = await exchange(emulator, "GET", "/company");
    expect(list).toMatchObject({ status: 200, complete: true });
    expect(list.headers["content-type"]).toBe(whole.headers["content-type"]);
    expect(JSON.parse(list.text)).toEqual(
      JSON.parse(whole.text).map(({ users: _, ...rest }: { users: unknown }) => rest),
    );
    const missing = await exchange(emulator, "GET", "/company/x");
    expect([missing.status, JSON.parse(missing.text)]).toEqual([404, { detail: "Not found." }]);
    const refused = await exchange(emulator, "PUT", "/company", { body: {} });
    expect([refused.status, refused.headers.allow]).toEqual([405, "GET, POST"]);
    const deleted = await exchange(emulator, "DELETE", `/company/${made[0]?.id}`);
    expect(deleted).toMatchObject({ status: 204, text: "" });
  });
});

describe("several at once", () => {
  const inMemory = () => openFaults({ stateDir: null, ids: randomUUID });
  const request = { method: "GET", path: "/company" };

  it("the longest lag, everything that is left out, and one effect", async () => {
    const faults = inMemory();
    await faults.add({ lagMs: 1000, times: null });
    await faults.add({ status: 503 });
    await faults.add({ status: 429 });
    await faults.add({ lagMs: 3000, omit: ["sites"], times: 2 });
    await faults.add({ omit: ["sites", "username"], skip: 1, times: null });
    const taken = [];
    for (let turn = 0; turn < 3; turn += 1) taken.push(await faults.take(request));
    expect(taken).toEqual([
      expect.objectContaining({ status: 503, lagMs: 3000, omit: ["sites"] }),
      expect.objectContaining({ status: 429, lagMs: 3000, omit: ["sites", "username"] }),
      { lagMs: 1000, omit: ["sites", "username"] },
    ]);
    expect(await faults.list()).toMatchObject([
      { fired: 3, remaining: null },
      { fired: 1, remaining: 0 },
      { fired: 1, remaining: 0 },
      { fired: 2, remaining: 0 },
      { skipped: 1, fired: 2 },
    ]);
  });

  it("hold on one emulator, for one request", async () => {
    const { emulator, pass } = await lagging();
    await emulator.faults.add({ omit: ["username"], times: null });
    const { id } = await createCompany(emulator);
    const { id: site } = await createSite(emulator, id);
    await createConnection(emulator, id, { sites: [site] });
    const path = `/company/${id}/connection`;
    expect(await get(emulator, path)).toMatchObject({ totalConnections: 0 });
    pass(LAG_MS);
    await emulator.faults.add({ truncate: 20 });
    const cut = await exchange(emulator, "GET", path);
    expect(cut).toMatchObject({ status: 200, complete: false, text: '{"totalConnections":' });
    const whole = await get(emulator, path);
    expect(whole.connections).toHaveLength(1);
    expect(whole.connections[0]).not.toHaveProperty("username");
    // Announced was the answer that the cut one would have been.
    expect(cut.headers["content-length"]).toBe(String(Buffer.byteLength(JSON.stringify(whole))));
  });

  it("stand beside an effect in one fault", async () => {
    const emulator = await start();
    await emulator.faults.add({ method: "POST", malformed: true, omit: ["name"] });
    const answer = await exchange(emulator, "POST", "/company", { body: { name: "Acme" } });
    expect(answer.status).toBe(201);
    expect(answer.text).not.toContain("name");
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
  });

  it("each by its own counting, whatever they are", async () => {
    const fault = fc.record({
      skip: fc.nat(2),
      times: fc.option(fc.integer({ min: 1, max: 2 }), { nil: null, freq: 5 }),
      what: fc.oneof(
        fc.record({ status: fc.integer({ min: 200, max: 599 }) }),
        fc.record({ lagMs: fc.integer({ min: 1, max: 1000 }) }),
        fc.record({ omit: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }) }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 5 }), fc.nat(8), async (given, requests) => {
        const faults = inMemory();
        for (const { what, ...count } of given) await faults.add({ ...what, ...count });
        const model = given.map((each) => ({ ...each, left: each.times ?? 1e9 }));
        for (let turn = 0; turn < requests; turn += 1) {
          let status: number | undefined;
          const lags: number[] = [];
          const omit = new Set<string>();
          for (const each of model) {
            const what: Fault = each.what;
            if (each.left === 0 || (what.status !== undefined && status !== undefined)) continue;
            if (each.skip > 0) {
              each.skip -= 1;
              continue;
            }
            each.left -= 1;
            status ??= what.status;
            if (what.lagMs !== undefined) lags.push(what.lagMs);
            for (const member of what.omit ?? []) omit.add(member);
          }
          const met = await faults.take(request);
          expect(met?.status).toBe(status);
          expect(met?.lagMs).toBe(lags.length === 0 ? undefined : Math.max(...lags));
          expect([...(met?.omit ?? [])].sort()).toEqual([...omit].sort());
        }
      }),
    );
  });
});
