/** The start-up and waiting times of commands, as ratios to a one-line ES module run alternately with them. */
import { median, printTable, row } from "./figures.mjs";
import {
  environment,
  nectar,
  request,
  seedCompany,
  startEmulator,
  timed,
  written,
} from "./processes.mjs";

const RUNS = 21;
const CONNECTIONS = 100;
const LATENCY_MS = 50;
const bare = written("bare.mjs", "export const nothing = 0;\n");

export async function benchStart() {
  const seed = written("seed-start.json", { companies: [seedCompany("Listed", 1, CONNECTIONS)] });
  // No data delay, so that only work is measured.
  const near = await startEmulator("near", ["--data-delay", "0", "--seed", seed]);
  const latency = ["--latency", `${LATENCY_MS}ms`];
  const far = await startEmulator("far", ["--data-delay", "0", ...latency]);
  const [{ id }] = JSON.parse(await request(near, "GET", "/company"));
  const list = ["connections", "list", "--company", id, "--api-url", near.url];
  const completed = ["__complete", "connections", "list", "--status", "=PEN"];
  const env = environment("near-list", near.key);
  const command =
    (...words) =>
    () =>
      timed([nectar, ...words], env);
  const rows = [
    await ratio("--version", "≤ 1.35", env, command("--version")),
    await ratio("--help", "≤ 1.35", env, command("--help")),
    await ratio("connections list", "≤ 3.00", env, command(...list)),
    // 100 ms on a machine on which the bare module takes 40.
    await ratio("completion of a value", "≤ 2.50", env, command(...completed)),
    // Does not wait for the first data, which is not part of the budget.
    roundTrips("onboard of 3 sites, round trips", near, far, "≤ 4.00", ["--no-wait"]),
    roundTrips("the same, and its first data", near, far, "", []),
  ];
  await near.stop();
  await far.stop();
  const child = command("emulator", "run", "--", "true");
  rows.push(
    await ratio("emulator start, to its first answer", "≤ 4.00", env, firstAnswer),
    await ratio("emulator run -- true, of that", "≤ 3.00", env, child, firstAnswer),
  );
  printTable(`Start-up: relative to a bare module, medians of ${RUNS} runs`, rows, "ms");
}

/** A time divided by another, by default that of the bare module, in pairs. */
async function ratio(what, budget, env, measure, reference = () => timed([bare], env)) {
  const [ratios, times] = [[], []];
  // The first pair is a warm-up.
  for (let run = 0; run <= RUNS; run += 1) {
    const ms = await measure();
    const one = ms / (await reference());
    if (run === 0) continue;
    ratios.push(one);
    times.push(ms);
  }
  return row(what, ratios, budget, median(times).toFixed());
}

/** The time from starting an emulator to its first response. */
async function firstAnswer() {
  const started = performance.now();
  const emulator = await startEmulator("standing");
  await request(emulator, "GET", "/ping");
  const ms = performance.now() - started;
  await emulator.stop();
  return ms;
}

/** How many sequential round trips `onboard` makes: the time added by a known latency, divided by that latency. */
function roundTrips(what, near, far, budget, options) {
  const times = { near: [], far: [] };
  // The first run is a warm-up.
  for (let run = 0; run <= RUNS; run += 1) {
    for (const emulator of [far, near]) {
      const ms = onboard(emulator, `${options.length === 0 ? "data" : "plain"}-${run}`, options);
      if (run > 0) times[emulator.name].push(ms);
    }
  }
  const base = median(times.near);
  const trips = times.far.map((ms) => (ms - base) / LATENCY_MS);
  return row(what, trips, budget, median(times.far).toFixed());
}

function onboard({ name, url, key }, profile, options) {
  const sites = ["Plant", "Store", "Office"].flatMap((site) => ["--site", site]);
  const words = ["onboard", "--company-name", `Bench ${profile}`, ...sites, "--yes", "--json"];
  const target = ["--api-url", url, "--profile", profile];
  return timed([nectar, ...words, ...target, ...options], environment(`${name}-${profile}`, key));
}
