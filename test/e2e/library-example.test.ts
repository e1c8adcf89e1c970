/** The example under "In your own tests" in the documentation, run as its reader would run it. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/built-tool.ts";
import { freshHome, startProcess } from "../support/nectar-process.ts";
import { lend } from "../support/packed-tool.ts";
import { blocksOf } from "../surface/pages.ts";

const LIMIT_MS = 60_000;

test(
  "the example of a test passes",
  async () => {
    const page = readFileSync(join(ROOT, ".github", "docs", "emulator.md"), "utf8");
    const example = blocksOf(page).find(({ language }) => language === "ts")?.text ?? "";
    expect(example).toContain('from "nectar-cli/emulator"');

    const { folder, env } = freshHome();
    const project = join(folder, "project");
    const installed = join(project, "node_modules", "nectar-cli");
    mkdirSync(installed, { recursive: true });
    cpSync(join(ROOT, "package.json"), join(installed, "package.json"));
    cpSync(join(ROOT, "dist"), join(installed, "dist"), { recursive: true });
    lend(project, "vitest");
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(project, "nectar.test.ts"), example);

    const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
    const words = [vitest, "run", "--root", project, "--reporter=json"];
    const { status, stdout, stderr } = await startProcess(process.execPath, words, {
      ...{ cwd: project, env, limitMs: LIMIT_MS },
    }).ended;
    expect({ status, said: status === 0 ? "" : `${stdout}\n${stderr}` }).toEqual({
      ...{ status: 0, said: "" },
    });
    const { numPassedTests, numTotalTests } = JSON.parse(stdout);
    expect(numPassedTests).toBeGreaterThan(0);
    expect(numPassedTests).toBe(numTotalTests);
  },
  2 * LIMIT_MS,
);
