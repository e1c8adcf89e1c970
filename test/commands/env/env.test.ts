import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/emulator.ts";
import { freshPlace, type Place } from "../../support/run-cli.ts";
import { json, stubServer } from "../../support/stub-server.ts";
import { testClock } from "../../support/test-clock.ts";

const KEY = "marked-key-5d20";

async function onboarded(place: Place) {
  const words = ["--local", "--company-name", "Acme", "--site", "Plant", "--site", "Store"];
  const run = await place.run(["onboard", ...words, "--json"]);
  expect(run.status).toBe(0);
  return run.json<{
    company: { id: string };
    sites: { id: string }[];
    connection: { id: string };
  }>();
}

/** A profile with these IDs. */
function storeProfile(place: Place, profile: object): void {
  const folder = join(place.folder, "config");
  mkdirSync(folder, { mode: 0o700 });
  const config = { schemaVersion: 1, currentProfile: "default", profiles: { remote: profile } };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config), { mode: 0o600 });
}

/** A server whose connection has this status, and a profile for it. */
async function serveStatus(place: Place, status: string) {
  const server = await stubServer((response) => json(response, 200, { id: "l-1", status }));
  storeProfile(place, {
    target: server.url,
    company: { id: "c-1", name: "C" },
    connection: { id: "l-1" },
  });
  return server;
}

describe("nectar env", () => {
  it("prints the profile's IDs and the status, in each format", async () => {
    const place = freshPlace();
    const { company, sites, connection } = await onboarded(place);
    const expected = {
      NECTAR_COMPANY_ID: company.id,
      NECTAR_SITE_IDS: sites.map(({ id }) => id).join(","),
      NECTAR_CONNECTION_ID: connection.id,
      NECTAR_CONNECTION_STATUS: "CONNECTED",
    };
    const plain = await place.run(["env", "--local"]);
    expect(plain.status).toBe(0);
    expect(parseEnv(plain.stdout)).toEqual(expected);
    expect(plain.stderr).toContain("no emulator is running");
    expect((await place.run(["env", "--local", "--with-key"])).stderr).toContain(
      "NECTAR_API_URL and NECTAR_API_KEY are left out",
    );
    const asJson = await place.run(["env", "--local", "--json"]);
    expect(asJson.json()).toEqual(expected);
    expect((await place.run(["env", "--local", "--format", "json"])).stdout).toBe(asJson.stdout);
    expect((await place.run(["env", "--local", "--format", "shell"])).stdout).toContain(
      `export NECTAR_COMPANY_ID=${company.id}\n`,
    );
    const ids = (await place.run(["env", "--local", "-q"])).stdout.trim().split("\n");
    expect(ids).toEqual([company.id, ...sites.map(({ id }) => id), connection.id]);
    expect((await place.run(["env", "--local", "--json", "--format", "shell"])).status).toBe(2);
  });

  it("names the emulator that is running, and its key when asked", async () => {
    const place = freshPlace();
    await onboarded(place);
    const running = await startEmulator({
      stateDir: join(place.folder, "state"),
      port: 0,
      standing: true,
      clock: testClock(),
      ids: () => crypto.randomUUID(),
      pid: process.pid,
    });
    onTestFinished(() => running.close());
    const run = await place.run(["env", "--local", "--with-key", "--no-status", "--json"]);
    expect(run.stderr).toBe("");
    const { url, key } = running;
    expect(run.json()).toMatchObject({ NECTAR_API_URL: url, NECTAR_API_KEY: key });
  });

  it("never prints the key of a real API", async () => {
    const place = freshPlace();
    storeProfile(place, { target: "https://api.example/v2.2", company: { id: "c", name: "C" } });
    const run = await place.run(["env", "--with-key", "--profile", "remote"], {
      env: { NECTAR_API_KEY: KEY },
    });
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).not.toContain(KEY);
  });

  it("prints the rest where the status can't be read, and ends with that failure", async () => {
    const place = freshPlace();
    const server = await stubServer((response) => json(response, 401, { detail: "No." }));
    storeProfile(place, {
      target: server.url,
      company: { id: "c-1", name: "C" },
      connection: { id: "l-1" },
    });
    const env = { NECTAR_API_KEY: KEY };
    const rest = {
      NECTAR_API_URL: server.url,
      NECTAR_COMPANY_ID: "c-1",
      NECTAR_CONNECTION_ID: "l-1",
    };
    const run = await place.run(["env", "--profile", "remote"], { env });
    expect(run.status).toBe(4);
    expect(parseEnv(run.stdout)).toEqual(rest);
    expect(run.stderr).toContain("401");
    const asked = server.asked.length;
    const offline = await place.run(["env", "--profile", "remote", "--no-status"], { env });
    expect([offline.status, offline.stderr]).toEqual([0, ""]);
    expect(parseEnv(offline.stdout)).toEqual(rest);
    expect(server.asked).toHaveLength(asked);
  });

  it("passes on a status of any kind to programs, and nothing unsafe to a terminal", async () => {
    const place = freshPlace();
    const status = "A\u001b]0;x\u0007\nNECTAR_API_URL=https://evil.example";
    const server = await serveStatus(place, status);
    const words = ["env", "--profile", "remote"];
    const env = { NECTAR_API_KEY: KEY };
    const piped = parseEnv((await place.run(words, { env })).stdout);
    expect(piped["NECTAR_CONNECTION_STATUS"]).toBe(status);
    expect(piped["NECTAR_API_URL"]).toBe(server.url);
    const shown = await place.run(words, { env, columns: 80 });
    expect(shown.stdout).not.toContain("\u001b");
    expect(parseEnv(shown.stdout)["NECTAR_API_URL"]).toBe(server.url);
  });

  it("leaves out only what a format can't hold, and names it", async () => {
    const place = freshPlace();
    const status = 'it\'s a "new"\nstatus';
    const server = await serveStatus(place, status);
    const words = ["env", "--profile", "remote"];
    const env = { NECTAR_API_KEY: KEY };
    const kept = {
      NECTAR_API_URL: server.url,
      NECTAR_COMPANY_ID: "c-1",
      NECTAR_CONNECTION_ID: "l-1",
    };
    for (const columns of [undefined, 80]) {
      const run = await place.run(words, { env, ...(columns === undefined ? {} : { columns }) });
      expect([run.status, parseEnv(run.stdout)]).toEqual([0, kept]);
      expect(run.stderr).toBe(
        "NECTAR_CONNECTION_STATUS is left out, because a dotenv file can't hold its value; --format shell can.\n",
      );
    }
    const whole = await place.run([...words, "--json"], { env });
    expect(whole.json()).toEqual({ ...kept, NECTAR_CONNECTION_STATUS: status });
  });

  it("needs a company, and says how to get one", async () => {
    const run = await freshPlace().run(["env", "--local", "--json"]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.error().message).toContain('the profile "local" has no company');
    expect(run.error().next.at(-1)?.command).toBe("nectar onboard --local");
  });
});
