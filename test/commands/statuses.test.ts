/** Every status that the API knows, as a person and a script meet it: `connections get`, and `connections wait` with and without --for. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import { readStatus } from "../../src/api/status.ts";
import { openEmulator } from "../../src/emulator/emulator.ts";
import type { SeedResult } from "../../src/emulator/public.ts";
import { detailOf, STATUSES } from "../../src/emulator/statuses/statuses.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";
import { workClock } from "../support/test-clock.ts";

const ENDINGS: Readonly<Record<string, number>> = {
  connected: 0,
  pending: 8,
  "needs-action": 3,
  unavailable: 3,
  inactive: 3,
};

/** A place whose emulator has one connection with a status, or one that goes through a scenario. */
async function withConnection(connection: object): Promise<{ place: Place; id: string }> {
  const place = freshPlace();
  const file = join(place.folder, "seed.json");
  const sites = [{ name: "Plant" }];
  const companies = [{ name: "Acme", sites, connections: [connection] }];
  writeFileSync(file, JSON.stringify({ companies }));
  const run = await place.run(["emulator", "seed", file, "--json"]);
  return { place, id: run.json<SeedResult>().companies[0]?.connections[0]?.id ?? "" };
}

/** As long as the wait pauses first, and nothing else does. */
const FIRST_PAUSE_MS = 250;

/** Sleeping takes no time; `onPause` happens in the first pause of the wait. */
function pausing(onPause: () => Promise<unknown> = async () => {}): Clock {
  const clock = workClock();
  let paused = false;
  return {
    now: clock.now,
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (paused || ms !== FIRST_PAUSE_MS) return;
      paused = true;
      await onPause();
    },
  };
}

/** Sets the status past the command that waits. */
async function mend(place: Place, id: string, status: string) {
  const clock = { now: () => Date.now(), sleep: async () => {} };
  const options = { clock, ids: () => crypto.randomUUID() };
  const operations = await openEmulator({ stateDir: join(place.folder, "state"), ...options });
  await operations.setStatus(id, status);
}

const wait = (place: Place, id: string, words: readonly string[], clock = pausing()) =>
  place.run(["connections", "wait", id, "--local", "--timeout", "70s", "--json", ...words], {
    clock,
  });

describe.each(STATUSES)("%s", (status) => {
  const { state, label, meaning, advice, remedy } = readStatus(status);
  const detail = detailOf(status);

  it("is explained by `connections get`, which ends with 0", async () => {
    const { place, id } = await withConnection({ status });
    const words = ["connections", "get", id, "--local"];
    const json = await place.run([...words, "--json"]);
    expect(json.status).toBe(0);
    expect(json.json()).toMatchObject({ id, status, state, statusDetail: detail });
    const shown = await place.run(words, { columns: 200, env: { NO_COLOR: "1" } });
    expect([shown.status, shown.stderr]).toEqual([0, ""]);
    const lines = shown.stdout.split("\n").map((line) => line.replace(/ {2,}/, "  "));
    expect(shown.stdout).toMatch(new RegExp(`^Status +${label}$`, "m"));
    expect(shown.stdout).toMatch(new RegExp(`^API status +${status}$`, "m"));
    expect(lines.join("\n")).toContain(meaning.slice(1));
    expect(shown.stdout).toContain(advice);
    if (detail !== null) expect(shown.stdout).toContain(detail);
    expect(shown.stdout.includes("\nNext\n")).toBe(remedy !== "none");
  });

  it("ends `connections wait` as the table says", async () => {
    const { place, id } = await withConnection({ status });
    const run = await wait(place, id, []);
    expect(run.status).toBe(ENDINGS[state]);
    expect(run.json()).toMatchObject({ id, status, state });
  });

  it("is reached by --for with its own name and with its state, in any writing", async () => {
    const { place, id } = await withConnection({ status });
    const other = status === "INCORRECT_PASSWORD" ? "PASSWORD_INCORRECT" : status;
    const names = [status, status.toLowerCase().replaceAll("_", "-"), other, state];
    for (const name of names) {
      const run = await wait(place, id, ["--for", name], pausing());
      expect([name, run.status]).toEqual([name, 0]);
    }
  });

  it("is waited through by --for connected: mended it is 0, at the deadline as the table says", async () => {
    const { place, id } = await withConnection({ status });
    const late = await wait(place, id, ["--for", "connected"]);
    expect(late.status).toBe(ENDINGS[state]);
    expect(late.json()).toMatchObject({ status });
    const mended = await wait(
      place,
      id,
      ["--for", "connected"],
      pausing(() => mend(place, id, "CONNECTED")),
    );
    expect(mended.status).toBe(0);
    expect(mended.json()).toMatchObject({ status: "CONNECTED" });
  });

  it("is 8 at the deadline for whoever waits for another one", async () => {
    const { place, id } = await withConnection({ status });
    const other = status === "WEBSITE_DOWN" ? "OTHER_ERROR" : "WEBSITE_DOWN";
    const run = await wait(place, id, ["--for", other]);
    expect(run.status).toBe(8);
    expect(run.json()).toMatchObject({ status });
  });
});

describe("connections wait --for", () => {
  it("tells the state pending from the status PENDING", async () => {
    const { place, id } = await withConnection({ status: "UNDER_INVESTIGATION" });
    expect((await wait(place, id, ["--for", "pending"])).status).toBe(0);
    expect((await wait(place, id, ["--for", "PENDING"])).status).toBe(8);
  });

  it("waits for a status that is still to come", async () => {
    const { place, id } = await withConnection({ status: "CONNECTED" });
    const run = await wait(
      place,
      id,
      ["--for", "needs-action"],
      pausing(() => mend(place, id, "MFA_TOKEN_EXPIRED")),
    );
    expect([run.status, run.json()["status"]]).toEqual([0, "MFA_TOKEN_EXPIRED"]);
  });

  it("sees a login that is pending by a scenario through to its end", async () => {
    const { place, id } = await withConnection({ scenario: { "pending-for": "10s" } });
    const { now } = workClock();
    const start = now();
    const clock = pausing();
    const run = await wait(place, id, ["--for", "connected"], clock);
    expect(run.status).toBe(0);
    expect(clock.now() - start).toBeGreaterThan(9_000);
  });

  it.each(["", "fine", "CONNECTED2", "Connected-ish"])("refuses %j", async (name) => {
    const place = freshPlace();
    const id = "9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11";
    const run = await place.run(["connections", "wait", id, "--local", "--for", name]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(
      /^nectar: --for: .* takes a state \(connected, .*PASSWORD_INCORRECT/,
    );
  });
});
