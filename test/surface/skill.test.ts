/** The skill for coding agents is up to date, and every command in it works. `npm run docs` writes it. */
import { expect, it } from "vitest";
import { freshPlace } from "../support/run-cli.ts";
import { shellWords } from "../support/shell-words.ts";
import { skillPage } from "./skill.ts";

const { page, lines } = skillPage();

it("SKILL.md is up to date", async () => {
  await expect(page).toMatchFileSnapshot("../../.agents/skills/nectar/SKILL.md");
});

it("is short", () => {
  expect(page.split("\n").length).toBeLessThan(180);
  expect(page.match(/^description: (.*)$/m)?.[1]?.length).toBeLessThan(1024);
});

it("every command that it shows works on the emulator", { timeout: 60_000 }, async () => {
  const shown = [...page.matchAll(/^nectar .*$/gm)].map(([line]) => line);
  expect(shown).toEqual(lines);
  const place = freshPlace();
  for (const line of shown) {
    const words = shellWords(line).slice(1);
    const run = await place.run(words);
    expect([line, run.status, run.status === 0 ? "" : run.stderr]).toEqual([line, 0, ""]);
    if (words.includes("--json")) expect(() => JSON.parse(run.stdout)).not.toThrow();
  }
});
