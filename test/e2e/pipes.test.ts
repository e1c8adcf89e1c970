import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freshHome, type Home } from "../support/nectar-process.ts";

const ONBOARD = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant"];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const STACK = /^\s+at /m;

async function onboarded(): Promise<Home> {
  const home = freshHome();
  expect((await home.run(ONBOARD)).status).toBe(0);
  return home;
}

describe("stdout is data", () => {
  test("--json prints one document and says nothing on stderr", async () => {
    const { status, stdout, stderr } = await freshHome().run([...ONBOARD, "--json"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      schemaVersion: 1,
      profile: "local",
      target: "local",
      company: { name: "Acme", outcome: "created" },
      connection: { status: "CONNECTED", state: "connected", outcome: "created" },
    });
    expect(result.company.id).toMatch(UUID);
  });

  test("a pipe gets columns between tabs, without a header or a sequence of the terminal", async () => {
    const { status, stdout } = await freshHome().run(ONBOARD);
    expect(status).toBe(0);
    expect(stdout).not.toContain("\u001b");
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows.map(([step, , name, outcome]) => [step, name, outcome])).toEqual([
      ["company", "Acme", "created"],
      ["site", "Plant", "created"],
      ["connection", "https://nectarclimate.com", "created"],
    ]);
    for (const [, id] of rows) expect(id).toMatch(UUID);
  });

  test("a list is a line each, with the same number of columns", async () => {
    const home = await onboarded();
    const { status, stdout, stderr } = await home.run(["connections", "list", "--local"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split("\t")[0]).toBe("CONNECTED");
    expect(lines[0]?.split("\t").at(-1)).toMatch(UUID);
  });

  test("colour comes into a pipe only when it is asked for", async () => {
    const home = await onboarded();
    const plain = await home.run(ONBOARD, { env: { TERM: "xterm-256color" } });
    expect(plain.stdout + plain.stderr).not.toContain("\u001b");
    const painted = await home.run([...ONBOARD, "--color"]);
    expect(painted.stderr).toContain("\u001b[");
  });
});

describe("a reader that goes away", () => {
  test("at once ends the command quietly", async () => {
    const home = await onboarded();
    const running = home.start(["connections", "list", "--local"]);
    running.child.stdout?.destroy();
    expect(await running.ended).toMatchObject({ status: 0, signal: null, stderr: "" });
  });

  test("in the middle of more than a pipe holds ends it quietly, too", async () => {
    const home = freshHome();
    const seed = join(home.folder, "seed.json");
    const connections = Array.from({ length: 250 }, (_, index) => ({ username: `user-${index}` }));
    const companies = [{ name: "Acme", sites: [{ name: "Plant" }], connections }];
    writeFileSync(seed, JSON.stringify({ companies }));
    expect((await home.run(["emulator", "seed", seed])).status).toBe(0);
    const list = ["connections", "list", "--local", "--all-companies", "--json"];
    expect((await home.run(list)).stdout.length).toBeGreaterThan(128 * 1024);
    const running = home.start(list);
    running.child.stdout?.once("data", () => running.child.stdout?.destroy());
    expect(await running.ended).toMatchObject({ status: 0, signal: null, stderr: "" });
  });
});

describe("a stream that is closed from the start", () => {
  test.each([">&-", "<&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])(
    "%s is no trouble to a command",
    async (redirect) => {
      const home = await onboarded();
      for (const words of [["connections", "list", "--local"], ONBOARD, ["--version"]]) {
        const { status, stdout, stderr } = await home.run(words, { redirect });
        expect(status).toBe(0);
        expect(stdout === "").toBe(/(?:^| )>&-/.test(redirect));
        expect(stderr).not.toMatch(STACK);
      }
    },
  );

  test.each([">&-", "<&-", "2>&-"])("%s changes no exit status of a failure", async (redirect) => {
    const { status, stdout, stderr } = await freshHome().run(["onboard"], { redirect });
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr === "").toBe(redirect === "2>&-");
    expect(stderr).not.toMatch(STACK);
  });

  test("a secret that should come on a closed stdin is missed, not waited for", async () => {
    const { status, stderr } = await freshHome().run(["auth", "login", "--key-stdin"], {
      redirect: "<&-",
    });
    expect(status).toBe(2);
    expect(stderr).toContain("stdin is empty");
  });
});

describe("without a terminal", () => {
  test.each([
    ["an empty stdin", {}],
    ["a stdin that stays open", { stdin: null }],
  ])("missing input is named at once with %s", async (_, options) => {
    const { status, stdout, stderr } = await freshHome().run(["onboard", "--local"], options);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^nectar: missing input: --company-name, --site$/m);
  });

  test("a command that needs nothing from stdin does not wait for its end", async () => {
    const { status } = await freshHome().run(ONBOARD, { stdin: null });
    expect(status).toBe(0);
  });
});

describe.runIf(process.platform === "linux")("a result that can't be written", () => {
  test("is an error, also as JSON", async () => {
    const home = await onboarded();
    const words = ["connections", "list", "--local"];
    const run = (more: readonly string[]) =>
      home.run([...words, ...more], { redirect: ">/dev/full" });
    const shown = await run([]);
    expect(shown.status).toBe(9);
    expect(shown.stderr).toMatch(/^nectar: can't write the result: ENOSPC.*\n.*run it again\.\n$/);
    const machine = await run(["--json"]);
    expect(machine.status).toBe(9);
    expect(JSON.parse(machine.stderr).error).toMatchObject({ code: "result_not_written" });
  });

  test("is only the result: talk that can't be written changes no exit status", async () => {
    const home = freshHome();
    const run = (words: readonly string[]) => home.run(words, { redirect: "2>/dev/full" });
    const made = await run(ONBOARD);
    expect([made.status, made.stdout.split("\n").length]).toEqual([0, 4]);
    const exported = await run(["export", "--local", "--all-companies"]);
    expect([exported.status, exported.stdout]).toEqual([0, expect.stringContaining("Acme")]);
    expect((await run(["onboard"])).status).toBe(2);
  });

  test("leaves the failure that was explained before", async () => {
    const home = freshHome();
    const wrong = [...ONBOARD, "--username", "someone", "--password-stdin", "--json"];
    const run = await home.run(wrong, { stdin: "x", redirect: ">/dev/full" });
    expect(run.status).toBe(3);
    expect(JSON.parse(run.stderr).error).toMatchObject({ code: "status_needs_action" });
  });
});

test("a printed command begins as the run did", async () => {
  const home = freshHome();
  const { stderr } = await home.run(["compnies"]);
  expect(stderr).toContain("\n  nectar --help ");
  const path = home.env["PATH"]?.split(":").slice(1).join(":") ?? "";
  const without = await home.run(["compnies"], { env: { PATH: path } });
  expect(without.stderr).toMatch(/\n {2}node \/\S+\/bin\/nectar\.js --help /);
});

test("a working folder that was removed has no files, and hinders nothing else", async () => {
  const home = await onboarded();
  const inGone = (line: string) =>
    spawnSync("sh", ["-c", `mkdir gone && cd gone && rmdir ../gone && ${line}`], {
      ...{ cwd: home.folder, env: { ...home.env }, encoding: "utf8" },
    });
  expect(inGone("nectar companies list --local").stdout).toContain("Acme\t");
  const none = inGone("nectar plan x.yaml --local");
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("there is no such file")]);
});
