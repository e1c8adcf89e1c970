/** `nectar teardown`: deletes what the ledger proves this tool created, and finishes whatever happened before. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { InterruptedError } from "../../../src/errors.ts";
import { startEmulator } from "../../../src/library.ts";
import { openLedger } from "../../../src/onboarding/ledger.ts";
import { freshPlace, type Place, type Run } from "../../support/run-cli.ts";
import { testClock, workClock } from "../../support/test-clock.ts";

type Emulator = Awaited<ReturnType<typeof startEmulator>>;

const open: Emulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

interface Row {
  readonly id: string | null;
  readonly name: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly sites: number | null;
  readonly connections: number | null;
  readonly remains: readonly {
    readonly kind: string;
    readonly id: string;
    readonly name: string;
  }[];
  readonly error: { readonly code: string } | null;
}
interface Document {
  readonly companies: readonly Row[];
  readonly counts: Readonly<Record<string, number>>;
  readonly profiles: readonly string[];
}

/** A vendor's API, and a machine that uses it. */
async function setUp() {
  const emulator = await startEmulator();
  open.push(emulator);
  const place = freshPlace();
  const env = { NECTAR_API_URL: emulator.url, NECTAR_API_KEY: emulator.key };
  const run = (words: readonly string[], options = {}) =>
    place.run(words, { env, clock: workClock(), ...options });
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { "x-api-key": emulator.key, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.json() as Promise<{ id: string; name: string }>;
  };
  const companies = async () =>
    ((await ask("GET", "/company")) as unknown as { name: string }[]).map(({ name }) => name);
  const onboard = async (name: string, more: readonly string[] = []) => {
    const words = ["onboard", "--company-name", name, "--site", "Plant", "--no-wait", "--json"];
    const made = (await run([...words, ...more])).json<{ company: { id: string } }>();
    return made.company.id;
  };
  const teardown = (...words: string[]) => run(["teardown", "--yes", "--json", ...words]);
  return { emulator, place, env, run, ask, companies, onboard, teardown };
}

const rows = (run: Run) => run.json<Document>().companies;
const outcomes = (run: Run) => rows(run).map(({ name, outcome }) => [name, outcome]);

function planFile(place: Place, ...names: string[]): string {
  const file = join(place.folder, "plan.json");
  const companies = names.map((name) => ({ name, sites: [{ name: "Plant" }] }));
  writeFileSync(file, JSON.stringify({ version: 1, companies }));
  return file;
}

const ledgers = (place: Place) => {
  const folder = join(place.folder, "state", "ledger");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
};

describe("teardown", () => {
  it("deletes the file's companies that this tool created, and no others", async () => {
    const { place, run, ask, companies, onboard, teardown } = await setUp();
    await onboard("Acme");
    await onboard("Other");
    await onboard("Kept");
    const foreign = await ask("POST", "/company", { name: "Foreign", externalId: "foreign" });
    const file = planFile(place, "Acme", "Foreign", "Nowhere", "Other");

    const dry = await run(["teardown", file, "--dry-run", "--json"]);
    expect(outcomes(dry)).toEqual([
      ["Acme", "to-delete"],
      ["Foreign", "left"],
      ["Nowhere", "gone"],
      ["Other", "to-delete"],
    ]);
    expect(await companies()).toHaveLength(4);

    const torn = await teardown(file);
    expect([torn.status, torn.stderr]).toEqual([0, ""]);
    expect(outcomes(torn)).toEqual([
      ["Acme", "deleted"],
      ["Foreign", "left"],
      ["Nowhere", "gone"],
      ["Other", "deleted"],
    ]);
    expect(rows(torn)[0]).toMatchObject({ sites: 1, connections: 1, remains: [], error: null });
    expect(rows(torn)[1]).toMatchObject({
      id: foreign.id,
      reason: "no ledger on this machine shows that this tool created it",
    });
    expect(torn.json<Document>()).toMatchObject({
      counts: { total: 4, toDelete: 0, deleted: 2, gone: 1, left: 1, failed: 0 },
    });
    expect(await companies()).toEqual(["Kept", "Foreign"]);

    const again = await teardown(file);
    expect([again.status, outcomes(again).map(([, outcome]) => outcome)]).toEqual([
      0,
      ["gone", "left", "gone", "gone"],
    ]);
  });

  it("says of what is not there whether it ever was, as far as this machine knows", async () => {
    const place = freshPlace();
    await place.run([
      "onboard",
      "--local",
      "--company-name",
      "Acme",
      "--site",
      "Plant",
      "--no-wait",
    ]);
    await place.run(["emulator", "reset", "--yes"]);
    const file = planFile(place, "Acme", "Nowhere");
    const dry = await place.run(["teardown", file, "--local", "--dry-run", "--no-color"], {
      columns: 200,
    });
    const lines = dry.stdout.split("\n").map((line) => line.replace(/ {2,}/g, " "));
    expect(lines[1]).toMatch(/^not there company Acme .* it no longer exists$/);
    expect(lines[2]).toMatch(/^not there company Nowhere no such company was found$/);
    expect(dry.stderr).toContain("2 not there.");
    const torn = await place.run(["teardown", file, "--local", "--json"]);
    expect(rows(torn).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["gone", "it no longer exists"],
      ["gone", "no such company was found"],
    ]);
  });

  it("takes what this tool did not create with --also-adopted alone", async () => {
    const { place, ask, companies, onboard, teardown, run } = await setUp();
    const foreign = await ask("POST", "/company", { name: "Foreign", externalId: "foreign" });
    await onboard("Foreign");
    await ask("POST", "/company", { name: "Stranger", externalId: "stranger" });
    const file = planFile(place, "Foreign", "Stranger");
    const left = await teardown(file);
    expect(outcomes(left)).toEqual([
      ["Foreign", "left"],
      ["Stranger", "left"],
    ]);
    // What this tool created in the adopted company stays, and is named.
    expect(rows(left)[0]).toMatchObject({ reason: "adopted, not created by this tool" });
    expect(rows(left)[0]?.remains).toMatchObject([
      { kind: "site", name: "Plant" },
      { kind: "connection" },
    ]);
    const plain = await run(["teardown", file, "--yes"]);
    expect(plain.stderr).toContain("--also-adopted");
    const lines = plain.stdout.trim().split("\n");
    expect(lines.map((line) => line.split("\t").slice(0, 3))).toEqual([
      ["left", "company", "Foreign"],
      ["left", "site", "Plant"],
      ["left", "connection", expect.any(String)],
      ["left", "company", "Stranger"],
    ]);
    expect(await companies()).toHaveLength(2);
    const refused = await teardown("--older-than", "1ms", "--also-adopted");
    expect([refused.status, refused.stdout]).toEqual([2, ""]);

    const taken = await teardown("--also-adopted", file);
    expect(outcomes(taken)).toEqual([
      ["Foreign", "deleted"],
      ["Stranger", "deleted"],
    ]);
    expect([await companies(), rows(taken)[0]?.id]).toEqual([[], foreign.id]);
    expect(outcomes(await teardown("--also-adopted", file)).map(([, one]) => one)).toEqual([
      "gone",
      "gone",
    ]);
  });

  it("leaves a company that holds what somebody else created in it", async () => {
    const { ask, companies, onboard, teardown } = await setUp();
    const id = await onboard("Acme");
    await ask("POST", `/company/${id}/site`, { name: "Theirs" });
    const left = await teardown("--older-than", "0.001");
    expect(rows(left)).toMatchObject([
      { outcome: "left", sites: 2, reason: "holds 1 site that this tool did not create" },
    ]);
    expect([left.status, await companies()]).toEqual([0, ["Acme"]]);
    expect(outcomes(await teardown("--company", id, "--also-adopted"))).toEqual([
      ["Acme", "deleted"],
    ]);
  });

  it("goes by age: when the ledger says that this tool created the company", async () => {
    const { run, onboard, companies, teardown } = await setUp();
    const day = 24 * 60 * 60 * 1000;
    const clock = testClock(Date.now());
    await onboard("Old");
    const later = { ...workClock(), now: () => clock.now() + 8 * day };
    await run(["onboard", "--company-name", "New", "--site", "P", "--no-wait"], { clock: later });
    const words = ["teardown", "--older-than", "7d", "--yes", "--json"];
    expect(outcomes(await run(words))).toEqual([]);
    const none = await run(["teardown", "--older-than", "7d", "--yes"]);
    expect(none.stderr).toMatch(/No company that this tool created on http.* is older than 7 days/);
    expect(outcomes(await run(words, { clock: later }))).toEqual([["Old", "deleted"]]);
    expect(await companies()).toEqual(["New"]);
    expect((await teardown("--older-than", "7 days")).status).toBe(2);
  });

  it("finds one company by its ID, the beginning of it, its name or external ID", async () => {
    const { onboard, run, teardown } = await setUp();
    const id = await onboard("Acme Foods");
    await onboard("Other");
    for (const given of [id, id.toUpperCase(), id.slice(0, 8), "Acme Foods", "acme-foods"]) {
      const dry = await run(["teardown", "--company", given, "--dry-run", "-q"]);
      expect([given, dry.stdout]).toEqual([given, `${id}\n`]);
    }
    for (const given of ["acme", id.slice(0, 7), "00000000-0000-4000-8000-000000000000"]) {
      expect((await teardown("--company", given)).status).toBe(5);
    }
    expect((await teardown("--company", "Acme Foods")).status).toBe(0);
    // Its name is still known.
    for (const given of [id, "Acme Foods"]) {
      const again = await teardown("--company", given);
      expect([again.status, rows(again)]).toMatchObject([0, [{ id, outcome: "gone" }]]);
    }
  });

  it("takes two companies of one name for two", async () => {
    const { ask, teardown } = await setUp();
    await ask("POST", "/company", { name: "Twin", externalId: "a" });
    await ask("POST", "/company", { name: "Twin", externalId: "b" });
    const run = await teardown("--company", "Twin", "--also-adopted");
    expect([run.status, run.error().code]).toEqual([5, "ambiguous"]);
  });

  it("touches no ledger of another target", async () => {
    const one = await setUp();
    const other = await startEmulator();
    open.push(other);
    await one.onboard("Acme");
    const env = { NECTAR_API_URL: other.url, NECTAR_API_KEY: other.key };
    const words = ["onboard", "--company-name", "Acme", "--site", "P", "--no-wait"];
    await one.place.run([...words, "--profile", "b"], { env, clock: workClock() });
    const before = ledgers(one.place).map((file) => readFileSync(file, "utf8"));
    expect(outcomes(await one.teardown("--older-than", "1ms"))).toEqual([["Acme", "deleted"]]);
    const after = ledgers(one.place).map((file) => readFileSync(file, "utf8"));
    expect(before.filter((text) => after.includes(text))).toHaveLength(1);
    const rest = ["teardown", "--older-than", "1ms", "--dry-run", "--json", "--profile", "b"];
    expect(outcomes(await one.place.run(rest, { env }))).toEqual([["Acme", "to-delete"]]);
  });

  it("clears the profiles that pointed at a deleted company, and says so", async () => {
    const { onboard, run, place, env } = await setUp();
    const id = await onboard("Acme");
    await run(["companies", "use", id, "--profile", "second"]);
    await onboard("Kept", ["--profile", "third"]);
    const torn = await run(["teardown", "--company", id, "--yes"]);
    expect(torn.stderr).toBe('The profiles "default", "second" no longer have a company.\n');
    const profiles = (await place.run(["profiles", "list", "--json"], { env })).json<
      { name: string; company: object | null }[]
    >();
    expect(profiles.map(({ name, company }) => [name, company !== null])).toEqual([
      ["default", false],
      ["second", false],
      ["third", true],
    ]);
  });

  it("is not undone by a list that still shows the company", async () => {
    const { onboard, emulator, teardown, companies } = await setUp();
    await onboard("Acme");
    await emulator.faults.add({ route: "companies.list", lagMs: 600_000, times: null });
    await emulator.advance(900_000);
    await teardown("--older-than", "1ms");
    expect(await companies()).toEqual(["Acme"]);
    const id = await onboard("Acme");
    await emulator.faults.clear();
    expect(await companies()).toEqual(["Acme"]);
    expect(outcomes(await teardown("--company", id))).toEqual([["Acme", "deleted"]]);
  });
});

describe("a teardown in which something fails", () => {
  it.each([
    ["is lost after the commit", { cut: "after" }, 0, ["deleted", "deleted"], ""],
    [
      "is lost for good",
      { cut: "before", times: null },
      6,
      ["failed", "failed"],
      "connection_lost",
    ],
    ["is refused", { status: 409 }, 7, ["failed", "deleted"], "refused"],
    ["is not allowed", { status: 403 }, 4, ["failed", "deleted"], "not_allowed"],
    ["finds nothing", { status: 404 }, 0, ["gone", "deleted"], ""],
  ])("goes on where a request %s", async (what, fault, status, expected, code) => {
    const { onboard, emulator, teardown, companies } = await setUp();
    await onboard("A");
    await onboard("B");
    const when = fault as Parameters<typeof emulator.faults.add>[0];
    await emulator.faults.add({ route: "companies.delete", ...when });
    const torn = await teardown("--older-than", "1ms");
    expect(torn.status).toBe(status);
    // Both are sent at once, so either may get the fault.
    expect(
      rows(torn)
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual([...expected].sort());
    if (code !== "") {
      const failed = rows(torn).filter(({ outcome }) => outcome === "failed");
      expect(failed.map(({ error }) => error?.code)).toContain(code);
      expect(torn.error().code).toBe("partly_failed");
    }
    await emulator.faults.clear();
    const again = await teardown("--older-than", "1ms");
    expect([again.status, rows(again).length]).toEqual([
      0,
      status === 0 ? 0 : rows(torn).filter(({ outcome }) => outcome === "failed").length,
    ]);
    expect(await companies()).toHaveLength(what === "finds nothing" ? 1 : 0);
  });

  it("stops at a key that is refused", async () => {
    const { onboard, emulator, teardown } = await setUp();
    for (let index = 0; index < 20; index += 1) await onboard(`Company ${index}`);
    const fault = { route: "companies.delete", status: 401, times: null } as const;
    await emulator.faults.add(fault);
    const torn = await teardown("--older-than", "1ms");
    expect([torn.status, torn.json<Document>().counts]).toMatchObject([4, { failed: 20 }]);
    const [{ fired = 0 } = {}] = await emulator.faults.list();
    expect(fired).toBeLessThan(20);
  });

  it("says 9 in the row of a company that another run is working on, and deletes the others", async () => {
    const { onboard, teardown, place, emulator, companies } = await setUp();
    await onboard("Busy");
    await onboard("Free");
    const ledger = await openLedger(
      {
        folder: join(place.folder, "state", "ledger"),
        top: join(place.folder, "state"),
        uid: process.getuid?.(),
      },
      { target: emulator.url, company: "external:busy" },
      "the company",
      {
        ...{ pid: process.pid, host: "test-host", command: "nectar apply", isAlive: () => true },
        ...{ clock: workClock(), signal: new AbortController().signal, waitMs: 0 },
        movedBy: "NECTAR_STATE_DIR",
      },
    );
    const torn = await teardown("--older-than", "1ms");
    await ledger.close();
    expect([torn.status, outcomes(torn), torn.error().code]).toEqual([
      9,
      [
        ["Busy", "failed"],
        ["Free", "deleted"],
      ],
      "partly_failed",
    ]);
    expect(await companies()).toEqual(["Busy"]);
  });

  it("names a ledger that is damaged: as the company's failure, or that it was skipped", async () => {
    const { onboard, place, run, teardown } = await setUp();
    await onboard("Acme");
    const [file = ""] = ledgers(place);
    writeFileSync(file, "{torn");
    const torn = await teardown(planFile(place, "Acme"));
    expect([torn.status, rows(torn)[0]?.error?.code]).toEqual([9, "ledger_damaged"]);
    const skipped = await run(["teardown", "--older-than", "1ms", "--yes"]);
    expect([skipped.status, skipped.stderr]).toEqual([0, expect.stringContaining(file)]);
    expect(skipped.stderr).toContain("Skipped: ");
  });

  it("is finished by the next run after it was stopped, and after it was killed", async () => {
    const { onboard, emulator, teardown, companies, run, place } = await setUp();
    for (const name of ["A", "B", "C"]) await onboard(name);
    const stop = new AbortController();
    await emulator.faults.add({ route: "companies.delete", hang: "before", times: null });
    const clock = workClock();
    const stopped = run(["teardown", "--older-than", "1ms", "--yes", "--json"], {
      signal: stop.signal,
      clock,
    });
    while ((await emulator.faults.list())[0]?.fired === 0) await new Promise(setImmediate);
    // As a kill leaves it: marked, and not confirmed.
    const marks = ledgers(place).map((file) => readFileSync(file, "utf8"));
    expect(marks.join()).toContain('"isConfirmed": false');
    stop.abort(new InterruptedError("sigint"));
    const ended = await stopped;
    expect([ended.status, ended.error().code]).toEqual([130, "interrupted"]);
    expect(ended.json<Document>().companies).toHaveLength(3);
    expect(await companies()).toHaveLength(3);
    await emulator.faults.clear();
    const again = await teardown("--older-than", "1ms");
    expect([again.status, outcomes(again)]).toEqual([
      0,
      ["A", "B", "C"].map((name) => [name, "deleted"]),
    ]);
    expect(outcomes(await teardown("--older-than", "1ms"))).toEqual([]);
  });

  it("says until when a company may still appear whose create was lost", async () => {
    const { emulator, run, teardown } = await setUp();
    const words = [
      "onboard",
      "--company-name",
      "Acme",
      "--site",
      "P",
      "--no-wait",
      "--timeout",
      "5s",
    ];
    await emulator.faults.add({ route: "companies.create", cut: "before", times: null });
    expect((await run([...words])).status).toBe(6);
    await emulator.faults.clear();
    const open = await teardown("--older-than", "1ms");
    expect([open.status, rows(open)]).toMatchObject([
      6,
      [{ name: "Acme", outcome: "failed", error: { code: "fate_open" } }],
    ]);
    const later = { ...workClock(), now: () => Date.now() + 120_000 };
    const over = await run(["teardown", "--older-than", "1ms", "--yes", "--json"], {
      clock: later,
    });
    expect([over.status, outcomes(over)]).toEqual([0, [["Acme", "gone"]]]);
  });

  it("deletes a company whose create was lost but went through", async () => {
    const { emulator, run, teardown, companies } = await setUp();
    await emulator.faults.add({ route: "companies.create", cut: "after" });
    await emulator.faults.add({ route: "companies.list", status: 500, skip: 1, times: null });
    const words = ["onboard", "--company-name", "Acme", "--site", "P", "--no-wait"];
    expect((await run([...words, "--timeout", "5s"])).status).toBe(6);
    await emulator.faults.clear();
    expect(await companies()).toEqual(["Acme"]);
    const found = await teardown("--older-than", "1ms");
    expect([found.status, outcomes(found)]).toEqual([0, [["Acme", "deleted"]]]);
    expect(await companies()).toEqual([]);
    // The create is settled: nothing waits for it.
    expect((await run([...words, "--timeout", "5s"])).status).toBe(0);
  });
});

describe("the question before a teardown", () => {
  it("needs an answer, before any request that deletes", async () => {
    const { emulator, place, run, onboard } = await setUp();
    const id = await onboard("Acme");
    await emulator.faults.add({ method: "DELETE", path: "/**", status: 500, times: null });
    const file = planFile(place, "Acme");
    const text = readFileSync(file, "utf8");
    for (const words of [["--older-than", "1ms"], ["--company", "Acme"], [file], ["-"]]) {
      const refused = await run(["teardown", ...words, "--json"], { stdin: text });
      expect([refused.status, refused.stdout]).toEqual([2, ""]);
      const said = refused.error();
      expect(said.code).toBe("confirmation_needed");
      expect(said.details).toEqual([
        `Acme, ${id}, created just now, 1 site, 1 connection`,
        expect.stringMatching(/^Delete 1 company with 1 site and 1 connection on http/),
      ]);
      expect(said.next.map(({ command }) => command)).toEqual([
        `nectar teardown ${words.join(" ")} --yes --api-url ${emulator.url}`,
      ]);
    }
    expect((await emulator.faults.list())[0]?.fired).toBe(0);
  });

  it("names several as they would be deleted, not as they would be asked for", async () => {
    const { run, onboard } = await setUp();
    for (const name of ["Acme", "Beta"]) await onboard(name);
    const refused = await run(["teardown", "--older-than", "1ms"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /^nectar: this needs a confirmation.*\n {2}Acme, .*\n {2}Beta, .*\n {2}Delete 2 companies with 2 sites and 2 connections on http.*\?\nAdd --yes to confirm\.\n {2}nectar teardown --older-than 1ms --yes /,
    );
  });

  it("is not asked where there is nothing to delete", async () => {
    const { run, onboard } = await setUp();
    await onboard("Acme");
    const none = await run(["teardown", "--older-than", "7d", "--json"]);
    expect([none.status, rows(none)]).toEqual([0, []]);
  });

  it.each([
    [["--yes"], "missing_input"],
    [["x.yaml", "--company", "a", "--yes"], "invalid_input"],
    [["--company", "a", "--older-than", "7d", "--yes"], "invalid_input"],
    [["--company", "", "--yes"], "invalid_input"],
    [["--older-than", "0", "--yes"], "invalid_input"],
  ])("is not asked for %j", async (words, code) => {
    const refused = await freshPlace().run(["teardown", "--local", "--json", ...words]);
    expect([refused.status, refused.error().code]).toEqual([2, code]);
  });
});
