import { expect, test } from "vitest";
import { freshHome, startEmulator } from "../support/nectar-process.ts";
import { KEY, linesOf, openTerminal } from "../support/terminal-process.ts";

/** A machine with companies at a target that is not local to it. */
async function setUp(...names: string[]) {
  const { url, key } = await startEmulator(freshHome());
  const home = freshHome();
  const env = { NECTAR_API_URL: url, NECTAR_API_KEY: key };
  for (const name of names) {
    const words = ["onboard", "--company-name", name, "--site", "Plant", "--no-wait"];
    expect((await home.run(words, { env })).status).toBe(0);
  }
  const left = async () => {
    const { stdout } = await home.run(["companies", "list", "--json"], { env });
    return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  };
  const teardown = (...words: string[]) =>
    openTerminal(home, ["teardown", ...words], { env, columns: 120 });
  return { env, home, left, teardown };
}

test("several companies elsewhere go once the profile's name is typed, and not for a yes", async () => {
  const { left, teardown } = await setUp("Acme", "Other");
  for (const answer of ["y", ""]) {
    const terminal = teardown("--older-than", "1ms");
    await terminal.answer([
      "Type the profile's name to delete 2 companies",
      `${answer}${KEY.enter}`,
    ]);
    const { status, shown } = await terminal.ended;
    expect([status, shown]).toEqual([2, expect.stringContaining("nothing was done")]);
  }
  expect(await left()).toEqual(["Acme", "Other"]);
  const terminal = teardown("--older-than", "1ms");
  await terminal.shows("Acme");
  await terminal.answer(["Type the profile's name", `default${KEY.enter}`]);
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  const lines = linesOf(shown);
  expect(lines.filter((line) => /^to delete +company +(?:Acme|Other) /.test(line))).toHaveLength(2);
  expect(lines.filter((line) => /^deleted +company +(?:Acme|Other) /.test(line))).toHaveLength(2);
  expect(lines).toContain("2 deleted.");
  expect(await left()).toEqual([]);
});

test("one company goes for a yes, and none on Ctrl-C", async () => {
  const { left, teardown } = await setUp("Acme");
  const stopped = teardown("--company", "acme");
  await stopped.answer(["Delete 1 company with 1 site and 1 connection", KEY.ctrlC]);
  expect((await stopped.ended).status).toBe(130);
  expect(await left()).toEqual(["Acme"]);
  const terminal = teardown("--company", "acme");
  await terminal.answer(["Delete 1 company", `y${KEY.enter}`]);
  expect((await terminal.ended).status).toBe(0);
  expect(await left()).toEqual([]);
});

test("companies delete asks with the name and what goes with it", async () => {
  const { home, env, left } = await setUp('Acme "x"');
  const terminal = openTerminal(home, ["companies", "delete"], { env, columns: 120 });
  await terminal.answer(['Delete the company "Acme "x"" (', `n${KEY.enter}`]);
  const { status, shown } = await terminal.ended;
  expect([status, shown]).toEqual([2, expect.stringContaining("with 1 site and 1 connection?")]);
  expect(await left()).toEqual(['Acme "x"']);
  // Deleted by somebody else: what this machine knows is brought up to date.
  const { stdout } = await home.run(["companies", "list", "-q"], { env });
  const id = stdout.trim();
  const headers = { "x-api-key": env.NECTAR_API_KEY };
  await fetch(`${env.NECTAR_API_URL}/company/${id}`, { method: "DELETE", headers });
  const gone = openTerminal(home, ["companies", "delete", id], { env, columns: 120 });
  await gone.answer(["no longer exists", `y${KEY.enter}`]);
  expect((await gone.ended).status).toBe(0);
});
