/** The processes that the bench measures: each with folders of its own, all of them gone when the bench ends. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The built tool. */
export const nectar = join(root, "bin", "nectar.js");

/** The API as this project knows it. */
export const openapi = join(root, "test", "contract", "nectar-openapi.yaml");

/** Gone when the bench ends. */
export const folder = mkdtempSync(join(tmpdir(), "nectar-bench-"));

/** The one-line module that everything is compared to. */
export const bare = join(folder, "bare.mjs");
writeFileSync(bare, "export const nothing = 0;\n");

const children = new Set();

/** Ends every child at once; call it when the bench is over, for they would keep it running. */
export function endAll() {
  for (const child of children) child.kill("SIGKILL");
}

process.once("exit", () => {
  endAll();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/** @throws Error when nothing is built */
export function needBuilt() {
  if (!existsSync(join(root, "dist", "main.js")))
    throw new Error("nothing is built: npm run build");
}

/**
 * Nothing of the user's own configuration gets in; every name has folders of its own. NODE_EXTRA_CA_CERTS most of
 * all stays out: it can more than double the time of the bare module, which would make every ratio look good.
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

/** Milliseconds from the start of a process until its streams are closed. */
export async function timed(words, env) {
  const started = performance.now();
  await run(words, env);
  return performance.now() - started;
}

/**
 * Runs a script of Node's to its end.
 * @throws Error with what it said, when it does not end with 0
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
          new Error(`${words.slice(1).join(" ")} ended with ${code ?? signal}: ${stderr.trim()}`),
        );
    });
  });
}

/**
 * Starts a script of Node's that serves until it is ended.
 *
 * @param ready is asked when it has said something, and every now and then; gives null until it serves
 * @returns what `ready` gave, with `pid` and `stop`
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
    let said = "";
    const look = async () => {
      const found = await ready(said);
      if (found === null) return;
      clearInterval(timer);
      resolve({ ...found, pid: child.pid, stop });
    };
    const fail = (why) => {
      clearInterval(timer);
      reject(new Error(`${words[0]}: ${why}: ${said.trim()}`));
    };
    const latest = Date.now() + 20_000;
    const timer = setInterval(() => {
      if (Date.now() > latest) fail("does not serve after 20 s");
      else look();
    }, 50);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        // What comes later is let go of.
        if (said.length > 10_000) return;
        said += chunk;
        look();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      children.delete(child);
      fail(`ended with ${code}`);
    });
  });
}

/** Starts an emulator of the tool's own on a free port, with its data in a folder of its own. */
export async function startEmulator(name, options = []) {
  const env = environment(name);
  const words = [nectar, "emulator", "start", "--port", "0", "--json", ...options];
  const served = await serve(words, env, (said) => {
    const json = /^\{.*\}\s*$/s.exec(said);
    return json === null ? null : JSON.parse(json[0]);
  });
  return { ...served, name, stateDir: env.NECTAR_STATE_DIR };
}

/**
 * Asks an emulator.
 * @throws Error when it refuses
 */
export async function ask({ url, key }, method, path, body) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { "x-api-key": key, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok)
    throw new Error(`${method} ${path} was refused: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The memory of a process in MiB, now and at its highest; null where the system does not tell. */
export function memoryOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    const kib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
    return { now: kib("VmRSS") / 1024, highest: kib("VmHWM") / 1024 };
  } catch {
    return null;
  }
}
