/** What the emulator is compared to. No dependencies of this project: pinned, and installed on first use into a cache. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { environment, folder, openapi, serve } from "./bench-processes.mjs";

// The newest that run on Node 20.
const PINNED = {
  "@stoplight/prism-cli": "5.14.2",
  "json-server": "1.0.0-beta.3",
  autocannon: "8.0.0",
};

const cache = fileURLToPath(new URL("../node_modules/.cache/nectar-bench", import.meta.url));

/**
 * Puts the pinned versions into the cache, when they are not there yet.
 *
 * @returns false after saying in one line why it can't
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
      `What the emulator is compared to can't be installed, so this part is left out: ${why}`,
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
 * Prism in mock mode, with the OpenAPI file as it is: by default its answers hold one object each.
 *
 * @param data its answers hold this instead, as examples in a copy of the file; null leaves the file alone
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
  const answer = (path) => document.paths[path].get.responses["200"].content["application/json"];
  answer("/company").example = companies;
  answer("/connection/company/{company_id}").example = connections;
  return document;
}

/** json-server with the same objects in its file, which it writes anew with every POST. */
export async function startJsonServer({ companies, connections }, port) {
  const database = join(folder, "db.json");
  const sites = companies.flatMap((company) => company.sites);
  const content = { companies, sites, connections: connections.connections };
  writeFileSync(database, JSON.stringify(content));
  return started("json-server", [scriptOf("json-server"), database, "--port", String(port)], port);
}

async function started(name, words, port) {
  const url = `http://127.0.0.1:${port}`;
  // Each says in its own words that it listens, or says nothing.
  const answers = () =>
    fetch(url)
      .then((answer) => answer.arrayBuffer())
      .then(
        () => ({ name, url }),
        () => null,
      );
  return serve(words, environment(name), answers);
}
