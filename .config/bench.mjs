/**
 * `npm run bench [-- RUNS]`: how long the built tool takes, as ratios to a one-line ES module run by the same Node in
 * turn with it, so that a slow or busy machine moves both. Prints, never judges; everything stays on loopback.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const RUNS = Number(process.argv[2] ?? 21);
const CONNECTIONS = 100;
const LATENCY_MS = 50;

const root = fileURLToPath(new URL("..", import.meta.url));
const nectar = join(root, "bin", "nectar.js");
const folder = mkdtempSync(join(tmpdir(), "nectar-bench-"));
const bare = join(folder, "bare.mjs");
const children = new Set();

process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

try {
  await bench();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  // The emulators would keep this process alive.
  for (const child of children) child.kill("SIGKILL");
}

async function bench() {
  if (!Number.isInteger(RUNS) || RUNS < 1)
    throw new Error("the number of runs is a whole number above 0");
  if (!existsSync(join(root, "dist", "main.js")))
    throw new Error("nothing is built: npm run build");
  writeFileSync(bare, "export const nothing = 0;\n");

  const near = await startEmulator("near", []);
  const far = await startEmulator("far", ["--latency", `${LATENCY_MS}ms`]);
  await fill(near);

  const rows = [
    await ratio("--version", ["--version"], near, "1.25"),
    await ratio("--help", ["--help"], near, "1.25"),
    await ratio("connections list", ["connections", "list", "--api-url", near.url], near, "2.00"),
    await roundTrips(near, far),
  ];

  const [cpu] = cpus();
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}`,
  );
  console.log(`medians of ${RUNS} runs, each in turn with what it is compared to\n`);
  const header = {
    what: "what",
    figure: "figure",
    budget: "budget",
    spread: "min – max",
    ms: "ms",
  };
  for (const { what, figure, budget, spread, ms } of [header, ...rows]) {
    console.log(
      [
        what.padEnd(28),
        figure.padStart(8),
        budget.padStart(8),
        spread.padStart(14),
        ms.padStart(8),
      ].join(""),
    );
  }
}

/** The whole time of a command over that of the bare module, pair by pair. */
async function ratio(what, words, emulator, budget) {
  const env = environment(emulator, "list");
  await timed([nectar, ...words], env);
  await timed([bare], env);
  const ratios = [];
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const ms = await timed([nectar, ...words], env);
    ratios.push(ms / (await timed([bare], env)));
    times.push(ms);
  }
  return row(what, ratios, budget, median(times));
}

/** How many round trips `onboard` waits for one after the other: what a known latency adds, over that latency. */
async function roundTrips(near, far) {
  const times = { near: [], far: [] };
  await onboard(near, "warm-up");
  await onboard(far, "warm-up");
  for (let run = 0; run < RUNS; run += 1) {
    times.far.push(await onboard(far, `run-${run}`));
    times.near.push(await onboard(near, `run-${run}`));
  }
  const base = median(times.near);
  const trips = times.far.map((ms) => (ms - base) / LATENCY_MS);
  const spread = row("onboard of 3 sites, trips", trips, "4.00", median(times.far));
  return { ...spread, figure: ((median(times.far) - base) / LATENCY_MS).toFixed(2) };
}

function onboard(emulator, name) {
  const sites = ["Plant", "Store", "Office"].flatMap((site) => ["--site", site]);
  return timed(
    [
      ...[nectar, "onboard", "--company-name", `Bench ${name}`, ...sites, "--yes", "--json"],
      ...["--api-url", emulator.url, "--profile", name],
    ],
    environment(emulator, name),
  );
}

/** A company with as many connections as one page holds, in the profile that `connections list` will find. */
async function fill(emulator) {
  const words = ["onboard", "--company-name", "Bench list", "--site", "Plant", "--yes", "--json"];
  const { stdout } = await run(
    [nectar, ...words, "--api-url", emulator.url],
    environment(emulator, "list"),
  );
  const { company, sites } = JSON.parse(stdout);
  for (let made = 1; made < CONNECTIONS; made += 1) {
    const answer = await fetch(`${emulator.url}/company/${company.id}/connection`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": emulator.key },
      body: JSON.stringify({
        url: "https://nectarclimate.com",
        username: `bench-${made}`,
        password: "bench",
        sites: sites.map(({ id }) => id),
        country: "US",
      }),
    });
    if (!answer.ok)
      throw new Error(`the emulator refused a connection: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
  const list = [nectar, "connections", "list", "--json", "--api-url", emulator.url];
  const found = JSON.parse((await run(list, environment(emulator, "list"))).stdout);
  if (found.length !== CONNECTIONS)
    throw new Error(`${found.length} connections listed, not ${CONNECTIONS}`);
}

/** Starts an emulator of the tool's own on a free port, with its data in a folder of its own. */
function startEmulator(name, options) {
  const child = spawn(
    process.execPath,
    [nectar, "emulator", "start", "--port", "0", "--json", ...options],
    {
      env: environment({ key: "" }, `emulator-${name}`),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  children.add(child);
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    const timer = setTimeout(() => reject(new Error(`no emulator within 10 s: ${stderr}`)), 10_000);
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      if (!/\}\s*$/.test(stdout)) return;
      clearTimeout(timer);
      const { url, key } = JSON.parse(stdout);
      resolve({ url, key, name });
    });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      children.delete(child);
      reject(new Error(`the emulator ended with ${code}: ${stderr}`));
    });
  });
}

/**
 * Nothing of the user's own configuration gets in; every profile has folders of its own. NODE_EXTRA_CA_CERTS most of
 * all stays out: it can more than double the time of the bare module, which would make every ratio look good.
 */
function environment({ key, name = "" }, profile) {
  const place = join(folder, `${name}-${profile}`);
  mkdirSync(place, { recursive: true });
  const kept = ["PATH", "SystemRoot", "TMPDIR", "TEMP", "TMP"];
  return {
    ...Object.fromEntries(
      kept.flatMap((one) => (process.env[one] ? [[one, process.env[one]]] : [])),
    ),
    HOME: place,
    NECTAR_CONFIG_DIR: join(place, "config"),
    NECTAR_STATE_DIR: join(place, "state"),
    ...(key === "" ? {} : { NECTAR_API_KEY: key }),
  };
}

/** Milliseconds from the start of the process until its streams are closed. */
async function timed(words, env) {
  const started = process.hrtime.bigint();
  await run(words, env);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** @throws Error with what the process said, when it does not end with 0 */
function run(words, env) {
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      children.delete(child);
      if (code === 0) resolve({ stdout });
      else
        reject(
          new Error(`${words.slice(1).join(" ")} ended with ${code ?? signal}: ${stderr.trim()}`),
        );
    });
  });
}

function row(what, values, budget, ms) {
  return {
    what,
    figure: median(values).toFixed(2),
    budget: `≤ ${budget}`,
    spread: `${Math.min(...values).toFixed(2)} – ${Math.max(...values).toFixed(2)}`,
    ms: ms.toFixed(0),
  };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
