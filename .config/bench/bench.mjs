/**
 * `npm run bench [-- SECTION…]`: how fast the built tool and its emulator are; the sections are start, emulator, scale and
 * portfolio. Figures are ratios to a reference measured alternately where possible, so that a slow or busy machine affects
 * both. A figure beyond its budget is no failure. Everything stays on loopback, except installing the servers to compare
 * with on first use.
 */
import { cpus } from "node:os";
import { benchEmulator } from "./emulator.mjs";
import { benchPortfolio } from "./portfolio.mjs";
import { benchScale } from "./scale.mjs";
import { benchStart } from "./start.mjs";

const SECTIONS = {
  start: benchStart,
  emulator: benchEmulator,
  scale: benchScale,
  portfolio: benchPortfolio,
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SECTIONS);
const processors = cpus();
console.log(`Node ${process.versions.node}, ${processors.length} × ${processors[0]?.model}`);
for (const name of names) {
  try {
    await SECTIONS[name]();
  } catch (error) {
    console.error(`bench ${name}: ${error.stderr ?? error.message}`);
    process.exitCode = 1;
  }
}
// A server that is still running would keep the bench running.
process.exit();
