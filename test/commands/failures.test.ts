/** A run that does not end with 0 explains itself on stderr: on a terminal, in a pipe, with --json and with --quiet. */
import { describe, expect, it } from "vitest";
import { readStatus } from "../../src/api/status.ts";
import { openEmulator } from "../../src/emulator/emulator.ts";
import { STATUSES } from "../../src/emulator/statuses/statuses.ts";
import { EXIT_TABLE, exitCode } from "../../src/errors.ts";
import { freshPlace, type Place, type Run, type RunOptions } from "../support/run-cli.ts";
import { json, stubServer } from "../support/stub-server.ts";
import { workClock } from "../support/test-clock.ts";

const ACME = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--no-color"];
const WRONG = [...ACME, "--username", "someone", "--password-stdin"];

const meaning = (code: number) => EXIT_TABLE.find((row) => row.code === code)?.meaning;

/** A place with one connection of a status. */
async function withStatus(status: string): Promise<{ place: Place; id: string }> {
  const place = freshPlace();
  const made = await place.run([...ACME, "--json", "--no-wait"]);
  const { id } = made.json<{ connection: { id: string } }>().connection;
  const operations = await openEmulator({
    stateDir: `${place.folder}/state`,
    clock: { now: () => Date.now(), sleep: async () => {} },
    ids: () => crypto.randomUUID(),
  });
  await operations.setStatus(id, status);
  await operations.close();
  return { place, id };
}

const wait = (place: Place, words: readonly string[] = [], options: RunOptions = {}) =>
  place.run(["connections", "wait", "--local", "--timeout", "70s", "--no-color", ...words], {
    clock: workClock(),
    ...options,
  });

describe.each(STATUSES.filter((status) => readStatus(status).state !== "connected"))(
  "the status %s",
  (status) => {
    const reading = readStatus(status);
    const code = reading.state === "pending" ? 8 : 3;

    it("is told in four lines that are no wider for being in 40 columns", async () => {
      const { place, id } = await withStatus(status);
      const piped = await wait(place);
      expect(piped.status).toBe(code);
      const lines = piped.stderr.trimEnd().split("\n");
      expect(lines).toHaveLength(4);
      expect(lines[0]).toBe(`Connection ${id}: ${reading.label} (${status})`);
      expect(lines[1]?.toLowerCase()).toContain(reading.meaning.toLowerCase());
      expect(lines[1]).toContain(reading.advice);
      if (reading.state === "needs-action") {
        expect(lines[1]).toContain("another connection with --new-connection.");
        expect(lines[3]).toMatch(/^Next: nectar invitations create --reconnect /);
      }
      expect(lines[2]).toBe(`Exit ${code}: ${meaning(code)}.`);
      expect(lines[3]).toMatch(/^Next: nectar \S.* --local$/);
      if (code === 8) expect(lines[3]).toBe(`Next: nectar connections wait ${id} --local`);
      expect(piped.stdout).toContain(id);
      const quiet = await wait(place, ["--quiet"]);
      expect([quiet.status, quiet.stdout, quiet.stderr]).toEqual([code, `${id}\n`, piped.stderr]);
      const narrow = await wait(place, [], { columns: 40 });
      expect([narrow.status, narrow.stderr]).toEqual([code, piped.stderr]);
      expect(narrow.stdout).not.toContain("\nNext\n");
      expect(narrow.stdout).not.toMatch(/^(?:Meaning|Detail)\b/m);
    });

    it("is one object on stderr with --json, beside the result", async () => {
      const { place, id } = await withStatus(status);
      const run = await wait(place, ["--json"]);
      expect(run.status).toBe(code);
      expect(run.json()).toMatchObject({ id, status });
      expect(run.error()).toMatchObject({
        code: `status_${reading.state.replace("-", "_")}`,
        message: `Connection ${id}: ${reading.label} (${status})`,
        hint: reading.advice,
        next: [
          { command: expect.stringMatching(/^nectar .*--local$/), why: expect.any(String) },
          {},
          {},
        ].slice(0, run.error().next.length),
        httpStatus: null,
      });
      if (reading.state === "needs-action") {
        const commands = run.error().next.map(({ command }) => command);
        expect(commands).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^nectar invitations create --reconnect /),
            expect.stringMatching(/^nectar connections create --new-connection /),
          ]),
        );
      }
    });
  },
);

describe("nectar onboard", () => {
  it("prints its result and explains the status, in every mode", async () => {
    const run = (words: readonly string[], options: RunOptions = {}) =>
      freshPlace().run([...WRONG, ...words], { stdin: "x", ...options });
    const explained =
      /^Connection \S{36}: Password incorrect \(PASSWORD_INCORRECT\)\nThe utility's site refused .*\. The API says: .*\nExit 3: .*\nNext: nectar invitations create --reconnect \S{36} --local\n$/m;
    for (const words of [[], ["--quiet"]]) {
      const piped = await run(words);
      expect([piped.status, piped.stdout.trim() === ""]).toEqual([3, false]);
      expect(piped.stderr).toMatch(explained);
    }
    const machine = await run(["--json"]);
    expect(machine.status).toBe(3);
    expect(machine.json<{ connection: object }>().connection).toMatchObject({
      state: "needs-action",
      statusDetail: expect.stringContaining("refused"),
    });
    expect(machine.error()).toMatchObject({ code: "status_needs_action" });
    const shown = await run([], { columns: 100 });
    expect(shown.status).toBe(3);
    expect(shown.stderr).toMatch(explained);
    expect(shown.stdout).toContain("In CI\n");
    expect(shown.stdout).not.toContain("refused");
    expect(shown.stdout).not.toContain("Next\n");
  });

  it("is no failure while it is pending and was not waited for", async () => {
    const { place } = await withStatus("PENDING");
    const run = await place.run([...ACME, "--no-wait", "--json"]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
  });
});

describe("nectar onboard that the API refuses", () => {
  it("creates nothing for a site that a new company can't have", async () => {
    const place = freshPlace();
    const site = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";
    const run = await place.run([...ACME, "--site-id", site]);
    expect([run.status, run.stdout]).toEqual([5, ""]);
    expect(run.stderr).toContain(`no site of a company that does not exist yet has the ID ${site}`);
    expect((await place.run(["companies", "list", "--local", "-q"])).stdout).toBe("");
  });

  it("half-way names what was created, and the command for when that is solved", async () => {
    const place = freshPlace();
    const fault = ["emulator", "fault", "--route", "sites.create", "--status", "422"];
    expect((await place.run(fault)).status).toBe(0);
    const run = await place.run([...ACME, "--json"]);
    const { error } = run;
    expect([run.status, error().created.companyId]).toEqual([7, expect.any(String)]);
    expect(error().next.map(({ command }) => command)).toEqual([
      expect.stringMatching(/^nectar onboard --local --company-name Acme /),
    ]);
  });
});

describe("other values that end a run with more than 0", () => {
  it("a status that was waited for in vain is named, with the time", async () => {
    const { place, id } = await withStatus("CONNECTED");
    const run = await wait(place, ["--for", "website-down"]);
    expect(run.status).toBe(8);
    expect(run.stderr).toBe(
      [
        `Connection ${id}: Connected (CONNECTED), not WEBSITE_DOWN within 70 s`,
        "Nectar can log in; data is being collected.",
        `Exit 8: ${meaning(8)}.`,
        `Next: nectar connections wait --for WEBSITE_DOWN ${id} --local`,
        "",
      ].join("\n"),
    );
    expect((await wait(place, ["--for", "website-down", "--json"])).error().code).toBe(
      "status_not_reached",
    );
  });

  it("a status that nobody knows is shown as it is", async () => {
    const id = "8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11";
    const vendor = await stubServer((response) => json(response, 200, { id, status: "ON_HOLD" }));
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const run = await freshPlace().run(["connections", "wait", id], { env });
    expect(run.status).toBe(3);
    expect(run.stderr.split("\n")[0]).toBe(`Connection ${id}: ON_HOLD`);
  });

  it("a refused key is shown, and is an error", async () => {
    const vendor = await stubServer((response) => json(response, 401, { detail: "No." }));
    const env = { NECTAR_API_URL: vendor.url, NECTAR_API_KEY: "k" };
    const run = (words: readonly string[], options: RunOptions = {}): Promise<Run> =>
      freshPlace().run(["auth", "status", "--no-color", ...words], { ...options, env });
    const machine = await run(["--json"]);
    expect(machine.status).toBe(exitCode("auth"));
    expect(machine.json()).toMatchObject({ valid: false, reason: expect.stringContaining("401") });
    expect(machine.json()).not.toHaveProperty("refusal");
    expect(machine.error()).toMatchObject({
      code: "key_refused",
      next: [{ command: `nectar auth login --api-url ${vendor.url}` }],
    });
    for (const options of [{}, { columns: 80 }]) {
      const shown = await run([], options);
      expect(shown.stdout).toMatch(/^Accepted\s+no$/m);
      expect(shown.stderr).toMatch(/^nectar: \S+ refused the key \(401\): No\.\n/);
      expect(/^Reason/m.test(shown.stdout)).toBe(!("columns" in options));
    }
  });
});
