/** Packs the built tool as npm would publish it, and installs it into an empty folder without the network. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { ROOT } from "./built-tool.ts";
import { type Home, startProcess } from "./nectar-process.ts";

export const NPM_MS = 60_000;

/** Runs npm without anything of the tester's configuration, and without the network. @returns its stdout */
async function npm(home: Home, cwd: string, words: readonly string[]): Promise<string> {
  const env = {
    ...home.env,
    npm_config_cache: join(home.folder, "npm"),
    npm_config_offline: "true",
  };
  const { status, stdout, stderr } = await startProcess("npm", words, {
    cwd,
    env,
    limitMs: NPM_MS,
  }).ended;
  expect(status, stderr).toBe(0);
  return stdout;
}

export interface Packed {
  readonly name: string;
  readonly version: string;
  /** The paths in the tarball. */
  readonly files: readonly string[];
  /** A folder with nothing but the package in its node_modules. */
  readonly folder: string;
}

/** Packs and installs. */
export async function installPacked(home: Home): Promise<Packed> {
  const words = ["run", "-s", "pack", "--", "--json", "--pack-destination", home.folder];
  const [pack] = JSON.parse(await npm(home, ROOT, words));
  const folder = join(home.folder, "empty");
  mkdirSync(folder);
  const flags = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"];
  await npm(home, folder, ["install", ...flags, join(home.folder, pack.filename)]);
  const files = pack.files.map(({ path }: { path: string }) => path);
  return { name: pack.name, version: pack.version, files, folder };
}

/** Lets a program in a folder import one of this project's own development packages. */
export function lend(folder: string, name: string): void {
  symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
}

/** Writes a program and runs it with this Node. */
export function runFile(home: Home, folder: string, name: string, source: string) {
  writeFileSync(join(folder, name), source);
  return startProcess(process.execPath, [name], { cwd: folder, env: home.env }).ended;
}
