import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../../src/errors.ts";
import { workClock } from "../../support/test-clock.ts";
import { bench, company, planFile, requestsOf, WRONG_LOGIN } from "./plan-files.ts";

const KEYS = ["a", "b", "c", "d", "e", "f"];
const COMPANIES = KEYS.map((key) => company(key));
const PASSWORD = { env: { OTHER_PASSWORD: "wrong" } };

interface Document {
  readonly counts: Readonly<Record<string, number>>;
  readonly companies: readonly JsonRow[];
}

interface JsonRow {
  readonly key: string;
  readonly outcome: string | null;
  readonly state: string | null;
  readonly status: string | null;
  readonly company: { readonly id: string; readonly outcome: string } | null;
  readonly sites: readonly { readonly name: string; readonly outcome: string }[];
  readonly connection: { readonly id: string } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly exit: number;
}

describe("nectar apply", () => {
  it("creates everything, a line for each company, and says what it remembers and did", async () => {
    const { run, holds, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    const { status, stdout, stderr } = await run(["apply", file]);
    expect(status).toBe(0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows.map(([key]) => key).sort()).toEqual(KEYS);
    expect(rows[0]?.slice(2, 5)).toEqual(["created", "connected", "CONNECTED"]);
    expect(stderr).toContain("No ledger of these companies on this machine for http://127.0.0.1");
    expect(stderr).toMatch(/^6 connected \(6 new, 0 existing\)\.$/m);
    expect((await holds()).map(({ sites }) => sites.length)).toEqual(Array(6).fill(2));
  });

  it("takes one list and one read for each company when it is done already", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    await run(["apply", file]);
    const again = await run(["apply", file, "--debug"]);
    expect(again.status).toBe(0);
    expect(again.stderr).toContain("it has 6 of 6 companies");
    expect(again.stderr).toContain("6 connected (0 new, 6 existing)");
    const requests = requestsOf(again.stderr);
    expect(requests).toHaveLength(1 + 6);
    expect(requests.filter((line) => line === "GET /company")).toHaveLength(1);
    expect(requests.filter((line) => line === "GET /connection/ID/details")).toHaveLength(6);
  });

  it("prints one document with --json, in which each company has its IDs and outcomes", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, COMPANIES.slice(0, 2));
    const { counts, companies } = (await run(["apply", file, "--json"])).json<Document>();
    expect(counts).toMatchObject({ total: 2, connected: 2, created: 2, existing: 0, failed: 0 });
    const row = companies.find(({ key }) => key === "a");
    expect(row).toMatchObject({ outcome: "created", state: "connected", error: null, exit: 0 });
    expect(row?.company).toMatchObject({ name: "Company a", externalId: "a", outcome: "created" });
    expect(row?.sites.map(({ name }) => name)).toEqual(["Plant", "Cold Store"]);
  });

  it("prints one line of JSON a company with --ndjson, and nothing else", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    const { stdout } = await run(["apply", file, "--ndjson"]);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line): JsonRow => JSON.parse(line));
    expect(rows.map(({ key }) => key).sort()).toEqual(KEYS);
    const both = await run(["apply", file, "--ndjson", "--json"]);
    expect(both.status).toBe(2);
    expect(both.error().message).toBe("--ndjson and --json can't be used together");
  });

  it("prints the IDs of the companies with --quiet", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    const { stdout, stderr } = await run(["apply", file, "--quiet"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(6);
    expect(stderr).toBe("");
  });

  it("never puts a password where it can be read", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, [company("x", WRONG_LOGIN)]);
    const { stdout, stderr } = await run(["apply", file, "--debug"], {
      env: { OTHER_PASSWORD: "marked-5f2c" },
    });
    expect(stdout + stderr).not.toContain("marked-5f2c");
  });
});

describe("a company that fails", () => {
  it("is a row of its own; the end names it, and the command that goes on", async () => {
    const { run, emulator, folder } = await bench();
    const file = planFile(folder, [...COMPANIES, company("x", WRONG_LOGIN)]);
    const { status, stdout, stderr } = await run(["apply", file, "--concurrency", "3"], PASSWORD);
    expect(status).toBe(3);
    expect(stdout.split("\n").find((line) => line.startsWith("x\t"))).toContain(
      "\tneeds-action\tPASSWORD_INCORRECT\t",
    );
    expect(stderr).toContain("6 connected (6 new, 0 existing), 1 needs action");
    expect(stderr).toMatch(/Company x \(x\), line \d+: Password incorrect/);
    expect(stderr).toContain(`nectar apply --concurrency 3 ${file} --api-url ${emulator.url}`);
  });

  it.each([
    [{ route: "sites.create", status: 400 }, 7, "refused"],
    [{ route: "companies.create", status: 403 }, 4, "not_allowed"],
    [{ route: "companies.create", status: 409 }, 7, "refused"],
  ] as const)(
    "(%j) stops no other, and the most serious one decides: %i",
    async (fault, exit, code) => {
      const { run, emulator, folder } = await bench();
      await emulator.faults.add({ ...fault, times: 1 });
      const file = planFile(folder, [...COMPANIES, company("x", WRONG_LOGIN)]);
      const { status, json, error } = await run(["apply", file, "--json"], PASSWORD);
      expect(status).toBe(exit);
      const { counts, companies } = json<Document>();
      expect(counts).toMatchObject({ total: 7, connected: 5, needsAction: 1, failed: 1 });
      const failed = companies.filter((row) => row.error !== null);
      expect(failed.map((row) => [row.error?.code, row.exit])).toEqual([[code, exit]]);
      expect(error().message).toBe("5 connected (5 new, 0 existing), 1 needs action, 1 failed");
      expect((await run(["apply", file], PASSWORD)).stderr).toContain(
        "6 connected (1 new, 5 existing)",
      );
    },
  );

  it("keeps what was created of it in its row", async () => {
    const { run, emulator, folder } = await bench();
    await emulator.faults.add({ route: "connections.create", status: 400 });
    const file = planFile(folder, COMPANIES.slice(0, 1));
    const [row] = (await run(["apply", file, "--json"])).json<Document>().companies;
    expect(row).toMatchObject({ outcome: "created", connection: null, exit: 7 });
    expect(row?.company?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(row?.sites).toHaveLength(2);
  });

  it("begins no other with --fail-fast", async () => {
    const { run, emulator, folder } = await bench();
    await emulator.faults.add({ route: "companies.create", status: 400, times: 1 });
    const many = Array.from({ length: 20 }, (_, index) => company(`n${index}`));
    const file = planFile(folder, many);
    const words = ["apply", file, "--fail-fast", "--concurrency", "1", "--json"];
    const { status, json, error } = await run(words);
    expect(status).toBe(7);
    expect(json<Document>().counts["notStarted"]).toBeGreaterThan(10);
    expect(error().next[0]?.command).toContain("--fail-fast");
  });

  it("with a key that is refused ends the run", async () => {
    const { run, emulator, folder } = await bench();
    await emulator.faults.add({ route: "companies.create", status: 401, times: null });
    const many = Array.from({ length: 60 }, (_, index) => company(`n${index}`));
    const file = planFile(folder, many);
    const { status, json } = await run(["apply", file, "--concurrency", "2", "--json"]);
    expect(status).toBe(4);
    expect(json<Document>().counts["notStarted"]).toBeGreaterThan(40);
  });
});

describe("a server that", () => {
  it("limits the rate slows all down together, and nothing fails", async () => {
    const { run, emulator, holds, folder } = await bench();
    const limited = { status: 429, headers: { "retry-after": "7" } } as const;
    await emulator.faults.add({ ...limited, skip: 5, times: 40 });
    const clock = workClock();
    const file = planFile(folder, COMPANIES);
    const { status, stderr } = await run(["apply", file, "--debug"], { clock });
    expect(status).toBe(0);
    expect((await holds()).map(({ sites }) => sites.length)).toEqual(Array(6).fill(2));
    expect(requestsOf(stderr).length).toBe(40 + 1 + 4 * 6);
  });

  it("loses answers is asked again, and holds nothing twice", async () => {
    const { run, emulator, holds, folder } = await bench();
    await emulator.faults.add({ method: "POST", path: "/company", cut: "after", times: 3 });
    await emulator.faults.add({ route: "sites.create", cut: "after", times: 3 });
    const file = planFile(folder, COMPANIES);
    const { status } = await run(["apply", file], { clock: workClock() });
    expect(status).toBe(0);
    const held = await holds();
    expect(held.map(({ name }) => name).sort()).toEqual(KEYS.map((key) => `Company ${key}`));
    expect(held.map(({ sites }) => sites.length)).toEqual(Array(6).fill(2));
  });

  it("can't be reached is one failure of the command, and that of each company's row", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    const words = ["apply", file, "--api-url", "http://127.0.0.1:9/v2.2", "--json"];
    const { status, json, error } = await run(words, { clock: workClock() });
    expect(status).toBe(6);
    const { counts, companies } = json<Document>();
    expect(counts).toMatchObject({ total: 6, failed: 6, notStarted: 0 });
    expect(companies.map((row) => [row.error?.code, row.exit])).toEqual(
      Array(6).fill(["unreachable", 6]),
    );
    expect(error().code).toBe("unreachable");
  });

  it.each([
    [{ status: 500 }, [], "server_error"],
    [{ delayMs: 60_000 }, ["--timeout", "500ms"], "deadline"],
    [{ status: 403 }, [], "not_allowed"],
  ] as const)("never shows the companies (%j) has a row for each", async (fault, more, code) => {
    const { run, emulator, folder } = await bench();
    await emulator.faults.add({ route: "companies.list", ...fault, times: null });
    const file = planFile(folder, COMPANIES.slice(0, 2));
    const options = code === "deadline" ? {} : { clock: workClock() };
    const lines = async (...words: string[]) => {
      const { status, stdout } = await run(["apply", file, ...more, ...words], options);
      expect(status).toBe(code === "not_allowed" ? 4 : 6);
      return stdout.trimEnd().split("\n");
    };
    const cells = (await lines()).map((line) => line.split("\t"));
    expect(cells.map((row) => [row[0], row.at(-2)])).toEqual([
      ["a", code],
      ["b", code],
    ]);
    const rows = (await lines("--ndjson")).map((line): JsonRow => JSON.parse(line));
    expect(rows.map((row) => [row.key, row.error?.code])).toEqual([
      ["a", code],
      ["b", code],
    ]);
    const document = JSON.parse((await lines("--json")).join("\n"));
    expect(document.counts).toMatchObject({ total: 2, failed: 2 });
    const { stderr, stdout } = await run(["apply", file, ...more, "--quiet"], options);
    expect(stdout).toBe("");
    expect(stderr).toContain("  0 connected, 2 failed\n");
    expect(stderr).toContain(`nectar apply ${file}`);
  });

  it("keeps a connection pending is waited for, 2 minutes at most, and not with --no-wait", async () => {
    const clock = workClock();
    const scenario = { "pending-for": 600_000 };
    const { run, folder } = await bench({ scenario, now: clock.now });
    const file = planFile(folder, COMPANIES);
    const waited = await run(["apply", file, "--json"], { clock });
    expect(waited.status).toBe(8);
    expect(waited.json<Document>().counts).toMatchObject({ pending: 6, failed: 0 });
    const not = await run(["apply", file, "--no-wait"], { clock });
    expect(not.status).toBe(0);
    expect(not.stderr).toContain("0 connected, 6 pending.");
  });

  it("connects a moment later is waited for side by side", async () => {
    const clock = workClock();
    const { run, folder } = await bench({ scenario: { "pending-for": 3_000 }, now: clock.now });
    const file = planFile(folder, COMPANIES);
    const { status, stderr } = await run(["apply", file], { clock });
    expect(status).toBe(0);
    expect(stderr).toContain("6 connected (6 new, 0 existing)");
  });
});

describe("a run that is stopped", () => {
  it("says what is done and how to go on; the same command does, and nothing is there twice", async () => {
    const { run, emulator, holds, folder } = await bench();
    await emulator.faults.add({ route: "connections.create", delayMs: 30, times: null });
    const stop = new AbortController();
    const many = Array.from({ length: 30 }, (_, index) => company(`n${index}`));
    const file = planFile(folder, many);
    const running = run(["apply", file, "--concurrency", "2", "--ndjson"], { signal: stop.signal });
    while ((await holds()).length < 8) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new InterruptedError("sigint"));
    const { status, stderr, stdout } = await running;
    expect(status).toBe(130);
    expect(stderr).toMatch(/stopped by SIGINT/);
    expect(stderr).toMatch(/\d+ not started/);
    expect(stderr).toContain(
      `nectar apply --concurrency 2 --ndjson ${file} --api-url ${emulator.url}`,
    );
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line): JsonRow => JSON.parse(line));
    for (const { error } of rows) if (error !== null) expect(error.code).toBe("interrupted");
    const again = await run(["apply", file]);
    expect(again.status).toBe(0);
    const held = await holds();
    expect(held).toHaveLength(30);
    expect(held.every(({ sites }) => sites.length === 2)).toBe(true);
  });

  it("by its --timeout ends with 6 and counts what was not started", async () => {
    const { run, emulator, folder } = await bench();
    await emulator.faults.add({ route: "companies.create", delayMs: 60_000, times: null });
    const many = Array.from({ length: 30 }, (_, index) => company(`n${index}`));
    const file = planFile(folder, many);
    const words = ["apply", file, "--timeout", "1500ms", "--concurrency", "1", "--json"];
    const { status, json } = await run(words);
    expect(status).toBe(6);
    expect(json<Document>().counts).toMatchObject({ connected: 0, notStarted: 27 });
  });
});

describe("what a profile points to", () => {
  it("changes with a run of a single company, and not with many", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    await run(["apply", file]);
    expect((await run(["profiles", "show", "default", "--json"])).status).toBe(5);
    await run(["apply", file, "--only", "b"]);
    const shown = await run(["profiles", "show", "default", "--json"]);
    expect(shown.json()).toMatchObject({ company: { externalId: "b" } });
  });

  it("is said once there is another in its place, and not before", async () => {
    const { run, emulator, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    await run(["apply", file, "--only", "a"]);
    await emulator.faults.add({ route: "companies.list", status: 403, times: 1 });
    const failed = await run(["apply", file, "--only", "b"]);
    expect([failed.status, failed.stderr]).toEqual([4, expect.not.stringContaining("replaces")]);
    const { stderr } = await run(["apply", file, "--only", "b"]);
    expect(
      stderr.match(/ was Company a \([0-9a-f-]{36}\); this one replaces it\.$/gm),
    ).toHaveLength(1);
  });

  it("and nothing at all is stored with --no-save", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    const { stderr } = await run(["apply", file, "--no-save"]);
    expect(stderr).toContain("With --no-save nothing is remembered");
    expect((await run(["apply", file])).stderr).toContain("No ledger of these companies");
  });
});

describe("passwords", () => {
  const other = (key: string, more: object = {}) =>
    company(key, {
      connection: { url: "https://utility.example", username: "someone", ...more },
    });

  it("that are missing are all named before any request", async () => {
    const { run, holds, folder } = await bench();
    const file = planFile(folder, [
      ...COMPANIES,
      other("x", { passwordEnv: "ONE_PASSWORD" }),
      other("y", { passwordEnv: "TWO_PASSWORD" }),
    ]);
    const { status, stderr } = await run(["apply", file, "--debug"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/ONE_PASSWORD.*someone at https:\/\/utility\.example.*\(line \d+\)/);
    expect(stderr).toContain("TWO_PASSWORD");
    expect(requestsOf(stderr)).toEqual([]);
    expect(await holds()).toEqual([]);
    expect((await run(["apply", file, "--only", "a"])).status).toBe(0);
  });

  it("are never this tool's own key", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, [other("x", { passwordEnv: "NECTAR_API_KEY" })]);
    const { status, stderr } = await run(["apply", file, "--debug"]);
    expect([status, requestsOf(stderr)]).toEqual([2, []]);
    expect(stderr).toContain("NECTAR_API_KEY holds a secret of this tool, not the password");
  });

  it("come from stdin where exactly one login needs it", async () => {
    const { run, folder } = await bench();
    const stdin = "secret\n";
    const one = planFile(folder, [...COMPANIES, other("x")]);
    expect((await run(["apply", one])).status).toBe(2);
    expect((await run(["apply", one, "--password-stdin"], { stdin })).status).toBe(3);
    for (const companies of [COMPANIES, [other("x"), other("y", { username: "another" })]]) {
      const file = planFile(folder, companies);
      const { status, stderr } = await run(["apply", file, "--password-stdin"], { stdin });
      expect(status).toBe(2);
      expect(stderr).toContain("it takes exactly one");
    }
    expect((await run(["apply", "-", "--password-stdin"], { stdin })).status).toBe(2);
  });
});
