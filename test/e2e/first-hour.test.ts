/** A newcomer's first hour, with the built tool: each step goes on from what the one before it left. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { freshHome, startEmulator } from "../support/nectar-process.ts";
import { KEY, linesOf, openTerminal } from "../support/terminal-process.ts";

const PLAIN = { columns: 120, env: { NO_COLOR: "1" } };

/** Somebody's own test: it knows nothing but the two variables. */
const OWN_TEST = `
  import assert from "node:assert";
  const { NECTAR_API_URL, NECTAR_API_KEY } = process.env;
  const headers = { "x-api-key": NECTAR_API_KEY, "content-type": "application/json" };
  const body = JSON.stringify({ name: "Acme" });
  const made = await fetch(NECTAR_API_URL + "/company", { method: "POST", headers, body });
  assert.equal(made.ok, true);
  const all = await (await fetch(NECTAR_API_URL + "/company", { headers })).json();
  assert.deepEqual(all.map(({ name }) => name), ["Acme"]);
`;

test("from nothing to a connection, its data, a test of one's own, and two things that go wrong", async () => {
  const home = freshHome();

  const wizard = openTerminal(home, ["onboard"], PLAIN);
  await wizard.answer(
    ["❯ Local emulator", KEY.enter],
    ["Company name", `Demo${KEY.enter}`],
    ["Your own ID", KEY.enter],
    ["How many sites", `4${KEY.enter}`],
    ["Enter a number from 1 to 3.", `${KEY.backspace}1${KEY.enter}`],
    ["Site 1, name", `Plant${KEY.enter}`],
    ["Site 1, address", KEY.enter],
    ["Country", KEY.enter],
    ["Create this", `${KEY.down}${KEY.enter}`],
    ["❯ Where: the local emulator", `${KEY.down}${KEY.enter}`],
    ["? Company name", `Demo Ltd${KEY.enter}`],
    ["Your own ID", KEY.enter],
    ["Company  Demo Ltd, new, your ID demo-ltd", ""],
    ["Create this", KEY.enter],
  );
  const onboarded = await wizard.ended;
  expect(onboarded.status).toBe(0);
  const chart = linesOf(onboarded.shown).find((line) => line.includes("nectar usage chart")) ?? "";
  expect(chart).toContain("its usage by month");

  const [line = ""] = chart.trim().split("   ");
  const shown = await openTerminal(home, line.split(" ").slice(1), PLAIN).ended;
  expect(shown.status).toBe(0);
  expect(linesOf(shown.shown).some((line) => /^Total {2}[\d .]+ \S/.test(line))).toBe(true);

  const variables = parseEnv((await home.run(["env", "--local"])).stdout);
  const id = variables["NECTAR_CONNECTION_ID"] ?? "";
  expect(variables).toMatchObject({ NECTAR_CONNECTION_STATUS: "CONNECTED" });

  writeFileSync(join(home.folder, "own.mjs"), OWN_TEST);
  const run = ["emulator", "run", "--", "node", "own.mjs"];
  expect(await home.run(run)).toMatchObject({ status: 0, stderr: "" });

  const { url, running } = await startEmulator(home);
  const broken = { NECTAR_API_URL: url, NECTAR_API_KEY: "not-the-key" };
  const doctor = await home.run(["doctor"], { env: broken });
  expect(doctor.status).toBe(4);
  expect(doctor.stdout).toMatch(/^failed\tping\t.* refused the key \(401\)/m);
  expect(doctor.stderr).toContain("nectar: 1 check failed: ping\n");
  expect(doctor.stderr).toContain(`nectar auth login --api-url ${url}   use another key\n`);
  running.kill("SIGINT");

  // Support gets an e-mail address and nothing else; the second command takes the ID that the first one prints.
  await home.run(["emulator", "set-status", id, "PASSWORD_INCORRECT"]);
  const owner = ["--owner", "you@nectar.local", "--all-companies", "--local"];
  const [found = ""] = (await home.run(["connections", "list", ...owner])).stdout.split("\n");
  expect(found).toMatch(/^PASSWORD_INCORRECT\tDemo Ltd\t/);
  const last = found.split("\t").at(-1) ?? "";
  const get = await openTerminal(home, ["connections", "get", last, "--local"], PLAIN).ended;
  expect(get.status).toBe(0);
  const lines = linesOf(get.shown);
  expect(lines).toContain("Status      Password incorrect");
  expect(lines.some((one) => one.startsWith("What to do  Enter the correct login"))).toBe(true);
  expect(lines).toContain(`  nectar invitations create --reconnect ${id} --local`);
});
