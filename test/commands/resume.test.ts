/** Broken runs: what is kept, what the next run does with it, and what it says. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";
import { type Asked, json, stubServer } from "../support/stub-server.ts";
import { workClock } from "../support/test-clock.ts";

const COMPANY = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";
const SITE = "1a2b3c4d-5d07-4c6b-9a41-2f1f6b0c9d11";
const WORDS = ["onboard", "--company-name", "Acme", "--site", "Plant"];

/** A vendor with memory, in which one kind of request can be made to fail. */
async function vendor() {
  const state = {
    companies: [] as object[],
    sites: [] as object[],
    connections: [] as object[],
    /** What to do instead of answering, for requests that it is true of. */
    fail: null as ((asked: Asked) => boolean) | null,
    status: 400,
  };
  const server = await stubServer((response, asked) => {
    const [route = ""] = asked.path.replace("/v2.2", "").split("?");
    if (state.fail?.(asked)) return json(response, state.status, { detail: "Not today." });
    const company = () => ({ ...state.companies[0], sites: state.sites });
    if (route === "/company" && asked.method === "GET") {
      return json(response, 200, state.companies.map(company));
    }
    if (route === "/company") {
      state.companies.push({ id: COMPANY, ...JSON.parse(asked.body) });
      return json(response, 201, company());
    }
    if (route.endsWith("/site")) {
      state.sites.push({ id: SITE, dataCollectionStopDate: null, ...JSON.parse(asked.body) });
      return json(response, 201, state.sites[0]);
    }
    if (route.endsWith("/connection") && asked.method === "POST") {
      const { password: _, sites, ...rest } = JSON.parse(asked.body);
      state.connections.push({ id: "c1", status: "CONNECTED", initialSites: sites, ...rest });
      return json(response, 201, state.connections[0]);
    }
    if (route.startsWith("/site/")) return json(response, 200, state.sites[0]);
    if (route.endsWith("/details")) return json(response, 200, state.connections[0]);
    if (route.endsWith("/connection")) {
      const { connections } = state;
      return json(response, 200, {
        totalConnections: connections.length,
        perPage: 100,
        totalPages: 1,
        currentPage: 1,
        hasNext: false,
        hasPrevious: false,
        connections,
      });
    }
    return json(response, 200, company());
  });
  return { server, state, env: { NECTAR_API_URL: server.url, NECTAR_API_KEY: "k" } };
}

const ledgers = (place: Place) => {
  const folder = join(place.folder, "state", "ledger");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
};

describe("a run that breaks off", () => {
  it("says what it had created, keeps it, and the same command goes on from there", async () => {
    const { state, env, server } = await vendor();
    const place = freshPlace();
    state.fail = ({ path, method }) => method === "POST" && path.endsWith("/connection");
    const broken = await place.run([...WORDS, "--json"], { env });
    expect(broken.status).toBe(7);
    expect(broken.error().created).toEqual({
      companyId: COMPANY,
      siteIds: [SITE],
      connectionId: null,
    });
    const [ledger = ""] = ledgers(place);
    const kept = readFileSync(ledger, "utf8");
    expect(kept).toContain(COMPANY);
    expect(kept).toContain(SITE);
    expect(kept).not.toMatch(/sandbox-password/);
    expect(statSync(ledger).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(place.folder, "config", "config.json"), "utf8")).toContain(SITE);

    state.fail = null;
    const before = server.asked.length;
    const again = await place.run(WORDS, { env });
    expect(again.status).toBe(0);
    expect(again.stderr).toMatch(
      /Continuing the run that began just now: found the company and 1 of 1 site; left: the connection\./,
    );
    const creates = server.asked.slice(before).filter(({ method }) => method === "POST");
    expect(creates.map(({ path }) => path)).toEqual([`/v2.2/company/${COMPANY}/connection`]);
    // What was created is remembered, and no run is unfinished any more.
    expect(JSON.parse(readFileSync(ledger, "utf8"))).toMatchObject({ run: null, intents: [] });
    const third = await place.run(WORDS, { env });
    expect(third.stderr).not.toContain("Continuing");
  });

  it("is not spoken of with --fresh, which still creates nothing twice", async () => {
    const { state, env } = await vendor();
    const place = freshPlace();
    state.fail = ({ path, method }) => method === "POST" && path.endsWith("/connection");
    await place.run(WORDS, { env });
    state.fail = null;
    const fresh = await place.run([...WORDS, "--fresh"], { env });
    expect(fresh.status).toBe(0);
    expect(fresh.stderr).not.toContain("Continuing");
    expect([state.companies.length, state.sites.length, state.connections.length]).toEqual([
      1, 1, 1,
    ]);
  });

  it("is continued by the same plan and profile alone; what it created is known to all", async () => {
    const { state, env } = await vendor();
    const place = freshPlace();
    state.fail = ({ path, method }) => method === "POST" && path.endsWith("/connection");
    await place.run(WORDS, { env });
    state.fail = null;
    const plan = await place.run([...WORDS, "--site", "Second", "--dry-run"], { env });
    expect(plan.stderr).not.toContain("Continuing");
    const other = await place.run([...WORDS, "--profile", "other"], { env });
    expect([other.status, other.stderr]).toEqual([0, expect.not.stringContaining("Continuing")]);
    expect([state.companies.length, state.sites.length]).toEqual([1, 1]);
    expect(ledgers(place)).toHaveLength(1);
  });

  it("leaves a ledger that is named and left as it is where it is damaged or newer", async () => {
    const { state, env } = await vendor();
    const place = freshPlace();
    state.fail = ({ path, method }) => method === "POST" && path.endsWith("/connection");
    await place.run(WORDS, { env });
    state.fail = null;
    const [ledger = ""] = ledgers(place);
    const good = readFileSync(ledger, "utf8");
    for (const [text, code] of [
      ["{torn", "ledger_damaged"],
      [good.replace('"schemaVersion": 1', '"schemaVersion": 2'), "ledger_newer"],
    ] as const) {
      writeFileSync(ledger, text);
      for (const words of [WORDS, [...WORDS, "--fresh"]]) {
        const refused = await place.run([...words, "--json"], { env });
        expect([refused.status, refused.error().code]).toEqual([9, code]);
        expect(refused.error().message).toContain(ledger);
        expect(readFileSync(ledger, "utf8")).toBe(text);
      }
    }
    expect(state.connections).toHaveLength(0);
  });

  it("that is stopped says how to go on, by a command that does", async () => {
    const { state, env } = await vendor();
    const place = freshPlace();
    const stop = new AbortController();
    state.fail = ({ path, method }) => {
      if (method === "POST" && path.endsWith("/site")) stop.abort(new InterruptedError("sigint"));
      return false;
    };
    const stopped = await place.run(WORDS, { env, signal: stop.signal });
    expect(stopped.status).toBe(130);
    expect(stopped.stdout).toBe("");
    const command =
      /^ {2}nectar (onboard .*?) {3}continue from here$/m.exec(stopped.stderr)?.[1] ?? "";
    expect(command).toContain("--company-name Acme --site Plant");
    state.fail = null;
    const again = await place.run(command.split(" "), { env, clock: workClock() });
    expect([again.status, again.stderr]).toEqual([0, expect.stringContaining("Continuing")]);
    expect([state.companies.length, state.sites.length, state.connections.length]).toEqual([
      1, 1, 1,
    ]);
  });
});

// Not even root can make a folder there.
describe.runIf(process.platform === "linux")("--no-save", () => {
  it("keeps nothing, and works where nothing can be written", async () => {
    const { state, env } = await vendor();
    const place = freshPlace();
    const unmade = {
      NECTAR_CONFIG_DIR: "/proc/nectar/config",
      NECTAR_STATE_DIR: "/proc/nectar/state",
    };
    expect((await place.run(WORDS, { env: { ...env, ...unmade } })).status).toBe(9);
    const nowhere = {
      NECTAR_CONFIG_DIR: "/sys/nectar/config",
      NECTAR_STATE_DIR: "/sys/nectar/state",
    };
    const refused = await place.run([...WORDS, "--json"], { env: { ...env, ...nowhere } });
    expect(refused.status).toBe(9);
    expect(state.companies).toHaveLength(0);
    const run = await place.run([...WORDS, "--no-save", "--json"], { env: { ...env, ...nowhere } });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(state.connections).toHaveLength(1);
    const local = await place.run(["onboard", "--local", ...WORDS.slice(1), "--no-save", "-q"], {
      env: nowhere,
    });
    expect(local.status).toBe(0);
    expect(readdirSync(place.folder)).toEqual([]);
  });
});

describe("another run for the same company", () => {
  /** Makes the lock of the plan's ledger another process's. */
  async function held(place: Place): Promise<void> {
    await place.run([...WORDS, "--local"]);
    const [ledger = ""] = ledgers(place);
    mkdirSync(`${ledger}.lock`);
    const holder = {
      pid: process.ppid,
      host: "test-host",
      startedAt: Date.now(),
      command: "nectar onboard",
    };
    const record = { identity: null, run: "r", holder };
    writeFileSync(`${ledger}.holder`, JSON.stringify(record), { mode: 0o600 });
  }

  it("is named, and nothing is sent; reading and other companies do not wait", async () => {
    const place = freshPlace();
    await held(place);
    const local = [...WORDS, "--local", "--json"];
    for (const words of [local, [...local, "--profile", "other"]]) {
      const refused = await place.run(words);
      expect(refused.status).toBe(9);
      expect(refused.error()).toMatchObject({ code: "locked", retryable: true });
      expect(refused.error().message).toContain(`process ${process.ppid} on test-host`);
      expect(refused.error().created.companyId).toBeNull();
    }
    const waited = await place.run([...local, "--wait-lock", "300ms"]);
    expect(waited.status).toBe(9);
    const list = await place.run(["companies", "list", "--local", "--json"]);
    expect(list.json<object[]>()).toHaveLength(1);
    const other = ["onboard", "--company-name", "Other", "--site", "Plant", "--local", "--json"];
    expect((await place.run(other)).status).toBe(0);
  });
});

describe("what a server sends", () => {
  it("never reaches the terminal raw, and stays faithful in JSON", async () => {
    const evil = "Evil\u001b[2J\u001b]0;owned\u0007\u202egnp.exe\u200b\r\nfake line";
    const id = `${COMPANY}\u001b[31m`;
    const { env } = await hostile(evil, id);
    const place = freshPlace();
    for (const columns of [120, 40]) {
      const run = await place.run(["companies", "list", "--no-color"], { env, columns });
      expect(run.status).toBe(0);
      expect(run.stdout + run.stderr).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/,
      );
    }
    const piped = await place.run(["companies", "list"], { env });
    expect(piped.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(piped.stdout).not.toContain("\u001b");
    const machine = await place.run(["companies", "list", "--json"], { env });
    expect(machine.stdout).not.toMatch(/[\u001b\u202e\u200b\u007f]/);
    expect(machine.json<{ name: string; id: string }[]>()[0]).toMatchObject({ name: evil, id });
  });

  it("is cut where it is endless", async () => {
    const { env } = await hostile("x".repeat(100_000), COMPANY);
    const run = await freshPlace().run(["companies", "list", "--no-color"], { env, columns: 100 });
    expect(run.stdout.length).toBeLessThan(5_000);
  });

  it("in an error is made safe as well", async () => {
    const server = await stubServer((response) =>
      json(response, 400, { detail: "No\u001b[2J\u0007\u202e way" }),
    );
    const env = { NECTAR_API_URL: server.url, NECTAR_API_KEY: "k" };
    const run = await freshPlace().run(["companies", "list"], { env });
    expect(run.status).toBe(7);
    expect(run.stderr).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});

async function hostile(name: string, id: string) {
  const server = await stubServer((response) =>
    json(response, 200, [{ id, name, externalId: name, sites: [] }]),
  );
  return { env: { NECTAR_API_URL: server.url, NECTAR_API_KEY: "k" } };
}
