import { describe, expect, test } from "vitest";
import { freshHome, startEmulator } from "../support/nectar-process.ts";
import { cursorIsShown, KEY, openTerminal, type TerminalEnd } from "../support/terminal-process.ts";

type Step = readonly [awaited: string, keys: string];

/** Every question of the wizard on the local emulator, in its order. */
const WIZARD: readonly Step[] = [
  ["Where", KEY.enter],
  ["Company name", KEY.enter],
  ["Your own ID", KEY.enter],
  ["How many sites", KEY.enter],
  ["Site 1, name", KEY.enter],
  ["Site 1, address", KEY.enter],
  ["Country", KEY.enter],
  ["Create this", KEY.enter],
];

const STOPPED = "stopped by SIG";

const LEAVING = [
  ["Ctrl-C", KEY.ctrlC, STOPPED],
  ["Ctrl-D", KEY.ctrlD, "the input ended before the question was answered"],
] as const;

function expectQuietEnd({ status, shown }: TerminalEnd, says = STOPPED, expected = 130): void {
  expect(status).toBe(expected);
  expect(shown).toContain(says);
  expect(shown).not.toMatch(/^\s*at .*:\d+/m);
  expect(shown).not.toContain("ExitPromptError");
  expect(cursorIsShown(shown)).toBe(true);
}

describe.each(LEAVING)("%s", (_, key, says) => {
  test.each(WIZARD.map(([question], index) => ({ question, index })))(
    "leaves at $question, and nothing was created",
    async ({ question, index }) => {
      const home = freshHome();
      const terminal = openTerminal(home, ["onboard"]);
      await terminal.answer(...WIZARD.slice(0, index), [question, key]);
      expectQuietEnd(await terminal.ended, says);
      const { stdout } = await home.run(["companies", "list", "--local", "--json"]);
      expect(JSON.parse(stdout)).toEqual([]);
    },
  );

  test("leaves a dumb terminal, too", async () => {
    for (const index of [0, 1, 3]) {
      const [question] = WIZARD[index] ?? [""];
      const terminal = openTerminal(freshHome(), ["onboard"], { env: { TERM: "dumb" } });
      await terminal.answer(...WIZARD.slice(0, index), [question, key]);
      expectQuietEnd(await terminal.ended, says);
    }
  });

  test("leaves at the questions about a key", async () => {
    const emulator = await startEmulator(freshHome());
    const words = ["--api-url", emulator.url];
    const asked = openTerminal(freshHome(), ["onboard", ...words]);
    await asked.answer(["API key for", key]);
    expectQuietEnd(await asked.ended, says);
    const typed = openTerminal(freshHome(), ["auth", "login", ...words]);
    await typed.answer(["API key for", "half-a-ke"]);
    await typed.answer(["*********", KEY.ctrlC]);
    expectQuietEnd(await typed.ended);
    const kept = openTerminal(freshHome(), ["onboard", ...words]);
    await kept.answer(["API key for", `${emulator.key}${KEY.enter}`], ["Keep this key", key]);
    expectQuietEnd(await kept.ended, says);
  });

  test("at a question of a command that removes removes nothing", async () => {
    const home = freshHome();
    await home.run(["onboard", "--local", "--company-name", "Acme", "--site", "Plant"]);
    const terminal = openTerminal(home, ["emulator", "reset"]);
    await terminal.answer(["Remove all data", key]);
    expectQuietEnd(await terminal.ended, says);
    const { stdout } = await home.run(["companies", "list", "--local", "--json"]);
    expect(JSON.parse(stdout)).toHaveLength(1);
  });
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s at a question gives the terminal back", async (signal, status) => {
  const terminal = openTerminal(freshHome(), ["onboard", "--local"]);
  await terminal.shows("Company name");
  terminal.kill(signal);
  expectQuietEnd(await terminal.ended, STOPPED, status);
});

describe("Ctrl-C while it works", () => {
  test("ends the spinner with the command, and gives the cursor back", async () => {
    const { url, key } = await startEmulator(freshHome(), ["--latency", "3s"]);
    const words = ["--company-name", "Acme", "--site", "Plant", "--yes", "--api-url", url];
    const terminal = openTerminal(freshHome(), ["onboard", ...words], {
      env: { NECTAR_API_KEY: key },
    });
    await terminal.answer(["Looking for the company", KEY.ctrlC]);
    const end = await terminal.ended;
    expectQuietEnd(end);
    expect(end.shown).toContain("Nothing was created.");
    expect(end.shown).toContain("--company-name Acme --site Plant");
  });

  test("ends the check of a key", async () => {
    const { url, key } = await startEmulator(freshHome(), ["--latency", "3s"]);
    const terminal = openTerminal(freshHome(), ["auth", "login", "--api-url", url]);
    await terminal.answer(["API key for", `${key}${KEY.enter}`], ["Checking the key", KEY.ctrlC]);
    expectQuietEnd(await terminal.ended);
  });

  test("ends the standing emulator with 0", async () => {
    const terminal = openTerminal(freshHome(), ["emulator", "start", "--port", "0"]);
    await terminal.answer(["Press Ctrl-C to stop.", KEY.ctrlC]);
    const { status, shown } = await terminal.ended;
    expect(status).toBe(0);
    expect(shown).not.toContain("nectar: ");
  });
});
