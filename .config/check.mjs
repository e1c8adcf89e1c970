/**
 * `npm run check`: all checks that must pass before a change is merged. Every step runs, even after a failure, so that one
 * run reports everything; the last line is the number of tests from vitest's report.
 * `npm run check:nodes`: the same on every supported version of Node, each from the registry's `node` package.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NODES = [20, 22, 24, 26];
const root = fileURLToPath(new URL("..", import.meta.url));

const passed = process.argv.includes("--nodes") ? await checkNodes() : await check();
process.exitCode = passed ? 0 : 1;

async function check() {
  const folder = await mkdtemp(join(tmpdir(), "nectar-check-"));
  const results = join(folder, "vitest.json");
  const report = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const steps = ["types", "lint", "knip", "build", "publint"].map((name) => [name]);
  steps.push(["test", "--", ...report]);
  let passed = true;
  try {
    for (const step of steps) passed = (await run(step[0], ["run", "-s", ...step])) && passed;
    const line = await counts(results);
    console.log(line ?? "No tests were run.");
    return passed && line !== null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkNodes() {
  let passed = true;
  for (const version of NODES) {
    const words = ["exec", "--yes", `--package=node@${version}`, "--"];
    passed =
      (await run(`Node ${version}`, [...words, "node", ".config/check.mjs"], true)) && passed;
  }
  return passed;
}

/** Runs npm and prints the outcome; its output is shown on failure, or when `isShown`. */
async function run(name, words, isShown = false) {
  const started = performance.now();
  const { ok, output } = await new Promise((resolve) => {
    const chunks = [];
    // npm is a .cmd file on Windows.
    const shell = process.platform === "win32";
    const child = spawn("npm", words, { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (one) => chunks.push(one));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) =>
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() }),
    );
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name.padEnd(8)} ${ok ? "ok" : "failed"} (${seconds} s)`);
  if (!ok || isShown) console.log(output.trimEnd());
  return ok;
}

/** The summary line, from vitest's report; null when there is no report or it has no tests. */
async function counts(results) {
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
