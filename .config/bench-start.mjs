/** The start-up and waiting times of commands, as ratios to a one-line ES module run alternately with them. */
import { median, printTable, row } from "./bench-figures.mjs";
import {
  bare,
  environment,
  nectar,
  request,
  run,
  startEmulator,
  timed,
} from "./bench-processes.mjs";

const CONNECTIONS = 100;
const LATENCY_MS = 50;

/** @param runs per command; the figures are medians */
export async function benchStart(runs) {
  // No data delay, so that only work is measured.
  const atOnce = ["--data-delay", "0"];
  const near = await startEmulator("near", atOnce);
  const far = await startEmulator("far", [...atOnce, "--latency", `${LATENCY_MS}ms`]);
  await fill(near);
  const list = ["connections", "list", "--api-url", near.url];
  const rows = [
    await ratio("--version", ["--version"], near, "≤ 1.35", runs),
    await ratio("--help", ["--help"], near, "≤ 1.35", runs),
    await ratio("connections list", list, near, "≤ 3.00", runs),
    // Does not wait for the first data, which is not part of the budget.
    await roundTrips("onboard of 3 sites, round trips", near, far, runs, "≤ 4.00", ["--no-wait"]),
    await roundTrips("the same, and its first data", near, far, runs, "", []),
  ];
  await near.stop();
  await far.stop();
  rows.push(await firstAnswer(runs));
  printTable(`Start-up: relative to a bare module, medians of ${runs} runs`, rows);
}

/** The total time of a command divided by that of the bare module, in pairs. */
async function ratio(what, words, emulator, budget, runs) {
  const env = environment("near-list", emulator.key);
  return pairs(what, budget, runs, env, () => timed([nectar, ...words], env));
}

async function pairs(what, budget, runs, env, measure) {
  await measure();
  await timed([bare], env);
  const ratios = [];
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    const ms = await measure();
    ratios.push(ms / (await timed([bare], env)));
    times.push(ms);
  }
  return row(what, ratios, budget, median(times));
}

/** The time from starting an emulator to its first response. */
function firstAnswer(runs) {
  return pairs(
    "emulator start, to its first answer",
    "≤ 4.00",
    runs,
    environment("bare"),
    async () => {
      const started = performance.now();
      const emulator = await startEmulator("standing");
      await request(emulator, "GET", "/ping");
      const ms = performance.now() - started;
      await emulator.stop();
      return ms;
    },
  );
}

/** How many sequential round trips `onboard` makes: the time added by a known latency, divided by that latency. */
async function roundTrips(what, near, far, runs, budget, options) {
  const times = { near: [], far: [] };
  const name = (turn) => `${options.length === 0 ? "data" : "plain"}-${turn}`;
  await onboard(near, name("warm-up"), options);
  await onboard(far, name("warm-up"), options);
  for (let run = 0; run < runs; run += 1) {
    times.far.push(await onboard(far, name(run), options));
    times.near.push(await onboard(near, name(run), options));
  }
  const base = median(times.near);
  const trips = times.far.map((ms) => (ms - base) / LATENCY_MS);
  return row(what, trips, budget, median(times.far));
}

function onboard(emulator, name, options) {
  const sites = ["Plant", "Store", "Office"].flatMap((site) => ["--site", site]);
  return timed(
    [
      ...[nectar, "onboard", "--company-name", `Bench ${name}`, ...sites, "--yes", "--json"],
      ...["--api-url", emulator.url, "--profile", name, ...options],
    ],
    environment(`${emulator.name}-${name}`, emulator.key),
  );
}

/** Creates a company with one full page of connections, in the profile that `connections list` uses. */
async function fill(emulator) {
  const env = environment("near-list", emulator.key);
  const words = ["onboard", "--company-name", "Bench list", "--site", "Plant", "--yes", "--json"];
  const { stdout } = await run([nectar, ...words, "--api-url", emulator.url], env);
  const { company, sites } = JSON.parse(stdout);
  for (let made = 1; made < CONNECTIONS; made += 1) {
    await request(emulator, "POST", `/company/${company.id}/connection`, {
      url: "https://nectarclimate.com",
      username: `bench-${made}`,
      password: "bench",
      sites: sites.map(({ id }) => id),
      country: "US",
    });
  }
  const list = [nectar, "connections", "list", "--json", "--api-url", emulator.url];
  const found = JSON.parse((await run(list, env)).stdout);
  if (found.length !== CONNECTIONS)
    throw new Error(`${found.length} connections listed, not ${CONNECTIONS}`);
}
