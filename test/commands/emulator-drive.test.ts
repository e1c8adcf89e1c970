/** `nectar emulator set-status`, `advance`, `seed`, and what `status` and `reset` say of the time. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import type { SeedResult, TimeMove } from "../../src/emulator/public.ts";
import { STATUSES } from "../../src/emulator/statuses/statuses.ts";
import { createCompany, start } from "../emulator/harness.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";

const PLAIN = { NO_COLOR: "1" };
const ONBOARD = [
  "onboard",
  "--local",
  "--company-name",
  "Acme",
  "--site",
  "Plant",
  "--no-wait",
  "--json",
];

/** A place whose profile `local` has a connection. */
async function onboarded() {
  const place = freshPlace();
  const run = await place.run(ONBOARD);
  return { place, id: run.json<{ connection: { id: string } }>().connection.id };
}

async function statusOf(place: Place): Promise<string> {
  const run = await place.run(["connections", "get", "--local", "--json"]);
  return run.json<{ status: string }>().status;
}

function seedFile(place: Place, seed: unknown, name = "seed.json"): string {
  const path = join(place.folder, name);
  writeFileSync(path, typeof seed === "string" ? seed : JSON.stringify(seed));
  return path;
}

describe("set-status", () => {
  it("names a next command that can be run as it stands, with a profile or without", async () => {
    const place = freshPlace();
    const companies = [{ name: "Acme", sites: [{ name: "Plant" }], connections: [{}] }];
    const seed = await place.run(["emulator", "seed", seedFile(place, { companies }), "--json"]);
    const id = seed.json<SeedResult>().companies[0]?.connections[0]?.id ?? "";
    for (const profile of [[], ["--profile", "other"]]) {
      const words = ["emulator", "set-status", id, "mfa-token-expired", ...profile];
      const { stdout } = await place.run(words, { columns: 120, env: PLAIN });
      const next = /^ {2}nectar (connections get .*?) {3}/m.exec(stdout)?.[1] ?? "";
      expect(next).toContain(id);
      const run = await place.run(next.split(" "), { columns: 120, env: PLAIN });
      expect([run.status, run.stdout]).toEqual([0, expect.stringContaining("MFA")]);
      // What that one names leads there, too.
      expect(run.stdout).toContain(
        `--reconnect ${id}${profile.map((word) => ` ${word}`).join("")} --local`,
      );
    }
  });

  it("takes the profile's connection, and shows before and after", async () => {
    const { place, id } = await onboarded();
    const run = await place.run(["emulator", "set-status", "mfa-token-expired"], {
      columns: 120,
      env: PLAIN,
    });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toBe(
      [
        `Connection  ${id}`,
        "Status      CONNECTED → MFA_TOKEN_EXPIRED",
        "Detail      The provider asked for a second factor, and the stored one has expired.",
        "",
        "Next",
        `  nectar connections get ${id} --local   the status explained`,
        "",
      ].join("\n"),
    );
    expect(await statusOf(place)).toBe("MFA_TOKEN_EXPIRED");
  });

  it("takes a connection by its ID, and a sentence", async () => {
    const { place, id } = await onboarded();
    const words = ["emulator", "set-status", id, "WEBSITE_DOWN", "--detail", "Closed.", "--json"];
    expect((await place.run(words)).json()).toEqual({
      ...{ id, from: "CONNECTED", to: "WEBSITE_DOWN", documented: true, detail: "Closed." },
    });
    expect((await place.run(["emulator", "set-status", id, "PENDING", "-q"])).stdout).toBe(
      `${id}\n`,
    );
  });

  it("says so when the step is not a documented one", async () => {
    const { place } = await onboarded();
    const set = async (status: string) =>
      (await place.run(["emulator", "set-status", status])).stderr;
    expect(await set("NO_ACCOUNTS_FOUND")).toBe("");
    expect(await set("CONNECTED")).toBe(
      "Nectar's pages break off before the step from NO_ACCOUNTS_FOUND to CONNECTED; it is the emulator's choice.\n",
    );
    expect(await set("COMPANY_INACTIVE")).toContain("the emulator's choice");
    expect(await set("PENDING")).toBe(
      "Nectar documents no change from COMPANY_INACTIVE to PENDING.\n",
    );
    expect(await set("PENDING")).toBe("The status was already PENDING.\n");
  });

  it("goes the way of another profile of the emulator", async () => {
    const place = freshPlace();
    await place.run([...ONBOARD, "--profile", "mine"]);
    const own = ["emulator", "set-status", "OTHER_ERROR", "--json"];
    expect((await place.run([...own, "--profile", "mine"])).json()).toMatchObject({
      to: "OTHER_ERROR",
    });
    const other = await place.run(own);
    expect([other.status, other.error().message]).toEqual([
      2,
      'missing input: <id> of the connection, because the profile "local" has no connection',
    ]);
  });

  it.each<[string[], number, RegExp]>([
    [[], 2, /missing input: <status>\n.*one of CONNECTED, /],
    [["FINE"], 2, /<status>: "FINE" is not allowed; it takes one of CONNECTED, PENDING/],
    [["9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11"], 2, /<status>: "9d3e0c5e/],
    [["9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11", "FINE"], 2, /<status>: "FINE"/],
    [["PENDING", "--detail", ""], 2, /--detail: .*1 to 1000 characters/],
    [["9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11", "PENDING"], 5, /no connection 9d3e0c5e/],
    [["nobody", "PENDING"], 5, /no connection has an ID that begins with "nobody"/],
    [["a", "b", "c"], 2, /too many arguments/],
    [["PENDING", "--api-url", "http://127.0.0.1:9"], 2, /works only on the local emulator/],
  ])("refuses %j with %d", async (words, status, says) => {
    const place = freshPlace();
    const run = await place.run(["emulator", "set-status", ...words]);
    expect([run.status, run.stdout]).toEqual([status, ""]);
    expect(run.stderr).toMatch(says);
    expect(existsSync(join(place.folder, "state", "emulator", "data.json"))).toBe(false);
  });

  it("refuses a profile of another target", async () => {
    const place = freshPlace();
    const other = await start();
    const company = await createCompany(other);
    const words = ["companies", "use", company.id, "--api-url", other.url, "--profile", "real"];
    const used = await place.run(words, { env: { NECTAR_API_KEY: other.key } });
    expect(used.status).toBe(0);
    const run = await place.run(["emulator", "set-status", "PENDING", "--profile", "real"]);
    expect([run.status, run.stdout]).toEqual([9, ""]);
    expect(run.stderr).toContain(`the profile "real" is bound to ${other.url}, not to local`);
  });

  it.each(STATUSES)("reaches %s", async (status) => {
    const { place } = await onboarded();
    expect((await place.run(["emulator", "set-status", status])).status).toBe(0);
    expect(await statusOf(place)).toBe(status);
  });
});

describe("advance", () => {
  /** Stands still; no deadline ever comes. */
  const clock: Clock = {
    now: () => Date.UTC(2026, 5, 15, 12),
    sleep: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };

  it("moves the time, for good, and shows the new one", async () => {
    const place = freshPlace();
    const run = await place.run(["emulator", "advance", "7d"], { clock });
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toBe("Emulator's time\t2026-06-22T12:00:00.000Z\nAdvanced by\t7 days\n");
    const again = await place.run(["emulator", "advance", "12h", "--json"], { clock });
    expect(again.json()).toEqual({
      ...{ now: "2026-06-23T00:00:00.000Z", advancedMs: 43_200_000, changed: [] },
    });
    const { stdout } = await place.run(["emulator", "status"], { clock });
    expect(stdout).toContain("Emulator's time\t2026-06-23T00:00:00.000Z, 7 days 12 h ahead\n");
  });

  it("tells what changed", async () => {
    const place = freshPlace();
    const seed = {
      companies: [
        {
          name: "Acme",
          sites: [{ name: "Plant" }],
          connections: [{ scenario: { "mfa-expires-after": 1, "website-down-after": 3 } }],
        },
      ],
    };
    const file = seedFile(place, seed);
    const made = await place.run(["emulator", "seed", file, "--json"], { clock });
    const id = made.json<SeedResult>().companies[0]?.connections[0]?.id ?? "";
    const first = await place.run(["emulator", "advance", "1w", "--json"], { clock });
    expect(first.json<TimeMove>().changed).toEqual([
      { id, from: "CONNECTED", to: "MFA_TOKEN_EXPIRED", at: "2026-06-22T12:00:00.000Z" },
    ]);
    const second = await place.run(["emulator", "advance", "520w"], { clock });
    expect(second.stdout).toContain(`${id}\tMFA_TOKEN_EXPIRED → WEBSITE_DOWN, 2026-07-06\n`);
    const quiet = await place.run(["emulator", "advance", "1w"], {
      ...{ clock, columns: 80, env: PLAIN },
    });
    expect(quiet.stdout).toContain("No connection changed its status.");
  });

  it.each<[string[], RegExp]>([
    [[], /missing input: <duration>/],
    [["0"], /<duration>: "0" is not allowed; .*time only goes forward/],
    [["soon"], /"soon"/],
    [["--", "-7d"], /"-7d" is not allowed/],
    [["200000d"], /"200000d" is not allowed/],
    [["7d", "--api-url", "http://127.0.0.1:9"], /works only on the local emulator/],
  ])("refuses %j", async (words, says) => {
    const place = freshPlace();
    const run = await place.run(["emulator", "advance", ...words]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(says);
    expect(existsSync(join(place.folder, "state"))).toBe(false);
  });

  it("is undone by a reset", async () => {
    const place = freshPlace();
    await place.run(["emulator", "advance", "7d"], { clock });
    await place.run(["emulator", "reset", "--yes"], { clock });
    const status = await place.run(["emulator", "status", "--json"], { clock });
    expect(status.json()).toMatchObject({ now: "2026-06-15T12:00:00.000Z", aheadMs: 0 });
    const { stdout } = await place.run(["emulator", "status"], { clock });
    expect(stdout).not.toContain("Emulator's time");
  });
});

describe("seed", () => {
  const SEED = {
    companies: [
      { name: "Acme", sites: [{ name: "Plant" }, { name: "Depot" }], connections: [{}] },
      { name: "Bare" },
    ],
  };

  it("counts what it made, and what was there", async () => {
    const place = freshPlace();
    const file = seedFile(place, SEED);
    const run = await place.run(["emulator", "seed", file]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toBe("Companies\t2 created\nSites\t2 created\nConnections\t1 created\n");
    const more = seedFile(place, { companies: [...SEED.companies, { name: "New" }] });
    expect((await place.run(["emulator", "seed", more])).stdout).toBe(
      "Companies\t1 created, 2 existing\nSites\t0 created, 2 existing\nConnections\t0 created, 1 existing\n",
    );
    const list = await place.run(["companies", "list", "--local", "-q"]);
    expect(list.stdout.trim().split("\n")).toHaveLength(3);
  });

  it("is found from where the command runs, with a byte order mark or without", async () => {
    const place = freshPlace();
    seedFile(place, `\uFEFF${JSON.stringify(SEED)}`);
    expect((await place.run(["emulator", "seed", "seed.json"])).status).toBe(0);
  });

  it.each<[string, RegExp]>([
    ["{", /seed\.json: it is not JSON: /],
    ["[]", /the seed can't be used: seed: must be an object/],
    ['{"companies":[{"sites":[{},{}]}]}', /companies\[0\]\.name: is required\n.*sites\[0\]\.name/],
  ])("refuses %s", async (text, says) => {
    const place = freshPlace();
    const run = await place.run(["emulator", "seed", seedFile(place, text)]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(says);
  });

  it("refuses bytes that would become other characters", async () => {
    const place = freshPlace();
    const latin = Buffer.from('{"companies":[{"name":"Caf\u00e9"}]}', "latin1");
    writeFileSync(join(place.folder, "latin.json"), latin);
    const run = await place.run(["emulator", "seed", "latin.json"]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toBe(
      "nectar: <file>: latin.json: it is not UTF-8: byte 0xE9 on line 1\n" +
        "Save it as UTF-8 where it comes from, or convert it; it is probably WINDOWS-1252.\n" +
        "  iconv -f WINDOWS-1252 -t UTF-8 latin.json   its text as UTF-8, to be written to another file\n",
    );
  });

  it("refuses a file that is not there, a folder, and no file at all", async () => {
    const place = freshPlace();
    const says = async (...words: string[]) => {
      const run = await place.run(["emulator", "seed", ...words]);
      expect([run.status, run.stdout]).toEqual([2, ""]);
      return run.stderr;
    };
    expect(await says("none.json")).toBe("nectar: <file>: none.json: there is no such file\n");
    expect(await says(".")).toContain(".: it is a folder");
    expect(await says()).toContain("missing input: <file>");
  });
});

describe("start", () => {
  it.each<[string[], RegExp]>([
    [["--scenario", "nope=1"], /--scenario: "nope": is not one of mfa-expires-after, /],
    [["--scenario", "fails-after"], /--scenario: "fails-after": is not NAME=VALUE/],
    [["--scenario", "fails-after=x"], /fails-after: "x" is not allowed; it takes a number of/],
    [["--scenario", "fails-after=1", "--scenario", "fails-after=2"], /fails-after: is given twice/],
    [["--data-delay", "31s"], /--data-delay: "31s" is not allowed; it takes .*30s/],
    [["--seed", "none.json"], /--seed: none\.json: there is no such file/],
  ])("refuses %j", async (words, says) => {
    const place = freshPlace();
    const run = await place.run(["emulator", "start", "--port", "0", ...words]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(says);
  });
});
