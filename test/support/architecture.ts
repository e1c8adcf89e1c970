/** The floor plan as data, and the functions that hold a tree of sources against it. Every function returns what is wrong. */
import { join } from "node:path";
import { build } from "rolldown";
import { importsOf, type Scanned, scan, VALUE } from "./architecture-scan.ts";

/** Path below src, with slashes → source. */
export type Tree = ReadonlyMap<string, string>;

/** A use of a forbidden global that has its reason. One that is no longer needed is reported too. */
export interface Exception {
  readonly path: string;
  readonly global: string;
  readonly why: string;
}

/** Who may import whom: a room, a folder in one, or one file. Inside one room everything may. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["program.ts", "app/", "terminal/", "profile/secret-variables.ts", "errors.ts"],
  "library.ts": ["emulator/emulator.ts", "emulator/public.ts"],
  "program.ts": ["commands/registry.ts", "commands/suggestions.ts", "app/", "cli/", "errors.ts"],
  "commands/": [
    "app/",
    "cli/",
    "onboarding/",
    "api/",
    "profile/",
    "terminal/",
    "webhooks/",
    "emulator/emulator.ts",
    "words/",
    "errors.ts",
  ],
  "app/": [
    "cli/",
    "words/",
    "api/",
    "profile/",
    "disk/",
    "terminal/",
    "emulator/emulator.ts",
    "errors.ts",
  ],
  "onboarding/": ["api/", "disk/", "words/", "errors.ts"],
  "profile/": ["disk/", "errors.ts"],
  "cli/": ["terminal/", "words/", "errors.ts"],
  "emulator/": [
    "api/resources/",
    "api/status.ts",
    "api/loopback.ts",
    "disk/",
    "webhooks/post.ts",
    "webhooks/signature.ts",
    "words/",
    "errors.ts",
  ],
  "webhooks/": ["api/loopback.ts", "errors.ts"],
  "api/": ["errors.ts"],
  "disk/": ["errors.ts"],
  "terminal/": ["errors.ts"],
  "words/": [],
  "errors.ts": [],
};

/** What only a composition root may touch: the pattern is matched against code without comments and strings. */
const GLOBALS: Readonly<Record<string, RegExp>> = {
  process: /(?<![.\w$])process\b(?!\s*\??:)|\bglobalThis\s*\.\s*process\b/,
  console: /(?<![.\w$])console\b(?!\s*\??:)|\bglobalThis\s*\.\s*console\b/,
  "Date.now": /\bDate\s*\.\s*now\b/,
  "Math.random": /\bMath\s*\.\s*random\b/,
  "new Date()": /\bnew\s+Date\b\s*(?:\(\s*\)|(?!\s*\())/,
  "performance.now": /\bperformance\s*\.\s*now\b/,
  setTimeout:
    /(?<!\w\s*\.\s*)\bset(?:Timeout|Interval)\b|\bglobalThis\s*\.\s*set(?:Timeout|Interval)\b/,
};

/** The same by way of an import. */
const GLOBAL_MODULES: Readonly<Record<string, string>> = {
  process: "process",
  console: "console",
  timers: "setTimeout",
  "timers/promises": "setTimeout",
  perf_hooks: "performance.now",
};

/** The tool itself, and the emulator that other programs import. */
const COMPOSITION_ROOTS: readonly string[] = ["main.ts", "library.ts"];
const MAX_LINES = 400;
const NAMES_THAT_SAY_NOTHING = /(?:^|-)(?:utils?|helpers?|common|libs?|misc)(?:-|$)/;
const TOP_LEVEL =
  /^(?:bin|src|test|package\.json|tsconfig\.json|README\.md|package-lock\.json|LICENSE|CHANGELOG\.md|THIRD_PARTY.*|\..+)$/;

/** Imports that the floor plan does not draw. */
export function forbiddenArrows(tree: Tree): string[] {
  return each(tree, (path, scanned) => {
    const from = room(path);
    const arrows = ARROWS[from];
    if (arrows === undefined) return [`${path}: no room of the floor plan`];
    return importsOf(scanned).flatMap(({ specifier }) => {
      if (specifier === "") return [`${path}: imports a computed path`];
      if (!specifier.startsWith(".")) return [];
      const to = resolve(path, specifier);
      if (to === null) return [`${path}: ${specifier} lies outside src`];
      if (room(to) === from && from.endsWith("/")) return [];
      return arrows.some((arrow) => covers(arrow, to)) ? [] : [`${path} → ${to}`];
    });
  });
}

/** Arrows of the floor plan along which nothing is imported. */
export function unusedArrows(tree: Tree): string[] {
  const used = each(tree, (path, scanned) =>
    importsOf(scanned).flatMap(({ specifier }) => {
      const to = specifier.startsWith(".") ? resolve(path, specifier) : null;
      const arrow = to === null ? undefined : ARROWS[room(path)]?.find((one) => covers(one, to));
      return arrow === undefined ? [] : [`${room(path)} → ${arrow}`];
    }),
  );
  return Object.entries(ARROWS)
    .flatMap(([from, arrows]) => arrows.map((to) => `${from} → ${to}`))
    .filter((arrow) => !used.includes(arrow));
}

/** Files that lead back to themselves by their imports, those of types included: the shortest way from each, once. */
export function circles(tree: Tree): string[] {
  const imports = new Map(
    [...tree].map(([path, source]) => [
      path,
      importsOf(scan(source)).flatMap(({ specifier }) =>
        specifier.startsWith(".") ? [resolve(path, specifier) ?? ""] : [],
      ),
    ]),
  );
  const found = new Map<string, string>();
  for (const start of tree.keys()) {
    const seen = new Set<string>();
    const ways = [[start]];
    for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
      for (const next of imports.get(way.at(-1) ?? "") ?? []) {
        if (next === start) found.set([...way].sort().join(), [...way, start].join(" → "));
        if (next === start || seen.has(next)) continue;
        seen.add(next);
        ways.push([...way, next]);
      }
    }
  }
  return [...found.values()];
}

/** Globals outside the composition roots, and exceptions that have lost their use. */
export function forbiddenGlobals(tree: Tree, exceptions: readonly Exception[]): string[] {
  const used = new Set<Exception>();
  const found = each(tree, (path, scanned) => {
    if (COMPOSITION_ROOTS.includes(path)) return [];
    const names = Object.keys(GLOBALS).filter((name) => GLOBALS[name]?.test(scanned.code));
    for (const { specifier, typesOnly } of importsOf(scanned)) {
      const name = GLOBAL_MODULES[specifier.replace(/^node:/, "")];
      if (name !== undefined && !typesOnly) names.push(name);
    }
    return [...new Set(names)].flatMap((name) => {
      const exception = exceptions.find((one) => one.path === path && one.global === name);
      if (exception === undefined) return [`${path}: ${name}`];
      used.add(exception);
      return [];
    });
  });
  const stale = exceptions.filter((exception) => !used.has(exception));
  return [
    ...found,
    ...stale.map(({ path, global }) => `${path}: needs no exception for ${global}`),
  ];
}

/** Calls of `process.exit`, which would cut off output that is still being written. */
export function processExits(tree: Tree): string[] {
  return each(tree, (path, { code }) =>
    /\bprocess\s*\??\.\s*(?:exit|reallyExit|abort)\s*\(/.test(code)
      ? [`${path}: process.exit`]
      : [],
  );
}

/** A declaration of what a package without types exports is not an export of ours. */
export function defaultExports(tree: Tree): string[] {
  return each(tree, (path, { code }) =>
    !path.endsWith(".d.ts") && /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/.test(code)
      ? [`${path}: default export`]
      : [],
  );
}

/** Names that are not in kebab-case or say nothing of what is inside. */
export function badNames(tree: Tree): string[] {
  return [...tree.keys()].flatMap((path) =>
    path.split("/").flatMap((part, index, parts) => {
      const name = index === parts.length - 1 ? part.replace(/(?:\.d)?\.ts$/, "") : part;
      if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return [`${path}: ${part} is not kebab-case`];
      return NAMES_THAT_SAY_NOTHING.test(name) ? [`${path}: ${part} says nothing`] : [];
    }),
  );
}

/** The only file that turns words into a line for a shell. */
const QUOTING = "app/hints.ts";

/** Programs of the system whose name in front of a value makes a command. */
const SYSTEM = "chmod|chown|export|mv|rm|sudo|unset";

/**
 * Commands as text, where a list of words belongs: quoting outside of its one file, a string that begins as a command of
 * ours does, a template that puts a value into one, a string of flags that is to be appended, and words that are joined.
 * `examples:` are shown as they stand; prose may name a command in backticks, without a value.
 *
 * @param commands the first words of our commands
 */
export function pastedCommands(tree: Tree, commands: readonly string[]): string[] {
  const ours = `nectar (?:${commands.join("|")})`;
  const begins = new RegExp(`^(?:\\s|\\\\n)*(?:nectar (?:$|${VALUE})|${ours}(?![\\w-]))`);
  const line = new RegExp(`\\\\n *${ours}(?![\\w-])`);
  const prose = new RegExp(["\\\\`nectar [^`", "]*\\\\`"].join(VALUE), "g");
  const mixed = new RegExp(`\\b${ours}(?![\\w-])|\\b(?:${SYSTEM}) (?:[-\\w]+ )*'?${VALUE}`);
  return each(tree, (path, { code, strings, texts }) => {
    const shown = examplesIn(code);
    const found = texts.flatMap(({ at, text }) => {
      if (shown.some(([from, to]) => from < at && at < to)) return [];
      const named = `${path}: ${text.replaceAll(VALUE, "…").slice(0, 60)}`;
      if (/'\\+''/.test(text)) return path === QUOTING ? [] : [named];
      const isCommand =
        begins.test(text) ||
        line.test(text) ||
        /^ --[a-z]/.test(text) ||
        (text.includes(VALUE) && mixed.test(text.replace(prose, "")));
      return isCommand ? [named] : [];
    });
    const quotes = /\b(?:quote|escape)(?:Shell|Word)\w*|\bshell(?:Word|Quote|Escape)\w*/i.test(
      code,
    );
    const joined = [...code.matchAll(/\bwords\)?\s*\.join\s*\(\s*"(\d+)"/g)].some(
      ([, index]) => strings[Number(index)] === " ",
    );
    return [
      ...found,
      ...(quotes && path !== QUOTING ? [`${path}: quotes for a shell`] : []),
      ...(joined ? [`${path}: joins words`] : []),
    ];
  });
}

/** From where to where each list of examples reaches. */
function examplesIn(code: string): readonly (readonly [from: number, to: number])[] {
  return [...code.matchAll(/\bexamples:\s*[[{]/g)].map(({ index }) => {
    let depth = 0;
    for (let at = index; at < code.length; at += 1) {
      if (/[[{]/.test(code[at] ?? "")) depth += 1;
      else if (/[\]}]/.test(code[at] ?? "")) depth -= 1;
      else continue;
      if (depth === 0) return [index, at];
    }
    return [index, code.length];
  });
}

export function longFiles(tree: Tree): string[] {
  return [...tree].flatMap(([path, source]) => {
    const lines = source.split("\n").length - (source.endsWith("\n") ? 1 : 0);
    return lines > MAX_LINES ? [`${path}: ${lines} lines`] : [];
  });
}

/** @param tracked paths as `git ls-files` prints them */
export function strangersAtTheTop(tracked: readonly string[]): string[] {
  const names = new Set(tracked.map((path) => path.split("/")[0] ?? ""));
  return [...names].filter((name) => name !== "" && !TOP_LEVEL.test(name));
}

/**
 * The packages that are read before the first line of the entry runs: its chunk and all that this imports statically.
 *
 * @param root absolute; `entry` lies below it
 * @param modules the node_modules to look packages up in
 */
export async function startupPackages(
  root: string,
  entry: string,
  modules: string,
): Promise<string[]> {
  const { output } = await build({
    cwd: root,
    input: { entry: join(root, entry) },
    platform: "node",
    resolve: { modules: [modules] },
    // Native code stays outside of the bundle, and is loaded late.
    external: ["@napi-rs/keyring"],
    logLevel: "silent",
    write: false,
    output: { format: "esm" },
  });
  const chunks = new Map(
    output.flatMap((one) => (one.type === "chunk" ? [[one.fileName, one] as const] : [])),
  );
  const packages = new Set<string>();
  const seen = new Set<string>();
  const queue = ["entry.js"];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const chunk = chunks.get(name);
    if (seen.has(name)) continue;
    seen.add(name);
    if (chunk === undefined) {
      if (!name.startsWith("node:")) packages.add(name);
      continue;
    }
    for (const [module, { renderedLength }] of Object.entries(chunk.modules)) {
      const owner = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1];
      if (owner !== undefined && renderedLength > 0) packages.add(owner);
    }
    queue.push(...chunk.imports);
  }
  return [...packages].sort();
}

function each(tree: Tree, check: (path: string, scanned: Scanned) => string[]): string[] {
  return [...tree].flatMap(([path, source]) => check(path, scan(source)));
}

/** `api/http.ts` is in the room `api/`; a file right below src is a room of its own. */
function room(path: string): string {
  return path.includes("/") ? `${path.split("/")[0]}/` : path;
}

function covers(target: string, path: string): boolean {
  return target.endsWith("/") ? path.startsWith(target) : path === target;
}

function resolve(from: string, specifier: string): string | null {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== ".") {
      parts.push(part);
    }
  }
  return parts.join("/");
}
