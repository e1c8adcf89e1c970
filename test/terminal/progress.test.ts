import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { spawn } from "@lydell/node-pty";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { palette } from "../../src/terminal/palette.ts";
import { createProgress } from "../../src/terminal/progress.ts";
import type { Output } from "../../src/terminal/streams.ts";
import { bundled } from "../support/bundled.ts";

const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";

function collect(options: Partial<Output> = {}): { readonly output: Output; text(): string } {
  let written = "";
  const output: Output = {
    write(text) {
      written += text;
    },
    isTTY: false,
    columns: null,
    palette: palette(0),
    raw: new PassThrough(),
    ...options,
  };
  return { output, text: () => written };
}

describe("without a spinner", () => {
  test("the lines that stay are written, a start is not", () => {
    const { output, text } = collect();
    const progress = createProgress({ output, enabled: true, shows: "results", unicode: true });
    progress.start("Creating the company");
    progress.note("found an unfinished run");
    progress.done("Company  created");
    progress.start("Creating the site");
    progress.fail("Site  refused");
    progress.stop();
    progress.stop();
    expect(text()).toBe("found an unfinished run\n✔ Company  created\n✖ Site  refused\n");
  });

  test("a terminal of no width gets plain lines as well", async () => {
    const { output, text } = collect({ isTTY: true, columns: null });
    const progress = createProgress({ output, enabled: true, shows: "spinner", unicode: false });
    progress.start("Creating");
    await new Promise(setImmediate);
    progress.done("Company");
    progress.fail("Site");
    expect(text()).toBe("+ Company\nx Site\n");
  });

  test("the symbols take the stream's colours", () => {
    const { output, text } = collect({ palette: palette(1) });
    createProgress({ output, enabled: true, shows: "results", unicode: true }).done("Company");
    expect(text()).toBe("\u001b[32m✔\u001b[39m Company\n");
  });
});

test("as lines, each piece of work is said once, and nothing has a symbol", () => {
  const { output, text } = collect({ isTTY: true, columns: 80 });
  const progress = createProgress({ output, enabled: true, shows: "lines", unicode: true });
  progress.start("Checking the \u001b[5msites");
  progress.start("Checking the \u001b[5msites");
  progress.update("Checking the sites: 2 of 3");
  progress.done("Site created: Plant");
  progress.start("Waiting");
  progress.fail("Password incorrect");
  progress.stop();
  expect(text()).toBe("Checking the sites\nSite created: Plant\nWaiting\nPassword incorrect\n");
});

test("not enabled, nothing is written at all", () => {
  const { output, text } = collect({ isTTY: true, columns: 80 });
  const progress = createProgress({ output, enabled: false, shows: "spinner", unicode: true });
  progress.start("a");
  progress.note("b");
  progress.done("c");
  progress.fail("d");
  progress.stop();
  expect(text()).toBe("");
});

describe("in a terminal", () => {
  let folder = "";
  let script = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "nectar-progress-"));
    script = await bundled(new URL("./progress-child.ts", import.meta.url), folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(
    args: readonly string[],
    keys?: readonly [awaited: string, keys: string],
  ): Promise<{ readonly shown: string; readonly exitCode: number }> {
    const { PATH } = process.env;
    const terminal = spawn(process.execPath, [script, ...args], {
      name: "xterm-256color",
      cols: 60,
      rows: 20,
      env: { PATH, TERM: "xterm-256color" },
    });
    let shown = "";
    let typed = false;
    terminal.onData((data) => {
      shown += data;
      if (keys === undefined || typed || !shown.includes(keys[0])) return;
      typed = true;
      terminal.write(keys[1]);
    });
    const exitCode = await new Promise<number>((resolve) => {
      terminal.onExit((end) => resolve(end.exitCode));
    });
    return { shown, exitCode };
  }

  test("a spinner is drawn, what stays stays, and the cursor comes back", async () => {
    const { shown, exitCode } = await run(["color"]);
    expect(exitCode).toBe(0);
    expect(shown).toContain("⠋");
    expect(shown).toContain("Creating the company");
    expect(shown).not.toContain("\u001b[5m");
    expect(shown).toContain("a note\r\n");
    expect(shown).toContain("\u001b[32m✔\u001b[39m Company created\r\n");
    expect(shown.lastIndexOf(SHOW)).toBeGreaterThan(shown.lastIndexOf(HIDE));
    expect(shown).toContain(`${SHOW}after\r\n`);
  });

  test("without colour and Unicode it is drawn in ASCII", async () => {
    const { shown } = await run(["plain", "no"]);
    expect(shown).toContain("- Creating the company");
    expect(shown).toContain("+ Company created\r\n");
    expect(shown).not.toMatch(/\u001b\[[0-9;]*m/);
    expect(shown).not.toMatch(/[^\u0000-\u007f]/);
  });

  test("Ctrl-C reaches the process while the spinner turns", async () => {
    const { shown, exitCode } = await run(["interrupt"], ["Waiting", "\u0003"]);
    expect(exitCode).toBe(130);
    expect(shown.lastIndexOf(SHOW)).toBeGreaterThan(shown.lastIndexOf(HIDE));
  });
});
