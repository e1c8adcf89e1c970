import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freshHome, type Home, startEmulator, startProcess } from "../support/nectar-process.ts";
import { COLOR, cursorIsShown, KEY, linesOf, openTerminal } from "../support/terminal-process.ts";

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const COMMANDS = ["companies", "sites", "connections"] as const;

/** The IDs that the local emulator of a home holds. */
async function idsIn(home: Home): Promise<Record<(typeof COMMANDS)[number], string[]>> {
  const [companies, sites, connections] = await Promise.all(
    COMMANDS.map(async (noun) => {
      const { stdout } = await home.run([noun, "list", "--local", "--quiet"]);
      return stdout.split("\n").filter((line) => line !== "");
    }),
  );
  return { companies: companies ?? [], sites: sites ?? [], connections: connections ?? [] };
}

describe.each([
  ["80 columns", { columns: 80, env: {} }],
  ["40 columns", { columns: 40, env: {} }],
  ["80 columns without colour", { columns: 80, env: { NO_COLOR: "1" } }],
  ["a dumb terminal", { columns: 80, env: { TERM: "dumb" } }],
])("the wizard on %s", (_, options) => {
  const pointer = "TERM" in options.env ? ">" : "❯";
  const paints = Object.keys(options.env).length === 0;

  test("is answered by keyboard, and its last line does the same without a question", async () => {
    const home = freshHome();
    const terminal = openTerminal(home, ["onboard"], options);
    await terminal.answer(
      ["Where", KEY.down],
      [`${pointer} Nectar API`, KEY.up],
      [`${pointer} Local emulator`, KEY.enter],
      ["Company name", `Acme's "Corp" $HOME${KEY.enter}`],
      ["Your own ID for it", `acme 1${KEY.enter}`],
      ["How many sites", `4${KEY.enter}`],
      ["Enter a number from 1 to 3.", `${KEY.backspace}2${KEY.enter}`],
      ["Site 1, name", KEY.enter],
      ["Site 1, address", `1 Main; St${KEY.enter}`],
      ["Site 2, name", `Test Facility${KEY.enter}`],
      ["Another site has this name.", `${KEY.backspace.repeat(13)}Størage${KEY.enter}`],
      ["Site 2, address", KEY.enter],
      ["Country", `USA${KEY.enter}`],
      ['"USA" is not a country', `${KEY.backspace}${KEY.enter}`],
      ["Go ahead", KEY.enter],
    );
    const { status, shown } = await terminal.ended;
    expect(status).toBe(0);
    expect(cursorIsShown(shown)).toBe(true);
    expect(COLOR.test(shown)).toBe(paints);

    const lines = linesOf(shown);
    const result = lines.slice(lines.findLastIndex((line) => line.startsWith("Connected:")));
    const ids = await idsIn(home);
    expect(Object.values(ids).map((some) => some.length)).toEqual([1, 2, 1]);
    expect(new Set(result.join("\n").match(UUID))).toEqual(new Set(Object.values(ids).flat()));
    const inCi = result.indexOf("In CI");
    // A command is not broken, so that it can be copied.
    const talk = result.slice(0, inCi).filter((line) => !line.startsWith("  nectar "));
    for (const line of talk) expect(line.length).toBeLessThanOrEqual(options.columns);

    const command = result[inCi + 1]?.trim() ?? "";
    expect(command).toMatch(/^nectar onboard --local /);
    const again = await startProcess("/bin/sh", ["-c", command], {
      cwd: home.folder,
      env: home.env,
    }).ended;
    expect(again.status).toBe(0);
    const rows = again.stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows.map(([step, , , outcome]) => [step, outcome])).toEqual([
      ["company", "existing"],
      ["site", "existing"],
      ["site", "existing"],
      ["connection", "existing"],
    ]);
    expect(rows[0]?.[2]).toBe(`Acme's "Corp" $HOME`);
    expect(await idsIn(home)).toEqual(ids);
  });
});

test("the wizard asks only for what was not given", async () => {
  const home = freshHome();
  const words = ["--company-name", "Acme", "--company-external-id", "a", "--site", "Plant"];
  const terminal = openTerminal(home, ["onboard", "--local", ...words, "--country", "DE"]);
  await terminal.answer(["Go ahead", KEY.enter]);
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  expect(shown.match(/\?.*?(?=\u001b|\r)/g)?.join()).not.toContain("Country");
  expect((await idsIn(home)).sites).toHaveLength(1);
});

test("a no to the last question creates nothing", async () => {
  const home = freshHome();
  const words = ["--company-name", "Acme", "--company-external-id", "a", "--site", "Plant"];
  const terminal = openTerminal(home, ["onboard", "--local", ...words, "--country", "DE"]);
  await terminal.answer(["Go ahead", `n${KEY.enter}`]);
  const { status, shown } = await terminal.ended;
  expect(status).toBe(2);
  expect(shown).toContain("nothing was created");
  expect(await idsIn(home)).toEqual({ companies: [], sites: [], connections: [] });
});

test.each([
  [["--yes"], {}],
  [["--no-input"], {}],
  [["--json"], {}],
  [[], { CI: "true" }],
  [[], { NECTAR_NO_INPUT: "1" }],
])("no question is put on a terminal with %j and %j", async (flags, env) => {
  const words = ["onboard", "--local", ...flags];
  const { status, shown } = await openTerminal(freshHome(), words, { env }).ended;
  expect(status).toBe(2);
  expect(shown).toContain("--company-name");
  expect(shown).not.toContain("?25l");
});

describe("a key", () => {
  const WRONG = "not-the-key-1234567890";

  test("is asked for until the API accepts it, kept for its owner alone, and never shown", async () => {
    const { url, key } = await startEmulator(freshHome());
    const home = freshHome();
    const terminal = openTerminal(home, ["onboard", "--api-url", url]);
    await terminal.answer(
      ["API key for", `has spaces in it${KEY.enter}`],
      ["> ", `${KEY.backspace.repeat(16)}${WRONG}${KEY.enter}`],
      ["refused the key", ""],
      ["API key for", `${key}${KEY.enter}`],
      ["The key is accepted", ""],
      ["Keep this key", KEY.enter],
      ["Company name", `Acme${KEY.enter}`],
      ["Your own ID", KEY.enter],
      ["How many sites", KEY.enter],
      ["Site 1, name", KEY.enter],
      ["Site 1, address", KEY.enter],
      ["Country", KEY.enter],
      ["Go ahead", KEY.enter],
    );
    const { status, shown } = await terminal.ended;
    expect(status).toBe(0);
    const flat = shown.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
    for (const secret of [key, WRONG, key.slice(0, 20), "has spaces"]) {
      expect(shown).not.toContain(secret);
      expect(flat).not.toContain(secret);
    }

    const config = home.env["NECTAR_CONFIG_DIR"] ?? "";
    expect(statSync(config).mode & 0o777).toBe(0o700);
    const holders = readdirSync(config).filter((name) => {
      const file = join(config, name);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      return readFileSync(file, "utf8").includes(key);
    });
    expect(holders).toEqual(["credentials.json"]);

    const list = await home.run(["connections", "list", "--json"]);
    expect(list).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(list.stdout)).toHaveLength(1);
  });

  test("that is not to be kept is used for this run alone", async () => {
    const { url, key } = await startEmulator(freshHome());
    const home = freshHome();
    const words = ["--company-name", "Acme", "--company-external-id", "a", "--site", "Plant"];
    const terminal = openTerminal(home, [
      ...["onboard", "--api-url", url, "--country", "US"],
      ...words,
    ]);
    await terminal.answer(
      ["API key for", `${key}${KEY.enter}`],
      ["Keep this key", `n${KEY.enter}`],
      ["Go ahead", KEY.enter],
    );
    expect((await terminal.ended).status).toBe(0);
    expect(readdirSync(home.env["NECTAR_CONFIG_DIR"] ?? "")).not.toContain("credentials.json");
    const list = await home.run(["connections", "list"]);
    expect(list).toMatchObject({ status: 4, stdout: "" });
  });

  test("is taken by auth login on a terminal", async () => {
    const { url, key } = await startEmulator(freshHome());
    const home = freshHome();
    const terminal = openTerminal(home, ["auth", "login", "--api-url", url]);
    await terminal.answer(["API key for", `${key}${KEY.enter}`]);
    const { status, shown } = await terminal.ended;
    expect(status).toBe(0);
    expect(shown).not.toContain(key);
    const check = await home.run(["auth", "status", "--json", "--api-url", url]);
    expect(check.status).toBe(0);
    expect(check.stdout).not.toContain(key);
  });
});
