/** `nectar apply` with a thousand companies: how well it uses its requests, its memory, and a repeat; and a large file. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { printTable, row } from "./bench-figures.mjs";
import {
  environment,
  folder,
  memoryIn,
  nectar,
  startEmulator,
  written,
} from "./bench-processes.mjs";

const COMPANIES = 1_000;
const LATENCY_MS = 50;
/** As many requests as `apply` sends at a time. */
const CONCURRENCY = 8;
const COMPANIES_OF_LARGE_FILE = 10_000;

export async function benchPortfolio() {
  const options = ["--memory", "--data-delay", "0", "--latency", `${LATENCY_MS}ms`];
  const emulator = await startEmulator("portfolio", options);
  const file = written("portfolio.csv", planOf(COMPANIES));
  const first = apply(file, emulator, 0);
  const again = apply(file, emulator, 0);
  await emulator.stop();
  const wrong = `${planOf(COMPANIES_OF_LARGE_FILE)}Last,Site,1 Main St,XX\n`;
  // Nothing answers there: a request would fail with another exit status.
  const nowhere = { url: "http://127.0.0.1:9/v2.2", key: "any" };
  const refused = apply(written("wrong.csv", wrong), nowhere, 2);
  const ideal = (first.requests * LATENCY_MS) / CONCURRENCY;
  const rows = [
    row("requests × latency ÷ 8, over the time", [ideal / first.ms], "≥ 0.95", first.ms.toFixed()),
    row("requests", [first.requests], "", "", 0),
    row("MiB of memory, peak", [first.memory], "< 200", "", 0),
    row("requests of a repeat", [again.requests], "≤ 1001", again.ms.toFixed(), 0),
    row("MiB of memory of a repeat, peak", [again.memory], "< 200", "", 0),
    row(
      "10,000 companies, the last one wrong: seconds",
      [refused.ms / 1000],
      "< 2",
      refused.ms.toFixed(),
    ),
    row("MiB of memory for these, peak", [refused.memory], "", "", 0),
  ];
  printTable(
    `apply: ${COMPANIES} companies of 2 sites and a connection, at a latency of ${LATENCY_MS} ms`,
    rows,
    "ms",
  );
}

function planOf(companies) {
  const lines = Array.from({ length: companies }, (_, index) =>
    ["Plant", "Store"].map((site) => `Company ${index},${site},1 Main St,US\n`).join(""),
  );
  return `company,site,site_address,country\n${lines.join("")}`;
}

/** Runs the tool on a plan file: its time, its requests, and its peak memory in MiB. */
function apply(file, { url, key }, status) {
  const peak = join(folder, "peak");
  const atEnd = `process.on("exit", () => {
    try { require("node:fs").cpSync("/proc/self/status", ${JSON.stringify(peak)}); } catch {}
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
