/** The shell blocks of the documentation, run by a real shell with the built tool. */
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { BIN, ROOT } from "../support/built-tool.ts";
import { freshHome, type Home, startEmulator, startProcess } from "../support/nectar-process.ts";
import { KEY, linesOf, openTerminal } from "../support/terminal-process.ts";
import { blocksOf } from "../surface/pages.ts";

const LIMIT_MS = 120_000;

/** The files that a page shows, its script, and the variables of a machine with a key for another emulator. */
async function open(page: string) {
  const blocks = blocksOf(readFileSync(join(ROOT, page), "utf8"));
  const home = freshHome();
  for (const { file, text } of blocks)
    if (file !== undefined) writeFileSync(join(home.folder, file), text);
  symlinkSync(BIN, join(home.folder, "bin", "nectar.js"));
  // They would need the network: npm installs nothing here, and npx runs what is built.
  program(home, "npm", 'test "$1" = ci || test "$1" = run');
  program(home, "npx", 'while [ "$1" != nectar-cli ]; do shift; done; shift; exec nectar "$@"');
  const api = await startEmulator(freshHome(), ["--memory"]);
  const env = { ...home.env, NECTAR_API_URL: api.url, NECTAR_API_KEY: api.key };
  const bash = (script: string) => {
    const text = `set -euo pipefail; trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n${script}`;
    const options = { cwd: home.folder, env, limitMs: LIMIT_MS };
    return startProcess("bash", ["-c", text], options).ended;
  };
  const count = async () =>
    (await bash("nectar companies list --quiet")).stdout.split("\n").length - 1;
  return { blocks, home, bash, count };
}

function program({ folder }: Home, name: string, text: string): void {
  const file = join(folder, "bin", name);
  writeFileSync(file, `#!/bin/bash\n${text}\n`);
  chmodSync(file, 0o755);
}

const guide = (name: string) => join(".github", "docs", name);

test.each(["README.md", guide("emulator.md"), guide("many-companies.md")])(
  "the shell commands of %s work one after another",
  async (page) => {
    const { blocks, home, bash, count } = await open(page);
    await startEmulator(home);
    const script = blocks.filter(({ language }) => language === "sh").map(({ text }) => text);
    expect(script.length).toBeGreaterThan(0);
    const { status, stdout, stderr } = await bash(script.join("\n"));
    expect({ status, said: status === 0 ? "" : `${stdout}\n${stderr}` }).toEqual({
      ...{ status: 0, said: "" },
    });
    // Killed and continued: nothing is there twice.
    if (page.endsWith("many-companies.md")) expect(await count()).toBe(12);
  },
  2 * LIMIT_MS,
);

test(
  "the jobs of the CI matrix create each company once, side by side",
  async () => {
    const { blocks, bash, count } = await open(guide("many-companies.md"));
    const text = blocks.find(({ file }) => file === "portfolio.yml")?.text ?? "";
    const { strategy, steps } = parse(text).jobs.apply;
    const shards: readonly number[] = strategy.matrix.shard;
    expect(shards.length).toBe(4);
    const [line] = steps.flatMap(({ run }: { run?: string }) => run ?? []);
    const jobs = await Promise.all(
      shards.map((shard) =>
        bash(
          `NECTAR_STATE_DIR=$PWD/.nectar-${shard}\n${line.replaceAll(/\$\{\{ matrix\.shard \}\}/g, shard)}`,
        ),
      ),
    );
    expect(jobs.map(({ status, stderr }) => (status === 0 ? "" : stderr))).toEqual([
      "",
      "",
      "",
      "",
    ]);
    const rows = jobs.flatMap(({ stdout }) => stdout.split("\n").filter((row) => row !== ""));
    const keys = rows.map((row) => row.split("\t")[0]);
    expect(new Set(keys).size).toBe(keys.length);
    expect([keys.length, await count()]).toEqual([12, 12]);
  },
  2 * LIMIT_MS,
);

/** What is left to see on a terminal, without what differs between runs and days. */
function finalText(shown: string): string {
  return linesOf(shown)
    .map((line) => line.replace(/^.*(?=[✔✖] )/, ""))
    .join("\n")
    .replace(/\? Create this\n[\s\S]*(?=✔ Create this)/, "")
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/\d+ documents|\d{4}-\d\d\b/g, "DATA")
    .trim();
}

test("the README's first picture is what somebody gets who only presses Enter", async () => {
  const picture = blocksOf(readFileSync(join(ROOT, "README.md"), "utf8"))[0]?.text ?? "";
  const [command = "", ...lines] = picture.split("\n");
  const env = { NO_COLOR: "1", NECTAR_CONFIG_DIR: "" };
  const words = command.replace("$ nectar ", "").split(" ");
  const terminal = openTerminal(freshHome(), words, { columns: 100, env });
  const questions = lines.slice(0, lines.indexOf("✔ Create this  Yes") + 1);
  for (const question of questions.filter((line) => line.startsWith("✔ ")))
    await terminal.answer([question.slice("✔ ".length).split("  ")[0] ?? "", KEY.enter]);
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  expect(finalText(shown)).toBe(finalText(lines.join("\n")));
});
