/** Holds src against the floor plan, and shows of every rule that it bites. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { COMMANDS, GROUPS } from "../src/commands/registry.ts";
import {
  ARROWS,
  badNames,
  circles,
  defaultExports,
  type Exception,
  forbiddenArrows,
  forbiddenGlobals,
  longFiles,
  pastedCommands,
  processExits,
  startupPackages,
  strangersAtTheTop,
  type Tree,
  unusedArrows,
} from "./support/architecture.ts";
import { importsOf, scan } from "./support/architecture-scan.ts";

// Made-up sources write the dollar of a template as \u0024, so that it is not taken for a slip here.

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What may use a global below main.ts, and why nothing else will do. Best empty. */
const EXCEPTIONS: readonly Exception[] = [];

/** What `--help` may load: nothing else is needed to parse a command line. */
const STARTUP_PACKAGES = ["commander"];

function sources(folder: string): Map<string, string> {
  const tree = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    tree.set(path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8"));
  }
  return tree;
}

/** A single quote within single quotes, as a shell takes it and as source code writes it. */
const QUOTED_QUOTE = "'\\\\''";

const COMMAND_WORDS = [
  ...new Set([...GROUPS, ...COMMANDS].flatMap(({ path, aliases }) => [path[0] ?? "", ...aliases])),
];

const src = sources(join(ROOT, "src"));

describe("the tree", () => {
  test("has something in it", () => {
    expect(src.size).toBeGreaterThan(20);
    expect(src.has("main.ts")).toBe(true);
  });

  test("draws the arrows of the floor plan, and no others", () => {
    expect(forbiddenArrows(src)).toEqual([]);
    expect(unusedArrows(src)).toEqual([]);
  });

  test("has no circle, types included", () => {
    expect(circles(src)).toEqual([]);
  });

  test("touches process, console, clocks and chance only in the composition roots", () => {
    expect(forbiddenGlobals(src, EXCEPTIONS)).toEqual([]);
  });

  test("never ends the process by force", () => {
    const bin = readFileSync(join(ROOT, "bin", "nectar.js"), "utf8");
    expect(processExits(new Map([...src, ["bin/nectar.js", bin]]))).toEqual([]);
  });

  test("has named exports only", () => {
    expect(defaultExports(src)).toEqual([]);
  });

  test("has names that say what is inside", () => {
    expect(badNames(src)).toEqual([]);
  });

  test("keeps commands as words, and quotes them in one file", () => {
    expect(pastedCommands(src, COMMAND_WORDS)).toEqual([]);
    expect(src.get("app/hints.ts")).toContain(QUOTED_QUOTE);
  });

  test("has no file that is too long to read", () => {
    expect(longFiles(src)).toEqual([]);
  });

  test("starts with commander at most", async () => {
    const packages = await startupPackages(ROOT, "src/main.ts", join(ROOT, "node_modules"));
    expect(packages.filter((name) => !STARTUP_PACKAGES.includes(name))).toEqual([]);
  });

  test("has a tidy top level", () => {
    const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" });
    expect(strangersAtTheTop(tracked.split("\0"))).toEqual([]);
  });
});

function tree(files: Record<string, string>): Tree {
  return new Map(Object.entries(files));
}

/** Every pair of rooms, by a file of each. */
const ROOMS = Object.keys(ARROWS).map((room) => (room.endsWith("/") ? `${room}one.ts` : room));

describe("an arrow", () => {
  test("is reported unless the plan draws it", () => {
    const drawnFrom = (from: string): string => {
      const up = from.includes("/") ? "../" : "./";
      const isDrawn = (to: string) =>
        forbiddenArrows(tree({ [from]: `import { x } from "${up}${to}";` })).length === 0;
      return ROOMS.filter((to) => to !== from && isDrawn(to))
        .map((to) => to.replace(/\/one\.ts$|\.ts$/, ""))
        .sort()
        .join(" ");
    };
    expect(Object.fromEntries(ROOMS.map((from) => [from, drawnFrom(from)]))).toEqual({
      "main.ts": "app errors program terminal",
      "library.ts": "",
      "program.ts": "app cli errors",
      "commands/one.ts": "api app cli errors onboarding profile terminal webhooks words",
      "app/one.ts": "api cli disk errors profile terminal words",
      "onboarding/one.ts": "api disk errors words",
      "profile/one.ts": "disk errors",
      "cli/one.ts": "errors terminal words",
      "emulator/one.ts": "disk errors words",
      "webhooks/one.ts": "errors",
      "api/one.ts": "errors",
      "disk/one.ts": "errors",
      "terminal/one.ts": "errors",
      "words/one.ts": "",
      "errors.ts": "",
    });
  });

  test.each(["library.ts", "commands/one.ts", "app/one.ts"])(
    "%s → the emulator is drawn to its façade alone",
    (from) => {
      const up = from.includes("/") ? "../" : "./";
      const found = (name: string) =>
        forbiddenArrows(tree({ [from]: `import type { X } from "${up}emulator/${name}";` }));
      expect(found("emulator.ts")).toEqual([]);
      expect(found("server.ts")).toEqual([`${from} → emulator/server.ts`]);
    },
  );

  test.each([
    ['import type { X } from "../commands/x.ts";'],
    ['import {\n  type X,\n} from "../commands/x.ts";'],
    ['import * as x from "../commands/x.ts";'],
    ['import "../commands/x.ts";'],
    ['export { x } from "../commands/x.ts";'],
    ['export * from "../commands/x.ts";'],
    ['export type { X } from "../commands/x.ts";'],
    ['const load = () => import("../commands/x.ts");'],
    ['let x: import("../commands/x.ts").X;'],
    ["import x from '../commands/x.ts'"],
    ['import { a } from "../errors.ts"; import { x } from "../commands/x.ts";'],
    ['const text = `\u0024{await import("../commands/x.ts")}`;'],
  ])("is seen in %s", (source) => {
    expect(forbiddenArrows(tree({ "api/a.ts": source }))).toEqual(["api/a.ts → commands/x.ts"]);
  });

  test.each([
    ['// import { x } from "../commands/x.ts";'],
    ['/* import { x } from "../commands/x.ts"; */'],
    ["const text = 'import { x } from \"../commands/x.ts\"';"],
    ['const text = `import { x } from "../commands/x.ts"`;'],
    ['import { x } from "./b.ts";'],
    ['import got from "got";'],
  ])("is not seen in %s", (source) => {
    expect(forbiddenArrows(tree({ "api/a.ts": source }))).toEqual([]);
  });

  test("that nothing uses is reported, too", () => {
    const all = unusedArrows(tree({}));
    const rest = unusedArrows(tree({ "cli/a.ts": 'import { x } from "../terminal/b.ts";' }));
    expect(all.filter((arrow) => !rest.includes(arrow))).toEqual(["cli/ → terminal/"]);
  });

  test("from the emulator reaches the schemas and the status table, not the client", () => {
    const source = (path: string) =>
      tree({ "emulator/routes/a.ts": `import { x } from "../../${path}";` });
    expect(forbiddenArrows(source("api/resources/site.ts"))).toEqual([]);
    expect(forbiddenArrows(source("api/status.ts"))).toEqual([]);
    expect(forbiddenArrows(source("api/http.ts"))).toEqual(["emulator/routes/a.ts → api/http.ts"]);
  });

  test("must not leave src, come from no room, or hide its end", () => {
    const at = (path: string, source: string) => forbiddenArrows(tree({ [path]: source }));
    expect(at("api/a.ts", 'import x from "../../package.json";')).toHaveLength(1);
    expect(at("attic/a.ts", "export const x = 1;")).toEqual([
      "attic/a.ts: no room of the floor plan",
    ]);
    expect(at("api/a.ts", "await import(name);")).toEqual(["api/a.ts: imports a computed path"]);
    expect(at("api/a.ts", "await import(`./\u0024{name}.ts`);")).toEqual([
      "api/a.ts: imports a computed path",
    ]);
  });
});

describe("a circle", () => {
  test("is found once, however long it is and whatever it carries", () => {
    const files = {
      "api/a.ts": 'import { b } from "./b.ts";',
      "api/b.ts": 'import type { C } from "./c.ts"; import { d } from "./d.ts";',
      "api/c.ts": 'const a = () => import("./a.ts");',
      "api/d.ts": "",
    };
    expect(circles(tree(files))).toEqual(["api/c.ts → api/a.ts → api/b.ts → api/c.ts"]);
    expect(circles(tree({ ...files, "api/c.ts": "" }))).toEqual([]);
    expect(circles(tree({ "api/a.ts": 'import { a } from "./a.ts";' }))).toHaveLength(1);
  });
});

describe("a global", () => {
  test.each([
    ["process", "process.env"],
    ["process", "globalThis.process.env"],
    ["process", "`\u0024{process.pid}`"],
    ["process", 'import { argv } from "node:process";'],
    ["console", "console.log(1)"],
    ["Date.now", "const now = Date.now;"],
    ["Math.random", "Math.random()"],
    ["new Date()", "new Date()"],
    ["new Date()", "new Date;"],
    ["new Date()", "new Date(\n)"],
    ["performance.now", "performance.now()"],
    ["performance.now", 'import { performance as p } from "node:perf_hooks";'],
    ["setTimeout", "setTimeout(go, 1)"],
    ["setTimeout", "setInterval(go, 1)"],
    ["setTimeout", "globalThis.setTimeout(go, 1)"],
    ["setTimeout", 'import { setTimeout as sleep } from "node:timers/promises";'],
  ])("%s is seen in %s", (name, source) => {
    expect(forbiddenGlobals(tree({ "api/a.ts": source }), [])).toEqual([`api/a.ts: ${name}`]);
    expect(forbiddenGlobals(tree({ "main.ts": source, "library.ts": source }), [])).toEqual([]);
  });

  test.each([
    ["// process.env"],
    ["/** console.log(new Date()) */"],
    ['const text = "process.env, Date.now()";'],
    ["const text = `Math.random()`;"],
    ["const pattern = /console['\"`]/;"],
    ["new Date(0); clock.now(); this.process();"],
    ["clock.setTimeout(go, 1);"],
    ["const processed = 1;"],
  ])("is not seen in %s", (source) => {
    expect(forbiddenGlobals(tree({ "api/a.ts": source }), [])).toEqual([]);
  });

  test("is let through by an exception, and an exception without a use is reported", () => {
    const exceptions = [{ path: "api/a.ts", global: "console", why: "shows that it works" }];
    expect(forbiddenGlobals(tree({ "api/a.ts": "console.log(1)" }), exceptions)).toEqual([]);
    expect(forbiddenGlobals(tree({ "api/b.ts": "console.log(1)" }), exceptions)).toEqual([
      "api/b.ts: console",
      "api/a.ts: needs no exception for console",
    ]);
  });
});

describe("a command as text", () => {
  test.each([
    ['const next = "nectar companies list";'],
    ["const next = 'nectar onboard --local';"],
    ["const next = `nectar connections get \u0024{id}`;"],
    ["const next = `nectar \u0024{words}`;"],
    ['const next = "nectar " + name;'],
    ['const text = "Look again:\\n  nectar companies list";'],
    ["const hint = `Choose one with nectar onboard --company-id \u0024{id}.`;"],
    ["const hint = `Choose one with \\`nectar onboard --company-id \u0024{id}\\`.`;"],
    ['const hint = `Do \u0024{a ? `nectar companies use \u0024{id}` : ""}`;'],
    ["const flag = ` --profile \u0024{name}`;"],
    ['const flag = " --local";'],
    ["const repair = `chmod 600 \u0024{file}`;"],
    ["const repair = `sudo chown \u0024{uid} \u0024{file}`;"],
    ["const hint = `To go without it: unset \u0024{variable}`;"],
    ["const repair = `mv '\u0024{file}' away`;"],
    ["const line = words.map(shellWord);"],
    ['const line = words.join(" ");'],
    ['const line = next.words.join(" ");'],
    ['const o = { examples: ["nectar onboard"], next: "nectar onboard" };'],
    ['const o = { examples: { "nectar onboard": "{all}" }, next: "nectar onboard" };'],
  ])("is seen in %s", (source) => {
    expect(pastedCommands(tree({ "api/a.ts": source }), COMMAND_WORDS)).toHaveLength(1);
  });

  test.each([
    ['const next = { words: ["nectar", "companies", "list", ...lastWord(id)], why: "them" };'],
    ['const o = { examples: [{ command: "nectar onboard --local", note: "[1]" }] };'],
    ['const o = { examples: { "nectar onboard --local": "all of {it}" }, next: [] };'],
    ["const description = `What \\`nectar emulator start\\` does. Statuses: \u0024{all}.`;"],
    ['const help = "one of `nectar documents list`";'],
    ["const message = `--start-date \u0024{from} is after --end-date \u0024{to}`;"],
    ['const name = ["nectar", ...path].join(" ");'],
    ["const agent = `nectar-cli/\u0024{version}`;"],
    ["// nectar companies list"],
  ])("is not seen in %s", (source) => {
    expect(pastedCommands(tree({ "api/a.ts": source }), COMMAND_WORDS)).toEqual([]);
  });

  test("may be quoted in one file alone", () => {
    const source = `const quoted = text.replaceAll("'", "${QUOTED_QUOTE}");`;
    expect(pastedCommands(tree({ "app/hints.ts": source }), COMMAND_WORDS)).toEqual([]);
    expect(pastedCommands(tree({ "app/other.ts": source }), COMMAND_WORDS)).toHaveLength(1);
  });
});

describe("the other rules", () => {
  test("see a forced end, also in main.ts", () => {
    expect(processExits(tree({ "main.ts": "process.exit(1);" }))).toHaveLength(1);
    expect(processExits(tree({ "main.ts": "process . exit ( )" }))).toHaveLength(1);
    expect(processExits(tree({ "main.ts": "process.exitCode = 1; // process.exit(1)" }))).toEqual(
      [],
    );
  });

  test("see a default export", () => {
    expect(defaultExports(tree({ "api/a.ts": "export default 1;" }))).toHaveLength(1);
    expect(defaultExports(tree({ "api/a.ts": "export { a as default };" }))).toHaveLength(1);
    expect(defaultExports(tree({ "api/a.ts": 'export const a = "export default";' }))).toEqual([]);
  });

  test.each(["api/httpClient.ts", "api/http_client.ts", "Api/http.ts", "api/http.js", "api/-a.ts"])(
    "see the name %s",
    (path) => {
      expect(badNames(tree({ [path]: "" }))).toHaveLength(1);
    },
  );

  test.each([
    "utils/a.ts",
    "api/helpers.ts",
    "common/a.ts",
    "lib/a.ts",
    "misc.ts",
    "api/string-utils.ts",
  ])("see that %s says nothing", (path) => {
    expect(badNames(tree({ [path]: "" }))).toHaveLength(1);
  });

  test("leave good names alone", () => {
    expect(
      badNames(tree({ "commands/onboard/run.ts": "", "cli/library.ts": "", "a-b/c2.ts": "" })),
    ).toEqual([]);
  });

  test("see a file of 401 lines", () => {
    expect(longFiles(tree({ "a.ts": "x\n".repeat(400) }))).toEqual([]);
    expect(longFiles(tree({ "a.ts": "x\n".repeat(401) }))).toEqual(["a.ts: 401 lines"]);
    expect(longFiles(tree({ "a.ts": `${"x\n".repeat(400)}x` }))).toEqual(["a.ts: 401 lines"]);
  });

  test("see a stranger at the top level", () => {
    expect(strangersAtTheTop(["src/a.ts", "README.md", ".ci/run", "THIRD_PARTY.md", ""])).toEqual(
      [],
    );
    expect(strangersAtTheTop(["docs/a.md", "docs/b.md", "vitest.config.ts"])).toEqual([
      "docs",
      "vitest.config.ts",
    ]);
  });

  test("see a package that is loaded at the start, through whatever file, and none that is loaded late", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nectar-architecture-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(
      join(folder, "main.ts"),
      'import { Command } from "commander"; import { a } from "./a.ts"; a(Command); void import("./late.ts");',
    );
    writeFileSync(
      join(folder, "a.ts"),
      'import * as z from "zod/mini"; import type { Options } from "got"; export const a = (x: unknown, y?: Options) => z.string().parse([x, y]);',
    );
    writeFileSync(join(folder, "late.ts"), 'import pLimit from "p-limit"; pLimit(1);');
    const modules = join(ROOT, "node_modules");
    expect(await startupPackages(folder, "main.ts", modules)).toEqual(["commander", "zod"]);
    expect(await startupPackages(folder, "late.ts", modules)).toEqual(["p-limit", "yocto-queue"]);
  });
});

describe("the scanner", () => {
  test("keeps code, and cuts out comments, strings and regular expressions", () => {
    const source =
      'const a = b / c; /* x */ f("s", /["/]\\/`/g, `t\u0024{g({ h: `\u0024{i}` })}u`); // y\nj';
    const { code, strings } = scan(source);
    expect(code).not.toMatch(/[stuxy](?=["`])/);
    expect(code).toContain("b / c");
    expect(code).toContain("g({ h:");
    expect(code).toMatch(/\bi\b/);
    expect(code.endsWith("\nj")).toBe(true);
    expect(strings).toEqual(["s", '/["/]\\/`/g', "t", "", "", "u"]);
  });

  test("tells imports of types from imports of values", () => {
    const read = (source: string) => importsOf(scan(source)).map(({ typesOnly }) => typesOnly);
    expect(read('import type { A } from "a";')).toEqual([true]);
    expect(read('import { type A } from "a";')).toEqual([true]);
    expect(read('import { type A, b } from "a";')).toEqual([false]);
    expect(read('import a, { type A } from "a";')).toEqual([false]);
    expect(read('import "a";')).toEqual([false]);
  });
});
