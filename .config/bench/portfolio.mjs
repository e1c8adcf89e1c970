/** `nectar apply` with a thousand companies: how well it uses its requests, its memory, and a repeat; and a large file. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { printTable, row } from "./figures.mjs";
import {
  environment,
  folder,
  memoryIn,
  nectar,
  request,
  startEmulator,
  written,
} from "./processes.mjs";

const COMPANIES = 1_000;
const LATENCY_MS = 50;
/** As many requests as `apply` sends at a time. */
const CONCURRENCY = 8;
const COMPANIES_OF_LARGE_FILE = 10_000;

const FORMATS = {
  json: (all) => JSON.stringify({ version: 1, companies: all }),
  yaml: (all) =>
    `version: 1\ncompanies:\n${all.map((one) => `  - ${JSON.stringify(one)}\n`).join("")}`,
  csv: (all) => {
    const lines = all.flatMap(({ name: company, sites }) =>
      sites.map(({ name, address = "" }) => `${company},${name},"${address}"\n`),
    );
    return `company,site,site_address\n${lines.join("")}`;
  },
};

export async function benchPortfolio() {
  const options = ["--memory", "--data-delay", "0", "--latency", `${LATENCY_MS}ms`];
  const emulator = await startEmulator("portfolio", options);
  const file = written("plan.json", FORMATS.json(companies(COMPANIES)));
  const first = apply(file, emulator, 0);
  const again = apply(file, emulator, 0);
  const bare = (await bareRequest(emulator)) * first.requests;
  await emulator.stop();
  const ideal = (first.requests * LATENCY_MS) / CONCURRENCY;
  const rows = [
    row("requests × latency ÷ 8, over the time", [ideal / first.ms], "≥ 0.95", first.ms.toFixed()),
    row("requests × latency ÷ 8, a loop of fetch", [ideal / bare], "", bare.toFixed()),
    row("time of the loop of fetch, over the time", [bare / first.ms], "≥ 0.95"),
    row("requests", [first.requests], "", "", 0),
    row("requests of a repeat", [again.requests], "≤ 1001", again.ms.toFixed(), 0),
    row("MiB of memory, peak", [first.memory], "< 200", "", 0),
  ];
  const wrong = [...companies(COMPANIES_OF_LARGE_FILE), { name: "Last", sites: [{ name: "" }] }];
  for (const [format, textOf] of Object.entries(FORMATS)) {
    // Nothing answers there: a request would end with another exit status.
    const nowhere = { url: "http://127.0.0.1:9/v2.2", key: "any" };
    const { ms } = apply(written(`wrong.${format}`, textOf(wrong)), nowhere, 2);
    rows.push(row(`seconds for 10,000 companies and a wrong one, ${format}`, [ms / 1000], "< 2"));
  }
  printTable(
    `apply: ${COMPANIES} companies of 2 sites and a connection, at a latency of ${LATENCY_MS} ms`,
    rows,
    "ms",
  );
}

function companies(count) {
  const sites = ["Plant", "Store"].map((name) => ({ name, address: "1 Main St, Austin" }));
  return Array.from({ length: count }, (_, index) => ({ name: `Company ${index}`, sites }));
}

/** Milliseconds for one of many creates that a loop of `fetch` sends, as many at a time as `apply`: it does nothing else. */
async function bareRequest(emulator) {
  let left = COMPANIES;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      await request(emulator, "POST", "/company", { name: `Bare ${left}` });
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, loop));
  return (performance.now() - started) / COMPANIES;
}

/** Runs the tool on a plan file: its time, its requests, and its peak memory in MiB. */
function apply(file, { url, key }, status) {
  const peak = join(folder, "peak");
  const atEnd = `process.on("exit", () => {
    const { existsSync, readFileSync, writeFileSync } = require("node:fs");
    const status = "/proc/self/status";
    if (existsSync(status)) writeFileSync(${JSON.stringify(peak)}, readFileSync(status));
  });`;
  const words = [nectar, "apply", file, "--api-url", url, "--debug", "--quiet"];
  const started = performance.now();
  const { stderr, ...ended } = spawnSync(
    process.execPath,
    ["--require", written("peak.cjs", atEnd), ...words],
    { env: environment("portfolio", key), encoding: "utf8", maxBuffer: 2 ** 30 },
  );
  const ms = performance.now() - started;
  if (ended.status !== status) throw new Error(`apply exited with ${ended.status}: ${stderr}`);
  const requests = stderr.match(/^debug [A-Z]+ \//gm)?.length ?? 0;
  return { ms, requests, memory: memoryIn(peak).highest };
}
