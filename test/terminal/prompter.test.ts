import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { createPrompter } from "../../src/terminal/prompter.ts";
import { streamsFor, talk } from "./talk.ts";

const KEY = {
  enter: "\r",
  down: "\u001b[B",
  backspace: "\u007f",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  escape: "\u001b",
};
const COLOR = /\u001b\[[0-9;]*m/;

describe("in a terminal", () => {
  test("a text is taken, trimmed, and nothing reaches stdout", async () => {
    const { result, stdout, shown } = await talk("text", [
      ["Company name", `  Acme Corp ${KEY.enter}`],
    ]);
    expect(result).toEqual({ answer: "Acme Corp" });
    expect(stdout).toBe("");
    expect(shown).toContain("Sandbox Test Company");
  });

  test("Enter alone takes the default", async () => {
    const { result } = await talk("text", [["Company name", KEY.enter]]);
    expect(result).toEqual({ answer: "Sandbox Test Company" });
  });

  test("a secret is shown as stars only", async () => {
    const { result, shown, stdout } = await talk("secret", [
      ["Password", `s3cr3t word ${KEY.enter}`],
    ]);
    expect(result).toEqual({ answer: "s3cr3t word " });
    expect(shown).not.toContain("s3cr3t");
    expect(shown).toContain("************");
    expect(shown).not.toContain("toggle");
    expect(stdout).toBe("");
  });

  test("a choice is made with the arrows, and foreign names can't paint", async () => {
    const { result, shown, stdout } = await talk("select", [
      ["Local emulator", KEY.down],
      ["❯ The Nectar API", KEY.enter],
    ]);
    expect(result).toEqual({ answer: "api" });
    expect(shown).toContain("The Nectar API");
    expect(shown).not.toMatch(COLOR);
    expect(stdout).toBe("");
  });

  test("a yes-or-no question takes n", async () => {
    const { result, stdout } = await talk("confirm", [["Go ahead", `n${KEY.enter}`]]);
    expect(result).toEqual({ answer: false });
    expect(stdout).toBe("");
  });

  test("a mistake can be taken back", async () => {
    const steps: [string, string][] = [["Company name", `Acmee${KEY.backspace} Corp${KEY.enter}`]];
    const { result } = await talk("text", steps);
    expect(result).toEqual({ answer: "Acme Corp" });
    const secret = await talk("secret", [["Password", `pp${KEY.backspace}w${KEY.enter}`]]);
    expect(secret.result).toEqual({ answer: "pw" });
    const confirm: [string, string][] = [
      ["Go ahead", `x${KEY.enter}`],
      ["Answer y or n.", `${KEY.backspace}n${KEY.enter}`],
    ];
    expect((await talk("confirm", confirm)).result).toEqual({ answer: false });
  });

  test("Ctrl-C is an interruption", async () => {
    const { result, stdout } = await talk("text", [["Company name", KEY.ctrlC]]);
    expect(result.exit).toBe("sigint");
    expect(stdout).toBe("");
  });
});

test("a refused answer is explained and may be mended", async () => {
  const { result, shown } = await talk("text", [
    ["Company name", `bad${KEY.enter}`],
    ["That name is taken.", `${KEY.backspace.repeat(3)}good${KEY.enter}`],
  ]);
  expect(result).toEqual({ answer: "good" });
  expect(shown).toContain("> That name is taken.");
});

test("an empty answer is refused, unless the question is optional", async () => {
  const steps: [string, string][] = [
    ["First", KEY.enter],
    ["Enter a value.", `a${KEY.enter}`],
    ["Second", KEY.enter],
  ];
  expect((await talk("two", steps)).result).toEqual({ answer: ["a", false] });
  const { result, shown } = await talk("optional", [["Your own ID (optional)", KEY.enter]]);
  expect(result).toEqual({ answer: "" });
  expect(shown).not.toContain("Enter a value");
});

test.each(["back", "secret-back", "select-back"])(
  "Escape and < lead from %s to the question before",
  async (kind) => {
    const less = kind === "select-back" ? "<" : `<${KEY.enter}`;
    for (const key of [KEY.escape, less]) {
      expect((await talk(kind, [["?", key]])).result).toMatchObject({ exit: "back" });
    }
  },
);

test("where there is no question before, < is an answer", async () => {
  const steps: [string, string][] = [["Company name", `<${KEY.enter}`]];
  expect((await talk("text", steps)).result).toEqual({ answer: "<" });
});

test("many choices are filtered by what is typed", async () => {
  const steps: [string, string][] = [
    ["Company", "number 17"],
    ["❯ Company number 17", KEY.enter],
  ];
  const { result, shown } = await talk("many", steps);
  expect(result).toEqual({ answer: "17" });
  expect(shown).not.toMatch(COLOR);
});

test("a number outside the range is refused", async () => {
  const { result } = await talk("number", [
    ["How many sites", `4${KEY.enter}`],
    ["from 1 to 3", `${KEY.backspace}3${KEY.enter}`],
  ]);
  expect(result).toEqual({ answer: 3 });
});

test.each(["text", "secret", "select", "confirm", "number"])(
  "at level 0 %s emits no colour, at level 1 it does",
  async (kind) => {
    const first = { text: "Company", secret: "Password", select: "Where" }[kind];
    const steps: [string, string][] = [
      [first ?? (kind === "confirm" ? "Go ahead" : "How many"), `1${KEY.enter}`],
    ];
    if (kind === "confirm") steps[0] = ["Go ahead", `y${KEY.enter}`];
    const plain = await talk(kind, steps, { level: "0" });
    expect(plain.result).toHaveProperty("answer");
    expect(plain.shown).not.toMatch(COLOR);
    const painted = await talk(kind, steps, { level: "1" });
    expect(painted.shown).toMatch(COLOR);
  },
);

test.each(["text", "secret", "select", "confirm", "number"])(
  "Ctrl-C and Ctrl-D leave %s, and the cursor is given back",
  async (kind) => {
    for (const key of [KEY.ctrlC, KEY.ctrlD]) {
      const { result, shown, stdout, exitCode } = await talk(kind, [["?", key]]);
      expect(result.exit).toBe("sigint");
      expect(result.text).toContain(key === KEY.ctrlC ? "SIGINT" : "the input ended");
      expect(stdout).toBe("");
      expect(exitCode).toBe(0);
      expect(shown.lastIndexOf("\u001b[?25h")).toBeGreaterThanOrEqual(
        shown.lastIndexOf("\u001b[?25l"),
      );
    }
  },
);

test("an aborted signal ends the question with its own reason", async () => {
  const { result } = await talk("abort", []);
  expect(result.exit).toBe("sigterm");
});

test("an input that has ended already is an interruption, not a question that waits for ever", async () => {
  const input = new PassThrough();
  input.end();
  input.resume();
  await new Promise((resolve) => input.once("close", resolve));
  const signal = new AbortController().signal;
  const prompter = createPrompter({ streams: streamsFor(input), signal });
  await expect(prompter.text({ message: "Company name" })).rejects.toMatchObject({
    code: "interrupted",
    exit: "sigint",
  });
});

test("no question is put once the signal has aborted", async () => {
  const reason = new Error("the deadline has come");
  const prompter = createPrompter({
    streams: streamsFor(new PassThrough()),
    signal: AbortSignal.abort(reason),
  });
  await expect(prompter.confirm({ message: "Go ahead", default: true })).rejects.toBe(reason);
});
