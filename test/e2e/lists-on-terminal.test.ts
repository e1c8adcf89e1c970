import stringWidth from "string-width";
import { expect, test } from "vitest";
import { freshHome, type Home } from "../support/nectar-process.ts";
import { COLOR, linesOf, openTerminal } from "../support/terminal-process.ts";

/** A company with a connection that works and one that needs its owner; returns their IDs. */
async function twoConnections(home: Home): Promise<readonly string[]> {
  const made = await home.run([
    ...["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--site", "Store"],
    "--json",
  ]);
  const { company, sites } = JSON.parse(made.stdout);
  const refused = await home.run(
    [
      ...["connections", "create", "--local", "--company", company.id, "--site-id", sites[0].id],
      ...["--username", "somebody-with-a-long-name@example.com", "--password-stdin"],
    ],
    { stdin: "wrong" },
  );
  expect(refused.status).toBe(3);
  const { stdout } = await home.run(["connections", "list", "--local", "--quiet"]);
  return stdout.trimEnd().split("\n");
}

test("at 120 columns a list is a table of whole IDs, a line each", async () => {
  const home = freshHome();
  const ids = await twoConnections(home);
  const terminal = openTerminal(home, ["connections", "list", "--local"], { columns: 120 });
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  const lines = linesOf(shown);
  expect(lines[0]).toMatch(/^STATUS +PROVIDER +USERNAME +SITES +UPDATED +ID$/);
  expect(lines[1]).toMatch(/^Connected +Nectar Sandbox +nectar-sandbox-username +2 /);
  expect(lines[2]).toMatch(/^Password incorrect +/);
  for (const [index, id] of ids.entries()) expect(lines[index + 1]?.endsWith(`  ${id}`)).toBe(true);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(120);
  expect(lines.join("\n")).toContain("2 connections of Acme · profile local");
  expect(shown).toMatch(COLOR);
});

test("at 40 columns each row is a block that fits, with its ID whole", async () => {
  const home = freshHome();
  const ids = await twoConnections(home);
  const terminal = openTerminal(home, ["connections", "list", "--local"], {
    columns: 40,
    env: { NO_COLOR: "1" },
  });
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  expect(shown).not.toMatch(COLOR);
  const lines = linesOf(shown);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(40);
  for (const id of ids) expect(lines.filter((line) => line.includes(id))).toHaveLength(1);
  expect(lines.filter((line) => /^STATUS|^Status/.test(line)).length).toBeGreaterThan(0);
});

test("an empty list says so to a person, and nothing to a pipe", async () => {
  const home = freshHome();
  const terminal = openTerminal(home, ["companies", "list", "--local"]);
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  expect(shown.trim()).not.toBe("");
  const piped = await home.run(["companies", "list", "--local"]);
  expect(piped).toMatchObject({ status: 0, stdout: "" });
});
