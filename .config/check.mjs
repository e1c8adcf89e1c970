/**
 * `npm run check`: all checks that must pass before a change is merged. Every step runs, even after a failure, so that one
 * run reports everything; the last line is the number of tests from vitest's report.
 * `npm run check:nodes`: the same on every supported version of Node, each from the registry's `node` package.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const NODES = [20, 22, 24, 26];
const root = fileURLToPath(new URL("..", import.meta.url));

const passed = process.argv.includes("--nodes") ? checkNodes() : check();
process.exitCode = passed ? 0 : 1;

function check() {
  let passed = true;
  for (const step of ["types", "lint", "knip", "build", "publint", "workflows"]) {
    passed = run(step, ["run", "-s", step]).ok && passed;
  }
  const { ok, output } = run("test", ["run", "-s", "test"]);
  const counts = countsOf(output);
  console.log(counts ?? "No tests were run.");
  return passed && ok && counts !== null;
}

function checkNodes() {
  let passed = true;
  for (const version of NODES) {
    const words = ["exec", "--yes", `--package=node@${version}`, "--"];
    const { ok } = run(`Node ${version}`, [...words, "node", ".config/check.mjs"], true);
    passed = ok && passed;
  }
  return passed;
}

/** Runs npm and prints the outcome; its output is shown on failure, or when `isShown`. */
function run(name, words, isShown = false) {
  const started = performance.now();
  // npm is a .cmd file on Windows.
  const shell = process.platform === "win32";
  const options = { cwd: root, encoding: "utf8", maxBuffer: Number.POSITIVE_INFINITY, shell };
  const { status, error, stdout, stderr } = spawnSync("npm", words, options);
  const output = error?.message ?? `${stdout}${stderr}`;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name.padEnd(8)} ${status === 0 ? "ok" : "failed"} (${seconds} s)`);
  if (status !== 0 || isShown) console.log(output.trimEnd());
  return { ok: status === 0, output };
}

/** The numbers in the last lines of vitest's report; null when it has none, or ran no tests. */
function countsOf(output) {
  const [, line = ""] = /^ *Tests {2}(.*)$/m.exec(stripVTControlCharacters(output)) ?? [];
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const [passed, failed, skipped] = [count("passed"), count("failed"), count("skipped")];
  if (passed + failed === 0) return null;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
