/**
 * `npm run check`: everything that must hold before a change lands. Every step runs, also after a failed one, so that
 * one run tells all; the last line is the count of tests as vitest wrote it down.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "nectar-check-"));
const results = join(folder, "vitest.json");

/** Name → the command line. */
const STEPS = [
  ["types", "tsc", "--noEmit"],
  [
    "biome",
    "biome",
    "check",
    "--config-path=.config/biome.config.json",
    "--error-on-warnings",
    ".",
  ],
  ["knip", "knip", "--config", ".config/knip.json"],
  ["build", "node", ".config/build.mjs"],
  ["publint", "publint", "--strict"],
  [
    "tests",
    "vitest",
    "run",
    "--config",
    ".config/vitest.config.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
  ],
];

let failed = false;
try {
  for (const [name, command, ...args] of STEPS) {
    const started = process.hrtime.bigint();
    const { ok, output } = await run(command, args);
    const seconds = (Number(process.hrtime.bigint() - started) / 1e9).toFixed(1);
    console.log(`${name.padEnd(8)} ${ok ? "ok" : "failed"} (${seconds} s)`);
    if (!ok) {
      failed = true;
      console.log(output.trimEnd());
    }
  }
  const line = await counts();
  if (line === null) {
    failed = true;
    console.log("No test has run.");
  } else {
    console.log(line);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** Runs a tool of this project to its end; what it printed comes back as one text. */
function run(command, args) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(command, args, {
      cwd: root,
      env: {
        ...process.env,
        PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // The tools are .cmd files there.
      shell: process.platform === "win32",
    });
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) =>
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString("utf8") }),
    );
  });
}

/** The closing line, from vitest's own report; null when there is none, or it names no test. */
async function counts() {
  try {
    const report = JSON.parse(await readFile(results, "utf8"));
    if (report.numPassedTests + report.numFailedTests === 0) return null;
    const skipped = report.numPendingTests + report.numTodoTests;
    const line = `${report.numPassedTests} passed, ${report.numFailedTests} failed`;
    return skipped > 0 ? `${line}, ${skipped} skipped` : line;
  } catch {
    return null;
  }
}
