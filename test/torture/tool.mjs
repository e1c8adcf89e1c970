/**
 * The built tool as child processes, in folders of their own and with nothing of the tester's environment.
 * Works on a copy of what is built, so that a build that runs meanwhile disturbs nothing.
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A child that has not ended after this is killed and counts as hung: above the minute that a run may have to wait for a
 * create whose fate is open, and its default deadline. Milliseconds.
 */
const HANG_MS = 180_000;

/**
 * Copies the built tool into a temporary folder.
 *
 * @throws Error when the tool is not built
 */
export function openWorld() {
  if (!existsSync(join(ROOT, "dist", "main.js"))) {
    throw new Error("nectar is not built yet. Run: npm run build");
  }
  const folder = mkdtempSync(join(tmpdir(), "nectar-torture-"));
  const tool = join(folder, "tool");
  mkdirSync(tool);
  for (const part of ["bin", "dist", "package.json"]) {
    cpSync(join(ROOT, part), join(tool, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(tool, "node_modules"));
  const onPath = join(folder, "path");
  mkdirSync(onPath);
  const bin = join(tool, "bin", "nectar.js");
  symlinkSync(bin, join(onPath, "nectar"));

  const children = new Set();
  let homes = 0;
  let started = 0;

  function start(home, file, args, { env = {}, stdin, limitMs = HANG_MS } = {}) {
    started += 1;
    const child = spawn(file, args, {
      cwd: join(home.folder, "cwd"),
      env: { ...home.env, ...env },
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    children.add(child);
    const begun = process.hrtime.bigint();
    if (stdin !== undefined) {
      // A program that does not read it closes its end.
      child.stdin.on("error", () => {});
      child.stdin.end(stdin);
    }
    const out = [];
    const err = [];
    const listeners = new Set();
    const tell = () => {
      for (const listener of listeners) listener();
    };
    const take = (chunks) => (chunk) => {
      chunks.push(chunk);
      tell();
    };
    child.stdout.on("data", take(out));
    child.stderr.on("data", take(err));
    const text = (chunks) => Buffer.concat(chunks).toString("utf8");
    let hung = false;
    let over = false;
    const ended = new Promise((resolve) => {
      const timer = setTimeout(() => {
        hung = true;
        child.kill("SIGKILL");
      }, limitMs);
      child.once("error", () => {});
      child.once("close", (status, signal) => {
        clearTimeout(timer);
        children.delete(child);
        over = true;
        tell();
        const ms = Number(process.hrtime.bigint() - begun) / 1e6;
        resolve({ pid: child.pid, status, signal, hung, ms, stdout: text(out), stderr: text(err) });
      });
    });
    return {
      pid: child.pid,
      ended,
      isOver: () => over,
      kill: (signal) => child.kill(signal),
      /** Waits until what is on stdout passes a test; false when it ended before. */
      shows: (test) =>
        new Promise((resolve) => {
          const look = () => {
            const found = test(text(out));
            if (!found && !over) return;
            listeners.delete(look);
            resolve(found);
          };
          listeners.add(look);
          look();
        }),
      stdout: () => text(out),
    };
  }

  return {
    folder,
    started: () => started,
    /** A fresh machine, as far as the tool can see. */
    newHome() {
      homes += 1;
      const at = join(folder, `home-${homes}`);
      for (const part of ["home", "tmp", "cwd"]) mkdirSync(join(at, part), { recursive: true });
      const path = [onPath, dirname(process.execPath), "/usr/bin", "/bin"];
      const env = {
        PATH: path.join(delimiter),
        HOME: join(at, "home"),
        TMPDIR: join(at, "tmp"),
        LANG: "C.UTF-8",
        NECTAR_CONFIG_DIR: join(at, "config"),
        NECTAR_STATE_DIR: join(at, "state"),
      };
      const home = {
        folder: at,
        env,
        start: (words, options) => start(home, process.execPath, [bin, ...words], options),
        run: (words, options) => home.start(words, options).ended,
        /** Runs a line as a user's shell would. */
        shell: (line, options) => start(home, "/bin/sh", ["-c", line], options).ended,
        startShell: (line, words, options) =>
          start(home, "/bin/sh", ["-c", line, ...words], options),
        /** Runs the tool with its standard input closed, not only empty. */
        closed: (words, options) =>
          start(
            home,
            "/bin/sh",
            ["-c", 'exec "$@" <&-', "sh", process.execPath, bin, ...words],
            options,
          ).ended,
        /** A profile as it stands in config.json; null when there is none. */
        profile: (name) => readConfig(at)?.profiles?.[name] ?? null,
        /** Every ledger, as it stands on disk. */
        ledgers: () =>
          namesIn(join(at, "state", "ledger"))
            .filter((name) => name.endsWith(".json"))
            .map((name) => JSON.parse(readFileSync(join(at, "state", "ledger", name), "utf8"))),
        /** What is left of writes that were broken off, and in the ledger also of locks. */
        leftovers: () => [
          ...[join(at, "config"), join(at, "state"), join(at, "state", "emulator")]
            .flatMap(namesIn)
            .filter((name) => /\.json\.(?!(?:lock|holder)$)/.test(name)),
          ...namesIn(join(at, "state", "ledger")).filter((name) => !name.endsWith(".json")),
        ],
      };
      return home;
    },
    close() {
      for (const child of children) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

function readConfig(at) {
  try {
    return JSON.parse(readFileSync(join(at, "config", "config.json"), "utf8"));
  } catch {
    return null;
  }
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
