/** What the help promises is what the tool does. */
import { describe, expect, it } from "vitest";
import { GLOBAL_OPTIONS, VARIABLES } from "../../src/app/global-options.ts";
import { COMMANDS, GROUPS } from "../../src/commands/registry.ts";
import { EXIT_TABLE } from "../../src/errors.ts";
import { parse } from "../../src/program.ts";
import { freshPlace } from "../support/run-cli.ts";
import { shellWords } from "../support/shell-words.ts";

const commands = await Promise.all(
  COMMANDS.map(async (entry) => ({
    line: entry.path.join(" "),
    entry,
    command: (await entry.load()).command,
  })),
);

/** Of commands with many options of their own. */
const LONG_PAGES = ["emulator fault"];

describe("help", () => {
  it("of the whole tool lists every group and the exit table", async () => {
    const run = await freshPlace().run(["--help"]);
    expect(run.status).toBe(0);
    expect(run.stderr).toBe("");
    for (const { path } of GROUPS.filter((group) => group.path.length === 1)) {
      expect(run.stdout).toContain(path.join(" "));
    }
    for (const { code, meaning } of EXIT_TABLE) expect(run.stdout).toContain(`${code}  ${meaning}`);
  });

  it("options lists what every command takes, and the variables", async () => {
    const run = await freshPlace().run(["help", "options"]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    for (const { flag, help } of GLOBAL_OPTIONS) {
      expect(run.stdout).toContain(flag);
      expect(run.stdout.replace(/\s+/g, " ")).toContain(help);
    }
    for (const { name } of VARIABLES) expect(run.stdout).toContain(name);
  });

  it("of a command does not repeat them, and says where they are", async () => {
    const place = freshPlace();
    for (const path of [[], ["sites"], ["sites", "list"]]) {
      const { stdout } = await place.run([...path, "--help"]);
      expect(stdout).not.toContain("--no-color");
      expect(stdout.trimEnd().split("\n").at(-1)).toContain("nectar help options");
    }
  });

  it.each(commands)("of $line fits on a screen", async ({ line, entry }) => {
    const { stdout } = await freshPlace().run([...entry.path, "--help"], { columns: 100 });
    const [own = ""] = stdout.split("\nExamples:");
    expect(own.split("\n").length).toBeLessThanOrEqual(LONG_PAGES.includes(line) ? 80 : 40);
  });

  it("is what bare `nectar`, a bare group, `help` and -h show, too", async () => {
    const place = freshPlace();
    const whole = (await place.run(["--help"])).stdout;
    for (const same of [[], ["-h"], ["help"]]) {
      const run = await place.run(same);
      expect([run.status, run.stdout, run.stderr]).toEqual([0, whole, ""]);
    }
    const group = (await place.run(["connections", "--help"])).stdout;
    for (const same of [
      ["connections"],
      ["connection"],
      ["help", "connections"],
      ["connections", "--help", "list"],
    ]) {
      const run = await place.run(same);
      expect([run.status, run.stdout, run.stderr]).toEqual([0, group, ""]);
    }
    expect(group).toContain("list|ls");
  });

  it("of what does not exist is refused like the thing itself", async () => {
    for (const words of [
      ["help", "bogus"],
      ["bogus", "--help"],
      ["connections", "bogus", "-h"],
    ]) {
      const run = await freshPlace().run(words);
      expect([run.status, run.stdout]).toEqual([2, ""]);
      expect(run.stderr).toContain('unknown command "bogus"');
    }
  });

  it("keeps within a narrow terminal, apart from what can't be broken", async () => {
    for (const columns of [60, 80]) {
      const { stdout } = await freshPlace().run(["invitations", "create", "--help"], { columns });
      const [options = ""] = stdout.split("\nExamples:");
      const long = options.split("\n").filter((line) => line.length > columns);
      expect(long).toEqual([]);
    }
  });

  it("prints the version", async () => {
    for (const flag of ["--version", "-V"]) {
      const run = await freshPlace().run([flag]);
      expect([run.status, run.stdout]).toEqual([0, "0.0.0-test\n"]);
    }
  });

  it("is one JSON document with --json, the version too", async () => {
    const of = async (...words: string[]): Promise<unknown> =>
      JSON.parse((await freshPlace().run(words)).stdout);
    expect(await of("-V", "--json")).toEqual({ schemaVersion: 1, version: "0.0.0-test" });
    const { stdout } = await freshPlace().run(["sites", "get", "-h"]);
    const help = { schemaVersion: 1, help: stdout.trimEnd() };
    expect(await of("sites", "get", "-h", "--json")).toEqual(help);
    expect(await of("--json", "help", "sites", "get")).toEqual(help);
  });

  it("keeps its shape", async () => {
    const place = freshPlace();
    const pages = [
      [],
      ...GROUPS.map(({ path }) => [...path]),
      ...COMMANDS.map(({ path }) => [...path]),
    ];
    const texts: string[] = [];
    for (const page of pages) {
      const run = await place.run([...page, "--help"]);
      expect(run.status).toBe(0);
      texts.push(`$ nectar ${[...page, "--help"].join(" ")}\n\n${run.stdout}`);
    }
    await expect(texts.join("\n")).toMatchFileSnapshot("help.snapshot.txt");
  });

  it.each(commands)("of $line has its flags and an example", async ({ entry, command }) => {
    const { stdout } = await freshPlace().run([...entry.path, "--help"]);
    for (const field of Object.values(command.fields)) {
      const name = field.flag.replace(/^[<[](.*)[>\]]$/, "$1").split(" ")[0] ?? "";
      expect(stdout).toContain(name);
    }
    expect(command.examples.length).toBeGreaterThan(0);
  });

  it.each(
    commands.flatMap(({ entry, command }) =>
      command.examples.map((example) => ({ line: example.command, path: entry.path })),
    ),
  )("example: $line", async ({ line, path }) => {
    const [tool, ...rest] = shellWords(line);
    expect(tool).toBe("nectar");
    const asked = await parse(rest, "0", null);
    expect(asked).toMatchObject({ kind: "command", path });
  });
});

describe("a command without input and without a terminal", () => {
  const needs: Record<string, string[]> = {
    onboard: ["--company-name", "--site"],
    plan: ["<file>"],
    apply: ["<file>"],
    export: ["--company"],
    teardown: ["<file>", "--company", "--older-than"],
    api: ["<path>"],
    "companies create": ["--name"],
    "companies get": ["<id>"],
    "companies update": ["at least one of --name, --external-id"],
    "companies delete": ["<id>"],
    "companies use": ["<id>"],
    "sites create": ["--name"],
    "sites list": ["--company"],
    "sites get": ["<id>"],
    "sites update": ["at least one of --name, --address, --external-id"],
    "connections create": ["--company"],
    "connections list": ["--company"],
    "connections get": ["<id>"],
    "connections wait": ["<id>"],
    "documents list": ["--company"],
    "documents get": ["<id>"],
    "usage list": ["--company"],
    "usage chart": ["--company"],
    "invitations create": ["--company"],
    "invitations list": ["--company"],
    "invitations get": ["<id>"],
    "invitations revoke": ["<id>"],
    "auth login": ["--key-stdin"],
    "profiles use": ["<name>"],
    "profiles delete": ["<name>"],
    env: ["company"],
    completion: ["<shell>"],
    schema: ["<name...>", "plan, seed"],
    "emulator reset": ["--yes"],
    "emulator run": ["<command...>"],
    "emulator seed": ["<file>"],
    "emulator set-status": ["<status>"],
    "emulator advance": ["<duration>"],
    "emulator fault": ["--status", "--cut", "--hang", "--list", "--clear"],
    "emulator webhooks add": ["<url>"],
    "emulator webhooks remove": ["<id>"],
    "webhooks listen": ["--secret-stdin", "NECTAR_WEBHOOK_SECRET"],
  };
  const keyless = ["companies list", "auth status", "doctor"];

  // `emulator start` needs nothing, and runs until it is stopped.
  const ending = commands.filter(({ line }) => line !== "emulator start");

  it.each(ending)("$line ends at once, and says what it needs", async ({ line, entry }) => {
    const run = await freshPlace().run([...entry.path, "--json"]);
    const flags = needs[line];
    if (flags !== undefined) {
      expect(run.status).toBe(2);
      for (const flag of flags) expect(run.stderr).toContain(flag);
    } else if (keyless.includes(line)) {
      expect(run.status).toBe(4);
      for (const way of ["NECTAR_API_KEY", "nectar auth login", "--local"]) {
        expect(run.stderr).toContain(way);
      }
    } else {
      expect([line, run.status]).toEqual([line, line === "profiles show" ? 5 : 0]);
    }
    // Its list is on stdout whatever it finds.
    if (line !== "doctor") expect(run.status === 0 ? run.stderr : run.stdout).toBe("");
  });
});

describe("global options", () => {
  it("are taken before and after the command", async () => {
    for (const order of [
      ["--local", "--json", "companies", "list"],
      ["companies", "--local", "list", "--json"],
      ["companies", "list", "--local", "--json"],
      ["--profile", "local", "--local", "company", "ls", "--json"],
    ]) {
      const run = await freshPlace().run(order);
      expect([order, run.status, run.stdout]).toEqual([order, 0, "[]\n"]);
    }
  });

  it("decide how an error is shown, wherever they stand", async () => {
    const bold = "\u001b[1mnectar:";
    for (const words of [
      ["--color", "bogus"],
      ["companies", "list", "--bogus", "--color"],
    ]) {
      expect((await freshPlace().run(words)).stderr.startsWith(bold)).toBe(true);
    }
    const env = { FORCE_COLOR: "1" };
    const plain = ["companies", "--no-color", "list", "--timeout", "soon"];
    expect((await freshPlace().run(plain, { env })).stderr).toMatch(/^nectar: --timeout:/);
    for (const words of [
      ["bogus", "--help", "--json"],
      ["companies", "list", "--bogus", "--json"],
      ["companies", "list", "--timeout", "soon", "--json"],
    ]) {
      expect((await freshPlace().run(words)).error().next).toBeInstanceOf(Array);
    }
    expect((await freshPlace().run(["companies", "list", "a", "--", "--json"])).stderr).toMatch(
      /^nectar: too many arguments/,
    );
  });
});
