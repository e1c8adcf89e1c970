/** The processes that the bench measures: each with its own folders, all removed when the bench ends. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The built tool. */
export const nectar = join(root, "bin", "nectar.js");

/** The OpenAPI file of this project. */
export const openapi = join(root, "test", "contract", "nectar-openapi.yaml");

/** Removed when the bench ends. */
export const folder = mkdtempSync(join(tmpdir(), "nectar-bench-"));

/** The one-line module that everything is compared with. */
export const bare = join(folder, "bare.mjs");
writeFileSync(bare, "export const nothing = 0;\n");

const children = new Set();

/** Kills every child process; without this they would keep the bench running. */
export function endAll() {
  for (const child of children) child.kill("SIGKILL");
}

process.once("exit", () => {
  endAll();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/** @throws Error when the tool is not built */
export function needBuilt() {
  if (!existsSync(join(root, "dist", "main.js")))
    throw new Error("the tool is not built; run npm run build");
}

/**
 * An environment without the user's configuration; every name has its own folders. NODE_EXTRA_CA_CERTS in particular is
 * left out: it can more than double the time of the bare module, which would improve every ratio.
 */
export function environment(name, key = "") {
  const place = join(folder, name);
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

/** @returns milliseconds from the start of a process until its streams are closed */
export async function timed(words, env) {
  const started = performance.now();
  await run(words, env);
  return performance.now() - started;
}

/**
 * Runs a Node script to completion.
 * @throws Error with its stderr when it does not exit with 0
 */
export async function run(words, env) {
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
          new Error(`${words.slice(1).join(" ")} exited with ${code ?? signal}: ${stderr.trim()}`),
        );
    });
  });
}

/**
 * Starts a Node script that runs as a server until it is stopped.
 *
 * @param ready called with the output so far, after new output and periodically; returns null until the server is ready
 * @returns the result of `ready`, with `pid` and `stop`
 */
export function serve(words, env, ready) {
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGINT");
    await ended;
  };
  return new Promise((resolve, reject) => {
    let output = "";
    const check = async () => {
      const found = await ready(output);
      if (found === null) return;
      clearInterval(timer);
      resolve({ ...found, pid: child.pid, stop });
    };
    const fail = (why) => {
      clearInterval(timer);
      reject(new Error(`${words[0]}: ${why}: ${output.trim()}`));
    };
    const latest = Date.now() + 20_000;
    const timer = setInterval(() => {
      if (Date.now() > latest) fail("not ready after 20 s");
      else check();
    }, 50);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        // Later output is ignored.
        if (output.length > 10_000) return;
        output += chunk;
        check();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      children.delete(child);
      fail(`exited with ${code}`);
    });
  });
}

/** Starts the tool's emulator on a free port, with its own data folder. */
export async function startEmulator(name, options = []) {
  const env = environment(name);
  const words = [nectar, "emulator", "start", "--port", "0", "--json", ...options];
  const served = await serve(words, env, (output) => {
    const json = /^\{.*\}\s*$/s.exec(output);
    return json === null ? null : JSON.parse(json[0]);
  });
  return { ...served, name, stateDir: env.NECTAR_STATE_DIR };
}

/**
 * Sends a request to an emulator and returns the parsed response.
 * @throws Error for an error status
 */
export async function request({ url, key }, method, path, body) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "x-api-key": key, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok)
    throw new Error(`${method} ${path} was refused: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The memory of a process in MiB, current and peak; null where /proc is not available. */
export function memoryOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    const kib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
    return { now: kib("VmRSS") / 1024, highest: kib("VmHWM") / 1024 };
  } catch {
    return null;
  }
}
