/** The servers that the emulator is compared with: pinned, and installed by npm on first use, not dependencies. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { environment, serve, written } from "./processes.mjs";

// The newest versions that run on Node 20.
export const PRISM = "@stoplight/prism-cli@5.14.2";
export const JSON_SERVER = "json-server@1.0.0-beta.3";
const AUTOCANNON = "autocannon@8.0.0";

const OPENAPI = new URL("../../test/contract/nectar-openapi.yaml", import.meta.url);

/**
 * Has npm install the pinned versions into its own cache, unless they are already there.
 *
 * @returns the path of one of their scripts by the name of its command
 */
export function installRivals() {
  const packages = [PRISM, JSON_SERVER, AUTOCANNON].map((name) => `--package=${name}`);
  // npm puts the folder of their commands into PATH.
  const words = ["exec", "--yes", "--ignore-scripts", ...packages, "--"];
  words.push("node", "--print", "process.env.PATH");
  const path = execFileSync("npm", words, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const bin = path.split(delimiter).find((part) => /[\\/]_npx[\\/]/.test(part));
  return (name) => join(bin, name);
}

/**
 * Starts Prism in mock mode. With the OpenAPI file unchanged, each response contains one object.
 *
 * @param data to return instead, added as examples to a copy of the file; null uses the file unchanged
 */
export async function startPrism(script, data) {
  const document = parse(await readFile(OPENAPI, "utf8"));
  for (const [path, example] of Object.entries(data ?? {})) {
    document.paths[path].get.responses["200"].content["application/json"].example = example;
  }
  const file = written(`openapi-${data === null ? "bare" : "full"}.json`, document);
  return start(script, ["mock", file, "--verboseLevel", "silent"]);
}

/** Starts json-server with the same objects in its file, which it rewrites on every POST. */
export function startJsonServer(script, database) {
  return start(script, [written("db.json", database)]);
}

async function start(script, words) {
  const socket = createServer().listen(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  const url = `http://127.0.0.1:${port}`;
  // The servers announce that they listen in different ways or not at all, so poll.
  return serve([script, ...words, "--port", `${port}`], environment(`rival-${port}`), () =>
    fetch(url).then(
      () => ({ url, key: "any" }),
      () => null,
    ),
  );
}
