/**
 * `npm run bench [-- RUNS] [--only start|emulator|scale]`: how fast the built tool and its emulator are. Figures are
 * ratios to a reference measured alternately where possible, so that a slow or busy machine affects both. Prints results
 * without failing; everything stays on loopback, except installing the servers to compare with on first use.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchEmulator } from "./bench-emulator.mjs";
import { endAll, needBuilt } from "./bench-processes.mjs";
import { benchScale } from "./bench-scale.mjs";
import { benchStart } from "./bench-start.mjs";

const SECTIONS = { start: benchStart, emulator: benchEmulator, scale: benchScale };

try {
  await bench();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  endAll();
}

async function bench() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string" } },
  });
  const runs = Number(positionals[0] ?? 21);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error("the number of runs must be a whole number above 0");
  const names = values.only === undefined ? Object.keys(SECTIONS) : [values.only];
  const unknown = names.find((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown !== undefined)
    throw new Error(`--only takes ${Object.keys(SECTIONS).join(", ")}, not ${unknown}`);
  needBuilt();
  const [cpu] = cpus();
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}`,
  );
  for (const name of names) await SECTIONS[name](runs);
}
