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
])("the wizard on %s", (_, options) => {
  const pointer = "❯";
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
      ["Create this", KEY.enter],
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
  await terminal.answer(["Create this", KEY.enter]);
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  expect(shown.match(/\?.*?(?=\u001b|\r)/g)?.join()).not.toContain("Country");
  expect((await idsIn(home)).sites).toHaveLength(1);
});

const PLAIN = { columns: 120, env: { NO_COLOR: "1" } };
const ACME = ["--company-name", "Acme", "--company-external-id", "a", "--site", "Plant"];

describe("nothing is created, and the command with the answers is printed, after", () => {
  const COMMAND = "nectar onboard --local --company-name Acme --company-external-id a --site Plant";

  test.each([
    ["no", [["Create this", "n"]], {}, "stopped"],
    ["Stop", [["Create this", `${KEY.up}${KEY.enter}`]], {}, "stopped"],
    ["no in lines", [["Create this: 1 Yes", `no${KEY.enter}`]], { TERM: "dumb" }, "stopped"],
    ["Ctrl-C", [["Create this", KEY.ctrlC]], {}, "stopped"],
    ["Ctrl-C in lines", [["[1]: ", KEY.ctrlC]], { TERM: "dumb" }, "stopped"],
    [
      "the end of stdin in lines",
      [["[1]: ", KEY.ctrlD]],
      { TERM: "dumb" },
      "the input ended before",
    ],
  ] as const)("%s", async (_, steps, env, said) => {
    const home = freshHome();
    const words = ["onboard", "--local", ...ACME, "--country", "DE"];
    const terminal = openTerminal(home, words, { columns: 200, env });
    await terminal.answer(...steps);
    const { status, shown } = await terminal.ended;
    expect(status).toBe(130);
    const lines = linesOf(shown);
    expect(lines.filter((line) => line.startsWith(`nectar: ${said}`))).toHaveLength(1);
    expect(lines).toContain("Nothing was created.");
    expect(lines.some((line) => line.includes(`${COMMAND} --country DE `))).toBe(true);
    expect(await idsIn(home)).toEqual({ companies: [], sites: [], connections: [] });
  });

  test("half of the answers, without what was never typed", async () => {
    const home = freshHome();
    const terminal = openTerminal(home, ["onboard"], { columns: 200 });
    await terminal.answer(
      ["Where", KEY.enter],
      ["Company name", `Acme${KEY.enter}`],
      ["Your own ID", `a${KEY.enter}`],
      ["How many sites", `2${KEY.enter}`],
      ["Site 1, name", `Plant${KEY.enter}`],
      ["Site 1, address", `1 Main St${KEY.enter}`],
      ["Site 2, name", KEY.ctrlC],
    );
    const { status, shown } = await terminal.ended;
    expect(status).toBe(130);
    const line = linesOf(shown).find((one) => one.includes("nectar onboard"));
    expect(line).toContain(
      "nectar onboard --local --company-name Acme --company-external-id a --site 'name=Plant;address=1 Main St'   continue",
    );
  });
});

test("the wizard goes back, shows every answer, takes corrections, and says what the profile points to", async () => {
  const home = freshHome();
  await home.run(["onboard", "--local", ...ACME, "--yes"]);
  const [acme] = (await idsIn(home)).companies;
  const terminal = openTerminal(home, ["onboard", "--local"], PLAIN);
  await terminal.answer(
    ["❯ A new company", ""],
    ["  Acme, a", KEY.enter],
    ["Company name", KEY.escape],
    ["❯ A new company", KEY.enter],
    ["Company name", `Demo${KEY.enter}`],
    ["Your own ID", KEY.enter],
    ["How many sites", KEY.enter],
    ["Site 1, name", `Depot${KEY.enter}`],
    ["Site 1, address", `<${KEY.enter}`],
    ["Site 1, name", `Docks${KEY.enter}`],
    ["Site 1, address", KEY.enter],
    ["Country", KEY.enter],
    [`Company  Demo, new, your ID demo`, ""],
    [`local; it points to Acme (${acme}) now, which this replaces`, ""],
    ["Create this", `${KEY.down}${KEY.enter}`],
    ["❯ Company: a new one", `${KEY.down}${KEY.enter}`],
    ["? Company name", `Demo Ltd${KEY.enter}`],
    ["Your own ID", KEY.enter],
    ["Company  Demo Ltd, new, your ID demo-ltd", ""],
    ["Create this", KEY.enter],
  );
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  expect(shown.match(/replaces/g)).toHaveLength(2);
  const { companies, sites } = await idsIn(home);
  expect([companies.length, sites.length]).toEqual([2, 1]);
});

test("an existing company and its site are used as they are", async () => {
  const home = freshHome();
  await home.run(["onboard", "--local", ...ACME, "--yes"]);
  const before = await idsIn(home);
  const terminal = openTerminal(home, ["onboard", "--local"], PLAIN);
  await terminal.answer(
    ["❯ A new company", KEY.down],
    ["❯ Acme, a", KEY.enter],
    ["How many sites", KEY.enter],
    ["❯ Plant", KEY.enter],
    ["Country", KEY.enter],
    [`Company  Acme, existing, ${before.companies[0]}`, ""],
    ["Plant, existing", ""],
    ["Create this", KEY.enter],
  );
  expect((await terminal.ended).status).toBe(0);
  expect(await idsIn(home)).toEqual(before);
});

describe.each([
  ["TERM=dumb", [], { TERM: "dumb" }],
  ["--accessible", ["--accessible"], { FORCE_COLOR: "3" }],
  ["ACCESSIBLE", [], { ACCESSIBLE: "1" }],
] as const)("with %s the wizard", (_, flags, env) => {
  test("only appends lines, says each thing once, and writes no escape byte", async () => {
    const home = freshHome();
    const terminal = openTerminal(home, ["onboard", ...flags], { env });
    await terminal.answer(
      ["Where: 1 Local emulator, 2 Nectar API [1]: ", `1${KEY.enter}`],
      ["Company name [Sandbox Test Company]: ", `Acme${KEY.enter}`],
      ["Your own ID for it [acme]: ", KEY.enter],
      ["How many sites, 1 to 3 [1]: ", `4${KEY.enter}`],
      ["Enter a number from 1 to 3.", ""],
      ["How many sites, 1 to 3 [1]: ", KEY.enter],
      ["Site 1, name [Test Facility]: ", KEY.enter],
      ["Site 1, address, optional: ", `<${KEY.enter}`],
      ["Site 1, name [Test Facility]: ", `Plant${KEY.enter}`],
      ["Site 1, address, optional: ", KEY.enter],
      ["Country (two letters) [US]: ", KEY.enter],
      ["Create this: 1 Yes, 2 Change an answer, 3 Stop [1]: ", KEY.enter],
    );
    const { status, shown } = await terminal.ended;
    expect(status).toBe(0);
    expect(shown).not.toMatch(/\u001b|\u009b|\u0008/);
    const lines = shown.split(/\r+\n/);
    expect(lines.join("\n")).not.toContain("\r");
    const review = lines.slice(lines.indexOf("Company: Acme, new, your ID acme"));
    expect(review.slice(1, 7)).toEqual([
      "Site: Plant",
      "Login: nectar-sandbox-username at nectarclimate.com",
      "Country: US",
      "Where: the local emulator",
      "Profile: local",
      "What exists already is kept.",
    ]);
    const work = review.slice(8, review.indexOf(""));
    expect(work.filter((line) => /created: |Connected: /.test(line))).toEqual([
      "Company created: Acme",
      "Site created: Plant",
      "Connection Connected: nectarclimate.com",
    ]);
    expect(new Set(work).size).toBe(work.length);
  });
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
      ["Create this", KEY.enter],
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
      ["Create this", KEY.enter],
    );
    expect((await terminal.ended).status).toBe(0);
    expect(readdirSync(home.env["NECTAR_CONFIG_DIR"] ?? "")).not.toContain("credentials.json");
    const list = await home.run(["connections", "list"]);
    expect(list).toMatchObject({ status: 4, stdout: "" });
  });

  test("is asked for in lines, and never echoed", async () => {
    const { url, key } = await startEmulator(freshHome());
    const home = freshHome();
    const words = ["auth", "login", "--api-url", url, "--accessible"];
    const terminal = openTerminal(home, words);
    await terminal.answer(
      [", not shown: ", `${WRONG}${KEY.enter}`],
      ["refused the key", ""],
      [", not shown: ", `${key}${KEY.enter}`],
    );
    const { status, shown } = await terminal.ended;
    expect(status).toBe(0);
    for (const secret of [key, WRONG, key.slice(0, 20), "\u001b"])
      expect(shown).not.toContain(secret);
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
