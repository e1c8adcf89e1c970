/** The processes that the bench measures: each with its own folders, all removed when the bench ends. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built tool. */
export const nectar = fileURLToPath(new URL("../../bin/nectar.js", import.meta.url));

/** Removed when the bench ends. */
export const folder = mkdtempSync(join(tmpdir(), "nectar-bench-"));

const servers = new Set();
process.once("exit", () => {
  for (const server of servers) server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/** Writes a file into the bench's folder; returns its path. */
export function written(name, content) {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/**
 * An environment without the user's configuration; every name has its own folders. NODE_EXTRA_CA_CERTS in particular is
 * left out: it can more than double the time of the bare module, which would improve every ratio.
 */
export function environment(name, key) {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  const { PATH, SystemRoot, TEMP } = process.env;
  return {
    ...{ PATH, SystemRoot, TEMP, HOME: place, NECTAR_API_KEY: key },
    ...{ NECTAR_CONFIG_DIR: join(place, "config"), NECTAR_STATE_DIR: join(place, "state") },
  };
}

/**
 * Runs a Node script to its end; returns its stdout.
 * @throws Error with its stderr when it does not exit with 0
 */
export function run(words, env) {
  const stdio = ["ignore", "pipe", "pipe"];
  return execFileSync(process.execPath, words, { env, stdio, encoding: "utf8" });
}

/** @returns milliseconds from the start of a Node script until its streams are closed */
export function timed(words, env) {
  const started = performance.now();
  run(words, env);
  return performance.now() - started;
}

/**
 * Starts a Node script that runs as a server until it is stopped.
 *
 * @param ready called with the output so far, after new output and periodically; returns null until the server is ready
 * @returns the result of `ready`, with `pid` and `stop`
 */
export async function serve(words, env, ready) {
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "inherit"] });
  servers.add(child);
  const ended = new Promise((resolve) => child.once("close", resolve));
  let [output, wake] = ["", () => {}];
  child.stdout.on("data", (chunk) => {
    // Later output is ignored.
    if (output.length < 10_000) output += chunk;
    wake();
  });
  for (;;) {
    const found = await ready(output);
    if (found !== null) {
      const stop = () => child.kill("SIGINT") && ended;
      return { ...found, pid: child.pid, stop };
    }
    if (child.exitCode !== null) throw new Error(`${words[0]} exited with ${child.exitCode}`);
    await new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, 50);
    });
  }
}

/** Starts the tool's emulator on a free port, with its own data folder. */
export function startEmulator(name, options = []) {
  const words = [nectar, "emulator", "start", "--port", "0", "--json", ...options];
  return serve(words, environment(name), (output) =>
    output.endsWith("\n}\n") ? { ...JSON.parse(output), name } : null,
  );
}

/** A company of a seed, whose connections all have the sandbox login. */
export function seedCompany(name, sites, connections) {
  return {
    ...{ name, externalId: name.toLowerCase().replace(" ", "-") },
    sites: Array.from({ length: sites }, (_, index) => ({
      ...{ name: `Site ${index}`, address: "1 Main St, Austin, TX", externalId: `site-${index}` },
    })),
    connections: Array.from({ length: connections }, () => ({ country: "US" })),
  };
}

/**
 * Sends a request to an emulator and returns the response's text, which is complete.
 * @throws Error for an error status
 */
export async function request({ url, key }, method, path, body) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "x-api-key": key, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was refused: ${response.status} ${text}`);
  return text;
}

/** The memory of a process in MiB, current and peak, from its status file; not a number where there is no /proc. */
export function memoryIn(file) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const mib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]) / 1024;
  return { now: mib("VmRSS"), highest: mib("VmHWM") };
}
