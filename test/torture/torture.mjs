/**
 * `npm run torture`: drives the built tool through kills, signals, faults, races and hostile servers, and prints one
 * table. Ends with 1 when anything is there twice, an ID is lost, a secret is found, or something else went wrong.
 *
 *   --only PART,…   some parts only
 *   --seed N        other random instants
 *   --prove         plant what must not be, and print the table that reports it
 *   --write         put the table into test/README.md
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openAccount } from "./account.mjs";
import { ANSWER_ROWS, answerStrangely } from "./answers.mjs";
import { CANARY_ROWS, canary } from "./canary.mjs";
import { FAULT_ROWS, meetFaults } from "./faults.mjs";
import { distrust, FOLDER_ROWS } from "./folders.mjs";
import { deleteAndCreate, GONE_ROWS } from "./gone.mjs";
import { KILL_ROWS, killAtRequests } from "./kill.mjs";
import { LAG_ROWS, lag } from "./lags.mjs";
import { lanes } from "./lanes.mjs";
import { createMore, MORE_ROWS } from "./more.mjs";
import { likenNames, NAME_ROWS } from "./names.mjs";
import { PASTED_ROWS, paste } from "./pasted.mjs";
import { killPortfolios, PORTFOLIO_ROWS } from "./portfolio.mjs";
import { prove } from "./prove.mjs";
import { RACE_ROWS, race } from "./races.mjs";
import { killAtRandom, RANDOM_ROWS } from "./random-kill.mjs";
import { newMark } from "./search.mjs";
import { SHAPE_ROWS, shape } from "./shapes.mjs";
import { SIGNAL_ROWS, stopAtRequests } from "./signals.mjs";
import { SLOW_ROWS, stopSlowCreates } from "./slow.mjs";
import { SWEEP_ROWS, sweep } from "./sweep.mjs";
import { isClean, newTally, notesOf, tableOf } from "./tally.mjs";
import { openWorld } from "./tool.mjs";
import { killAtWrites, WRITE_ROWS } from "./writes.mjs";

/** Most of a run is waiting, so more than there are cores. */
const WIDTH = 16;
const MOST_NOTES = 60;
const BEGIN = "<!-- torture -->";
const END = "<!-- end -->";
const README = fileURLToPath(new URL("../README.md", import.meta.url));

const SIDE_BY_SIDE = {
  kill: { rows: KILL_ROWS, run: killAtRequests },
  random: { rows: RANDOM_ROWS, run: killAtRandom },
  portfolio: { rows: PORTFOLIO_ROWS, run: killPortfolios },
  writes: { rows: WRITE_ROWS, run: killAtWrites },
  signals: { rows: SIGNAL_ROWS, run: stopAtRequests },
  faults: { rows: FAULT_ROWS, run: meetFaults },
  slow: { rows: SLOW_ROWS, run: stopSlowCreates },
  lags: { rows: LAG_ROWS, run: lag },
  shapes: { rows: SHAPE_ROWS, run: shape },
  answers: { rows: ANSWER_ROWS, run: answerStrangely },
  names: { rows: NAME_ROWS, run: likenNames },
  gone: { rows: GONE_ROWS, run: deleteAndCreate },
  more: { rows: MORE_ROWS, run: createMore },
  races: { rows: RACE_ROWS, run: race },
  folders: { rows: FOLDER_ROWS, run: distrust },
  pasted: { rows: PASTED_ROWS, run: paste },
  canary: { rows: CANARY_ROWS, run: canary },
};
/** Its time is measured, so nothing runs beside it. */
const ALONE = { sweep: { rows: SWEEP_ROWS, run: sweep } };

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seed: { type: "string", default: "1" },
    prove: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const begun = process.hrtime.bigint();
const world = openWorld();
process.on("exit", () => world.close());
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const { tally: planted, amiss } = await prove(world);
if (values.prove) print(planted, []);
if (amiss.length > 0) {
  for (const line of amiss) say(`self-test: ${line}`);
  process.exitCode = 1;
} else {
  say("self-test: whatever was planted is counted");
  if (!values.prove) await torture();
}

async function torture() {
  const all = { ...SIDE_BY_SIDE, ...ALONE };
  const names = values.only?.split(",") ?? Object.keys(all);
  const tally = newTally();
  const account = await openAccount(world);
  const mark = newMark("the marked key", `"+/\\%&=?'<~`);
  const parts = { world, account, mark, tally, say, seed: Number(values.seed), lane: lanes(WIDTH) };
  for (const name of names) tally.announce(...all[name].rows);
  const run = (group) =>
    Promise.all(names.filter((name) => name in group).map((name) => group[name].run(parts)));
  await run(SIDE_BY_SIDE);
  await account.close();
  await run(ALONE);
  print(tally, notesOf(tally));
  say(`${world.started()} processes; this one used ${Math.round(process.cpuUsage().user / 1e6)} s`);
  // The table of some parts would pass for that of all.
  if (values.write && values.only === undefined) write(tableOf(tally));
  process.exitCode = isClean(tally) ? 0 : 1;
}

/** So that nobody has to copy a number. */
function write(table) {
  const text = readFileSync(README, "utf8");
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const to = text.indexOf(END);
  writeFileSync(README, `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`);
}

function print(tally, notes) {
  process.stdout.write(`${tableOf(tally)}\n`);
  for (const note of notes.slice(0, MOST_NOTES)) process.stdout.write(`- ${note.trimEnd()}\n`);
  if (notes.length > MOST_NOTES) {
    process.stdout.write(`- and ${notes.length - MOST_NOTES} more\n`);
  }
}

function say(line) {
  const seconds = Number((process.hrtime.bigint() - begun) / 1_000_000_000n);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${line}\n`);
}
