import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Start, startedAs } from "../../src/app/hints.ts";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nectar-started-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file that can be run. */
function program(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  chmodSync(file, 0o755);
  return file;
}

function start(script: string | null, more: Partial<Start> & { readonly path?: string[] } = {}) {
  const { path = [], env = {}, ...rest } = more;
  return startedAs({
    script,
    execPath: process.execPath,
    cwd: folder,
    ...rest,
    env: { PATH: [...path, dirname(process.execPath)].join(delimiter), ...env },
  });
}

describe("the words that a run was started with", () => {
  it("are `nectar` where the shell finds this very script by that name", () => {
    const script = program("tool", "bin", "nectar.js");
    mkdirSync(join(folder, "path"));
    symlinkSync(script, join(folder, "path", "nectar"));
    const path = [join(folder, "none"), join(folder, "path")];
    expect(start(script, { path })).toEqual(["nectar"]);
    expect(start(join(folder, "path", "nectar"), { path })).toEqual(["nectar"]);
  });

  it("are its path alone where it is one executable", () => {
    const execPath = program("build", "nectar");
    expect(start(execPath, { execPath })).toEqual(["build/nectar"]);
    expect(start(execPath, { execPath, path: [join(folder, "build")] })).toEqual(["nectar"]);
  });

  it("are the path where `nectar` is another program, or can't be run", () => {
    const script = program("tool", "bin", "nectar.js");
    program("path", "nectar");
    const path = [join(folder, "path")];
    expect(start(script, { path })).toEqual(["node", "tool/bin/nectar.js"]);
    mkdirSync(join(folder, "folder", "nectar"), { recursive: true });
    expect(start(script, { path: [join(folder, "folder")] })).toEqual([
      "node",
      "tool/bin/nectar.js",
    ]);
  });

  it("are `npx nectar-cli` under npx", () => {
    const cached = program("_npx", "ab12", "node_modules", "nectar-cli", "bin", "nectar.js");
    mkdirSync(join(folder, "_npx", "ab12", "node_modules", ".bin"));
    const bin = join(folder, "_npx", "ab12", "node_modules", ".bin", "nectar");
    symlinkSync(cached, bin);
    expect(start(bin, { path: [dirname(bin)] })).toEqual(["npx", "nectar-cli"]);
    const installed = program("node_modules", "nectar-cli", "bin", "nectar.js");
    const env = { npm_command: "exec" };
    expect(start(installed, { env })).toEqual(["npx", "nectar-cli"]);
    // A script of the user's own that npx started, and that starts the clone.
    expect(start(program("bin", "nectar.js"), { env })).toEqual(["node", "bin/nectar.js"]);
  });

  it("are `node` and a path: relative below the current folder, else absolute", () => {
    const script = program("bin", "nectar.js");
    expect(start(script)).toEqual(["node", "bin/nectar.js"]);
    expect(start(script, { cwd: join(folder, "bin") })).toEqual(["node", "nectar.js"]);
    expect(start(script, { cwd: "/" })).toEqual(["node", script.slice(1)]);
    mkdirSync(join(folder, "else"));
    expect(start(script, { cwd: join(folder, "else") })).toEqual(["node", script]);
    expect(start(program("-x", "nectar.js"))).toEqual(["node", "./-x/nectar.js"]);
    expect(start(program("..x", "nectar.js"))).toEqual(["node", "..x/nectar.js"]);
  });

  it("name this Node where the shell finds another one, or none", () => {
    const script = program("bin", "nectar.js");
    program("path", "node");
    expect(start(script, { path: [join(folder, "path")] })).toEqual([
      process.execPath,
      "bin/nectar.js",
    ]);
    expect(start(script, { env: { PATH: "" } })).toEqual([process.execPath, "bin/nectar.js"]);
    expect(start(script, { env: { PATH: undefined } })[0]).toBe(process.execPath);
  });

  it("are `nectar` where there is no script, or it is gone", () => {
    expect(start(null)).toEqual(["nectar"]);
    expect(start(join(folder, "gone.js"))).toEqual(["nectar"]);
  });
});
