/** `nectar emulator fault`: what it sets, what it refuses, how it shows, and that the next command meets it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Clock } from "../../src/api/http.ts";
import { startEmulator } from "../../src/emulator/emulator.ts";
import { freshPlace, type Place } from "../support/run-cli.ts";

const FAULT = ["emulator", "fault"];
const PLAIN = { NO_COLOR: "1" };
const UUID = /^[0-9a-f-]{36}$/;

/** Short waits, before another try, take no time; the deadline of a command never comes. */
const clock: Clock = {
  now: () => Date.UTC(2026, 5, 15, 12),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (ms < 60_000) resolve();
      else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
};

function fault(place: Place, ...words: string[]) {
  return place.run([...FAULT, ...words]);
}

async function listed(place: Place) {
  return (await fault(place, "--list", "--json")).json<Record<string, unknown>[]>();
}

describe("setting a fault", () => {
  it.each<[string[], Record<string, unknown>]>([
    [["--status", "503"], { method: "*", path: "**", skip: 0, times: 1, status: 503 }],
    [
      [
        ...["--method", "POST", "--path", "/company", "--status", "429", "--times", "3"],
        ...["--skip", "2", "--header", "Retry-After: 2", "--header", "X-Note:a:b"],
      ],
      {
        ...{ method: "POST", path: "/company", status: 429, times: 3, skip: 2 },
        headers: { "Retry-After": "2", "X-Note": "a:b" },
      },
    ],
    [
      ["--route", "sites.create", "--status", "500", "--after-commit"],
      { route: "sites.create", status: 500, after: "commit" },
    ],
    [["--status", "502", "--body", '{"a":[1]}'], { status: 502, body: { a: [1] } }],
    [["--status", "502", "--body", "<h1>Bad</h1>"], { status: 502, body: "<h1>Bad</h1>" }],
    [["--delay", "2s"], { delayMs: 2000 }],
    [["--commit-after", "1.5"], { commitAfterMs: 1500 }],
    [["--status", "101"], { status: 101 }],
    [["--lag", "5s"], { lagMs: 5000 }],
    [["--omit", "username, sites"], { omit: ["username", "sites"] }],
    [["--delay", "1s", "--lag", "1h", "--omit", "sites"], { delayMs: 1000, lagMs: 3_600_000 }],
    [["--cut", "before"], { cut: "before" }],
    [["--cut", "after", "--times", "forever"], { cut: "after", times: null, remaining: null }],
    [["--truncate", "0"], { truncate: 0 }],
    [["--slow", "10"], { slowBody: { bytesPerSecond: 10 } }],
    [["--endless"], { endless: true }],
    [["--html", "--before-commit"], { html: true, when: "before" }],
    [["--malformed"], { malformed: true }],
    [["--redirect", "https://example.com/x"], { redirect: "https://example.com/x" }],
    [["--hang", "after"], { hang: "after" }],
  ])("%j", async (words, expected) => {
    const place = freshPlace();
    const run = await fault(place, ...words, "--json");
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.json()).toMatchObject({ ...expected, skipped: 0, fired: 0 });
    expect(await listed(place)).toEqual([run.json()]);
  });

  it("prints it: as a record, in a pipe, as an ID", async () => {
    const place = freshPlace();
    const words = ["--method", "POST", "--status", "503", "--header", "Retry-After: 2"];
    const piped = await fault(place, ...words);
    expect(piped.stdout).toMatch(
      /^Requests\tPOST \*\*\nFault\tstatus 503, Retry-After: 2\nSkip\t0\nTimes\t1\nID\t[0-9a-f-]{36}\n$/,
    );
    const terminal = await place.run([...FAULT, ...words], { columns: 80, env: PLAIN });
    expect(terminal.stdout).toMatch(/^Requests {2}POST \*\*$/m);
    expect((await fault(place, ...words, "--quiet")).stdout.trimEnd()).toMatch(UUID);
  });
});

describe("the list", () => {
  async function filled(): Promise<Place> {
    const place = freshPlace();
    await fault(place, "--route", "companies.list", "--cut", "after", "--times", "forever");
    await fault(place, "--method", "POST", "--path", "/company", "--delay", "1500ms");
    return place;
  }

  it("is a table on a terminal", async () => {
    const run = await (await filled()).run([...FAULT, "--list"], { columns: 120, env: PLAIN });
    const [head, ...rows] = run.stdout.trimEnd().split("\n");
    expect(head).toMatch(/^REQUESTS +FAULT +MET +LEFT +ID$/);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/^companies\.list +cut after the commit +0 +forever +[0-9a-f-]{36}$/);
    expect(rows[1]).toMatch(/^POST \/company +delay of 1500 ms +0 +1 +[0-9a-f-]{36}$/);
  });

  it("is tab-separated in a pipe, IDs when quiet, an array as JSON", async () => {
    const place = await filled();
    const ids = (await listed(place)).map(({ id }) => id);
    expect((await fault(place, "--list")).stdout).toBe(
      `companies.list\tcut after the commit\t0\tforever\t${ids[0]}\n` +
        `POST /company\tdelay of 1500 ms\t0\t1\t${ids[1]}\n`,
    );
    expect((await fault(place, "--list", "-q")).stdout).toBe(`${ids.join("\n")}\n`);
  });

  it("of none is empty, and says so on a terminal", async () => {
    const place = freshPlace();
    expect(await fault(place, "--list")).toMatchObject({
      ...{ status: 0, stdout: "", stderr: "No faults are set.\n" },
    });
    expect(await listed(place)).toEqual([]);
    const terminal = await place.run([...FAULT, "--list"], { columns: 80, env: PLAIN });
    expect([terminal.stdout, terminal.stderr]).toEqual(["", "No faults are set.\n"]);
    expect(existsSync(join(place.folder, "state"))).toBe(false);
  });

  it.each([
    [["--status", "500", "--after-commit"], "status 500 after the commit"],
    [["--delay", "2s"], "delay of 2 s"],
    [["--commit-after", "9s"], "commit after 9 s"],
    [["--lag", "1500ms"], "lists from 1500 ms ago"],
    [["--omit", "username,sites"], "without username, sites"],
    [
      ["--commit-after", "9s", "--lag", "5s", "--omit", "sites"],
      "commit after 9 s; lists from 5 s ago; without sites",
    ],
    [["--truncate", "5"], "cut after 5 bytes of the body"],
    [["--slow", "5"], "body at 5 bytes per second"],
    [["--endless"], "endless body"],
    [["--html"], "HTML page"],
    [["--malformed", "--before-commit"], "malformed JSON before acting"],
    [["--redirect", "https://a.example"], "redirect to https://a.example"],
    [["--hang", "before"], "no response before acting"],
  ])("puts %j into words", async (words, says) => {
    const place = freshPlace();
    await fault(place, ...words);
    expect((await fault(place, "--list")).stdout.split("\t")[1]).toBe(says);
  });
});

it("clearing removes all, and tells how many", async () => {
  const place = freshPlace();
  expect((await fault(place, "--clear", "--json")).json()).toEqual({ removed: 0 });
  await fault(place, "--html");
  await fault(place, "--endless");
  expect((await fault(place, "--clear")).stdout).toBe("Faults removed\t2\n");
  expect(await listed(place)).toEqual([]);
});

describe("what is refused", () => {
  it.each<[string[], RegExp]>([
    [["--status", "199"], /--status: "199".*101, or a whole number from 200 to 599/],
    [["--status", "abc"], /--status: "abc"/],
    [["--status", "500", "--method", "PUT"], /--method: "PUT".*GET, POST, PATCH, DELETE, \*/],
    [["--status", "500", "--path", "company"], /--path: "company".*a path without the version/],
    [["--status", "500", "--path", "/v2.2/company"], /--path: "\/v2\.2\/company"/],
    [["--status", "500", "--route", "nope"], /--route: "nope".*companies\.list/],
    [["--status", "500", "--times", "0"], /--times: "0".*forever/],
    [["--status", "500", "--skip", "-1"], /--skip: "-1"/],
    [["--status", "500", "--header", "nope"], /--header: "nope".*Name: value/],
    [["--status", "500", "--header", "Content-Length: 1"], /--header: "Content-Length: 1"/],
    [["--status", "204", "--body", "x"], /body: a response with status 204 has no body/],
    [["--delay", "soon"], /--delay: "soon".*500ms/],
    [["--cut", "now"], /--cut: "now".*before.*after/],
    [["--slow", "0"], /--slow: "0".*above zero/],
    [["--redirect", "/x"], /--redirect: "\/x".*http/],
    [["--method", "POST"], /one of --status, --delay, --commit-after, .*, --omit is required/],
    [["--status", "500", "--html"], /--status, --html: only one of these is allowed at a time/],
    [["--html", "--after-commit"], /--after-commit: is allowed only with --status/],
    [["--cut", "after", "--before-commit"], /--before-commit: is allowed only with --endless/],
    [["--delay", "2s", "--before-commit"], /--before-commit: is allowed only with --endless/],
    [["--status", "102"], /--status: "102".*101, or a whole number from 200 to 599/],
    [["--lag", "2h"], /--lag: "2h".*at most 1h/],
    [["--omit", "username,id"], /--omit: "username,id".*but not id/],
    [["--omit", "username,,sites"], /--omit: "username,,sites"/],
    [["--status", "503", "--lag", "5s"], /--lag: can be combined only with the effects --delay/],
    [["--html", "--header", "a: b"], /--header: is allowed only with --status/],
    [
      ["--status", "500", "--route", "ping", "--path", "**"],
      /--route: replaces --method and --path, so leave those out/,
    ],
    [["--list", "--clear"], /can't be used with other options/],
    [["--clear", "--status", "500"], /--clear can't be used with other options/],
  ])("%j", async (words, says) => {
    const place = freshPlace();
    const run = await fault(place, ...words);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(says);
    expect(existsSync(join(place.folder, "state"))).toBe(false);
  });

  it("nothing at all, whose message says what it needs", async () => {
    const run = await fault(freshPlace());
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/one of --status, .*, --hang, --lag, --omit\n.*--list.*--clear/);
  });

  it("a damaged file, which is left alone until the reset", async () => {
    const place = freshPlace();
    await fault(place, "--html");
    const path = join(place.folder, "state", "emulator", "faults.json");
    writeFileSync(path, "{");
    for (const words of [["--list"], ["--clear"], ["--html"]]) {
      const run = await fault(place, ...words);
      expect([run.status, run.stdout]).toEqual([9, ""]);
      expect(run.stderr).toContain(path);
    }
    expect(readFileSync(path, "utf8")).toBe("{");
    expect((await place.run(["emulator", "reset", "--yes"])).status).toBe(0);
    expect(await listed(place)).toEqual([]);
  });
});

describe("the next command", () => {
  it("meets it in the emulator that is built in, as often as was said", async () => {
    const place = freshPlace();
    await fault(place, "--route", "companies.list", "--status", "503", "--times", "2");
    const run = await place.run(["companies", "list", "--local", "--json"], { clock });
    expect([run.status, run.stdout]).toEqual([0, "[]\n"]);
    expect(await listed(place)).toMatchObject([{ fired: 2, remaining: 0 }]);
  });

  it("creates once when the answer of its create is lost", async () => {
    const place = freshPlace();
    await fault(place, "--route", "companies.create", "--cut", "after");
    const words = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];
    const first = await place.run(words, { clock });
    const run = first.status === 0 ? first : await place.run(words, { clock });
    expect(run.status).toBe(0);
    const companies = await place.run(["companies", "list", "--local", "--json"]);
    expect(companies.json<unknown[]>()).toHaveLength(1);
    expect(await listed(place)).toMatchObject([{ fired: 1, remaining: 0 }]);
  });

  it("meets it in one that runs for the same folder", async () => {
    const place = freshPlace();
    const running = await startEmulator({
      stateDir: join(place.folder, "state"),
      port: 0,
      standing: true,
      clock,
      ids: () => crypto.randomUUID(),
      pid: process.pid,
    });
    onTestFinished(() => running.close());
    await fault(place, "--path", "/**", "--status", "400", "--body", '{"detail":"Told to."}');
    expect(await running.faults.list()).toMatchObject([{ status: 400, fired: 0 }]);
    const run = await place.run(["companies", "list", "--local"]);
    expect(run.status).toBe(7);
    expect(run.stderr).toContain("Told to.");
    expect(await listed(place)).toMatchObject([{ fired: 1 }]);
    await fault(place, "--clear");
    expect(await running.faults.list()).toEqual([]);
  });
});
