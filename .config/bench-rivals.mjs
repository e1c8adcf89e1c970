/** The servers that the emulator is compared with: pinned, and installed into a cache on first use, not dependencies. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { environment, folder, openapi, serve } from "./bench-processes.mjs";

// The newest versions that run on Node 20.
const PINNED = {
  "@stoplight/prism-cli": "5.14.2",
  "json-server": "1.0.0-beta.3",
  autocannon: "8.0.0",
};

const cache = fileURLToPath(new URL("../node_modules/.cache/nectar-bench", import.meta.url));

/**
 * Installs the pinned versions into the cache, unless they are already there.
 *
 * @returns false when that fails; the reason is printed on one line
 */
export async function installRivals() {
  const have = Object.entries(PINNED).every(([name, version]) => versionOf(name) === version);
  if (have) return true;
  const wanted = Object.entries(PINNED).map(([name, version]) => `${name}@${version}`);
  console.log(`Installing ${wanted.join(", ")} into node_modules/.cache, once.`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"];
  try {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const shell = process.platform === "win32";
    await promisify(execFile)(npm, ["install", ...quiet, ...wanted], { cwd: cache, shell });
    return true;
  } catch (error) {
    const why = String(error.stderr ?? error.message)
      .trim()
      .split("\n")
      .at(-1);
    console.log(
      `The servers to compare the emulator with can't be installed, so this section is skipped: ${why}`,
    );
    return false;
  }
}

export function versionOf(name) {
  const manifest = join(cache, "node_modules", name, "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : null;
}

/** The script behind a command of an installed package. */
export function scriptOf(name) {
  const { bin } = JSON.parse(
    readFileSync(join(cache, "node_modules", name, "package.json"), "utf8"),
  );
  return join(cache, "node_modules", name, typeof bin === "string" ? bin : Object.values(bin)[0]);
}

/**
 * Starts Prism in mock mode. With the OpenAPI file unchanged, each response contains one object.
 *
 * @param data to return instead, added as examples to a copy of the file; null uses the file unchanged
 */
export async function startPrism(data, port) {
  let document = openapi;
  if (data !== null) {
    document = join(folder, "openapi-with-data.json");
    writeFileSync(document, JSON.stringify(withExamples(data)));
  }
  const words = ["mock", document, "--port", String(port), "--verboseLevel", "silent"];
  return started("prism", [scriptOf("@stoplight/prism-cli"), ...words], port);
}

function withExamples({ companies, connections }) {
  const document = parse(readFileSync(openapi, "utf8"));
  const response = (path) => document.paths[path].get.responses["200"].content["application/json"];
  response("/company").example = companies;
  response("/connection/company/{company_id}").example = connections;
  return document;
}

/** Starts json-server with the same objects in its file, which it rewrites on every POST. */
export async function startJsonServer({ companies, connections }, port) {
  const database = join(folder, "db.json");
  const sites = companies.flatMap((company) => company.sites);
  const content = { companies, sites, connections: connections.connections };
  writeFileSync(database, JSON.stringify(content));
  return started("json-server", [scriptOf("json-server"), database, "--port", String(port)], port);
}

async function started(name, words, port) {
  const url = `http://127.0.0.1:${port}`;
  // The servers announce that they listen in different ways or not at all, so poll.
  const answers = () =>
    fetch(url)
      .then((response) => response.arrayBuffer())
      .then(
        () => ({ name, url }),
        () => null,
      );
  return serve(words, environment(name), answers);
}
