/**
 * `npm run build:binary`: build/nectar, one executable that needs no Node on the machine where it runs. Node itself writes
 * it (single executable applications); it holds the Node that builds it, and no keyring package.
 */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Whether this Node has `--build-sea`; older ones need a separate program to write the executable. */
export function canBuildBinary() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > 25 || (major === 25 && minor >= 5);
}

/**
 * @param folder holds the tool in one file, main.js
 * @returns the path of the executable
 */
export async function writeBinary(folder) {
  const output = join(folder, process.platform === "win32" ? "nectar.exe" : "nectar");
  const config = join(folder, "sea-config.json");
  const options = { disableExperimentalSEAWarning: true, useCodeCache: true };
  await writeFile(config, JSON.stringify({ main: join(folder, "main.js"), output, ...options }));
  execFileSync(process.execPath, ["--build-sea", config], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return output;
}
