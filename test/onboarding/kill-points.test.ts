/** However a run ends, the same command run again leaves one company, the asked sites and one connection. */
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SANDBOX_LOGIN } from "../../src/api/schemas/connection.ts";
import { type RunningEmulator, startEmulator } from "../../src/emulator/server.ts";
import type { OnboardingPlan } from "../../src/onboarding/plan.ts";
import { Machine } from "../support/kill-points.ts";
import { testClock } from "../support/test-clock.ts";

let emulator: RunningEmulator;
const folders: string[] = [];
beforeAll(async () => {
  emulator = await startEmulator({
    stateDir: null,
    port: 0,
    standing: false,
    clock: testClock(Date.now()),
    ids: randomUUID,
    pid: process.pid,
  });
});
afterAll(async () => {
  await emulator.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { "x-api-key": emulator.key, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Answer;
}

interface StoredCompany {
  readonly id: string;
  readonly externalId: string;
  readonly sites: readonly { readonly id: string; readonly name: string }[];
}
interface StoredConnection {
  readonly id: string;
  readonly username: string;
  readonly initialSites: readonly string[];
}

/** What is there before the first run: nothing, all, or something in between. */
interface Before {
  readonly company: boolean;
  /** One for each site of the plan. */
  readonly sites: readonly boolean[];
  readonly connection: boolean;
  readonly strangers: boolean;
}

const { password: _, country, ...sandbox } = SANDBOX_LOGIN;
const login = { url: sandbox.url, username: sandbox.username };

async function prepare(before: Before): Promise<{ plan: OnboardingPlan; externalId: string }> {
  const externalId = randomUUID();
  const sites = before.sites.map((_, index) => ({
    name: `Site ${index}`,
    address: null,
    externalId: index % 2 === 0 ? null : `${externalId}-${index}`,
  }));
  const plan: OnboardingPlan = {
    company: { name: "Acme", externalId },
    sites,
    connection: { ...login, country },
  };
  if (!before.company) return { plan, externalId };
  const { id } = await send<{ id: string }>("POST", "/company", { name: "Acme", externalId });
  const siteIds: string[] = [];
  const post = (body: unknown) => send<{ id: string }>("POST", `/company/${id}/site`, body);
  for (const [index, site] of sites.entries()) {
    if (!before.sites[index]) continue;
    const { name, externalId: own } = site;
    siteIds.push((await post({ name, ...(own === null ? {} : { externalId: own }) })).id);
  }
  const connect = (username: string, ids: string[]) =>
    send("POST", `/company/${id}/connection`, {
      ...SANDBOX_LOGIN,
      username,
      sites: ids,
    });
  if (before.strangers) {
    const stranger = (await post({ name: "Stranger" })).id;
    await connect("somebody-else", [stranger]);
    await connect(login.username, [stranger]);
  }
  if (before.connection && siteIds.length === sites.length) await connect(login.username, siteIds);
  return { plan, externalId };
}

/** What the account holds of one plan. */
async function holds(externalId: string) {
  const all = await send<StoredCompany[]>("GET", "/company");
  const companies = all.filter((company) => company.externalId === externalId);
  const [company] = companies;
  const names = (company?.sites ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== "Stranger");
  const planned = new Set(
    (company?.sites ?? []).filter(({ name }) => name !== "Stranger").map(({ id }) => id),
  );
  const { connections } =
    company === undefined
      ? { connections: [] as StoredConnection[] }
      : await send<{ connections: StoredConnection[] }>("GET", `/company/${company.id}/connection`);
  const mine = connections.filter(
    ({ username, initialSites }) =>
      username === login.username && initialSites.every((id) => planned.has(id)),
  );
  return {
    companies: companies.length,
    names: names.sort(),
    connections: mine.length,
    company,
    mine,
  };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nectar-kill-"));
  folders.push(folder);
  return join(folder, "journals");
}

/** Ends a run at each of its points in turn; after each, runs again and counts. Returns the points that were tried. */
async function tryEveryPoint(before: Before, newConnection: boolean): Promise<readonly string[]> {
  const tried: string[] = [];
  for (let at = 1; ; at += 1) {
    const folder = newFolder();
    const { plan, externalId } = await prepare(before);
    const existing = (await holds(externalId)).connections;
    const machine = new Machine({ url: emulator.url, key: emulator.key, folder });
    const first = await machine.run(plan, at, newConnection);
    const again = first.ended === "done" ? first : await machine.run(plan, null, newConnection);
    await machine.land();
    const point = first.passed.at(-1) ?? "";
    const state = await holds(externalId);
    // An end after everything was done and forgotten is, for --new-connection, an end of the command.
    const forgotten = newConnection && point === "after the journal is removed";
    const asked = newConnection
      ? existing + 1 + (forgotten && first.ended === "killed" ? 1 : 0)
      : 1;
    expect({
      point,
      companies: state.companies,
      names: state.names,
      connections: state.connections,
    }).toEqual({
      point,
      companies: 1,
      names: before.sites.map((_, index) => `Site ${index}`),
      connections: asked,
    });
    expect(again.ended).toBe("done");
    expect(again.kept?.company.id).toBe(state.company?.id);
    expect(again.kept?.sites.map(({ name }) => name)).toEqual(
      before.sites.map((_, index) => `Site ${index}`),
    );
    expect(state.mine.map(({ id }) => id)).toContain(again.kept?.connection?.id);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    if (first.ended === "done") return tried;
    tried.push(point);
  }
}

describe("a process that ends at any point", () => {
  it("of a run from nothing with three sites creates nothing twice", async () => {
    const nothing = {
      company: false,
      sites: [false, false, false],
      connection: false,
      strangers: false,
    };
    const tried = await tryEveryPoint(nothing, false);
    // Every request and every write of a run is among them.
    for (const point of [
      "before listCompanies",
      "createCompany in flight",
      "after createCompany",
      "createSite in flight",
      "createConnection in flight",
      "after createConnection",
      "before an intent is written",
      "after a result is written",
      "after the profile is written",
      "before the journal is removed",
    ]) {
      expect(tried).toContain(point);
    }
    expect(tried.length).toBeGreaterThan(40);
  }, 60_000);

  it("of a run that opens a new connection beside another opens one", async () => {
    const all = { company: true, sites: [true, true], connection: true, strangers: true };
    const tried = await tryEveryPoint(all, true);
    expect(tried).toContain("createConnection in flight");
  }, 60_000);

  it("creates nothing twice, whatever was there before", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          company: fc.boolean(),
          sites: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
          connection: fc.boolean(),
          strangers: fc.boolean(),
        }),
        async (before) => {
          await tryEveryPoint(before, false);
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);
});
