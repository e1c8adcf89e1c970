/**
 * An esbuild plugin that keeps the start of the tool short. It changes when code is loaded, never what it does:
 * a part that is left out fails the moment it is asked for, and a pattern that no longer matches fails the build.
 * Each entry says why it is safe. Over bare Node 20, one request with got goes from 3.4 to 1.9 times, conf from 2.1 to 1.4,
 * chalk from 1.3 to 1.0, commander from 1.25 to 1.1.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { relative } from "node:path";

/**
 * Packages that a dependency imports at its top for an option that this tool never uses.
 * `from` is the importer, so that a use of our own would not be swapped.
 */
export const LEFT_OUT = [
  {
    name: "http2-wrapper",
    from: "got",
    why: "got's http2 option",
    code: (refuse) =>
      `export default { get globalAgent() { return ${refuse}; }, get auto() { return ${refuse}; } };`,
  },
  {
    name: "cacheable-request",
    from: "got",
    why: "got's cache option",
    code: (refuse) =>
      `export class CacheError extends Error {}
       export default class { constructor() { ${refuse}; } }`,
  },
  {
    name: "cacheable-lookup",
    from: "got",
    why: "got's dnsCache option",
    code: (refuse) => `export default class { constructor() { ${refuse}; } }`,
  },
  {
    // Answers a signal with the same signal to this process, which main.ts would take for the second one and end at once.
    // It is there to remove temporary files of a write that is under way; ours are awaited.
    name: "when-exit",
    from: "atomically",
    why: null,
    code: () => "export default () => () => {};",
  },
  {
    // Publishes to node:diagnostics_channel, which nothing in this process subscribes to, and draws a UUID for each
    // request to do so, which loads all of node:crypto.
    name: "./diagnostics-channel.js",
    from: "got",
    why: null,
    code: () =>
      `let last = 0;
       const publish = () => {};
       export const generateRequestId = () => String(++last);
       export { ${[
         "RequestCreate",
         "RequestStart",
         "ResponseStart",
         "ResponseEnd",
         "Retry",
         "Error",
         "Redirect",
       ]
         .map((event) => `publish as publish${event}`)
         .join(", ")} };`,
  },
  {
    // Half a megabyte of character sets, to read back a file that an editor wrote.
    name: "@inquirer/external-editor",
    from: "@inquirer/editor",
    why: "the prompt that opens an editor",
    code: (refuse) => `export const editAsync = () => ${refuse};`,
  },
  {
    name: "proxy-agent-negotiate",
    from: "https-proxy-agent",
    why: "https-proxy-agent's negotiate option",
    code: (refuse) => `export const createNegotiateAuth = () => ${refuse};`,
  },
  {
    // Prints what goes on to stderr when DEBUG is set: that is --debug's business, and none of it may be a secret.
    name: "debug",
    from: "https-proxy-agent",
    why: null,
    code: () => "const silent = () => {}; export default () => silent;",
  },
  {
    name: "ajv/dist/2020.js",
    from: "conf",
    why: "conf's schema option",
    code: (refuse) => `export class Ajv2020 { constructor() { ${refuse}; } }`,
  },
  {
    name: "ajv-formats",
    from: "conf",
    why: "conf's schema option",
    code: (refuse) => `export default { get default() { return ${refuse}; } };`,
  },
  {
    name: "semver",
    from: "conf",
    why: "conf's migrations option",
    code: (refuse) => `export default new Proxy({}, { get() { return ${refuse}; } });`,
  },
  {
    // Only fills the level of chalk's ready-made instance; the palette makes its own instances with a level.
    name: "#supports-color",
    from: "chalk",
    why: null,
    code: () => "export default { stdout: false, stderr: false };",
  },
];

/**
 * Dependencies with a top-level `const x = new Intl.Y(…)`: it loads locale data (10 ms for the ListFormat that words
 * an error message of got's), so it is made at its first use instead.
 */
const LATE_INTL_FILES =
  /[\\/]node_modules[\\/](?:@sindresorhus[\\/]is|string-width|wrap-ansi)[\\/].*\.js$/;
const TOP_LEVEL_INTL = /^const (\w+) = (new Intl\.\w+\(.*\));$/gm;

/** The name of the package that a file belongs to, or null for our own files. */
export function packageOf(path) {
  return (
    /^(?:.*[\\/])?node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/
      .exec(path)?.[1]
      ?.replace("\\", "/") ?? null
  );
}

/** What is imported by name from a built-in module, or null where it has to be there at once. */
async function namesImported(path, { specifier, importer, required }) {
  // A required module may be copied or changed; commander only ever calls this one, for subcommands in other files.
  if (required)
    return path.startsWith("child_process#") && packageOf(importer) === "commander" ? [] : null;
  const source = await readFile(importer, "utf8");
  const clause = String.raw`^import\s+([^;"']*?)\s*\bfrom\s*["']${specifier.replace("/", "\\/")}["']`;
  const clauses = [...source.matchAll(new RegExp(clause, "gm"))].map(([, text]) => text);
  if (clauses.length === 0 || clauses.some((text) => text.includes("*"))) return null;
  return clauses
    .flatMap((text) => /\{([^}]*)\}/.exec(text)?.[1].split(",") ?? [])
    .map((name) => name.trim().replace(/\s+as\s+.*$/, ""))
    .filter((name) => name !== "" && !name.startsWith("type "));
}

function digest(text) {
  return createHash("sha256").update(text.replaceAll("\\", "/")).digest("hex").slice(0, 6);
}

/** The plugin; `used` collects the names of the entries that were applied, for the build to check. */
export function slim(used = new Set()) {
  const builtins = new Set(builtinModules);
  return {
    name: "slim",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer, kind, namespace }) => {
        if (kind === "entry-point" || namespace !== "file") return undefined;
        const owner = packageOf(importer);
        const entry = LEFT_OUT.findIndex(({ name, from }) => name === path && from === owner);
        if (entry !== -1) {
          used.add(path);
          return { path: String(entry), namespace: "left-out", sideEffects: false };
        }
        const name = path.replace(/^node:/, "");
        if (!builtins.has(name)) return undefined;
        return {
          // Each importer has a copy of its own: one that many share would be a file of its own, to be read first.
          path: `${name}#${digest(relative(build.initialOptions.absWorkingDir ?? "", importer))}`,
          // got reads this one function for each request, also for plain http.
          namespace: name === "tls" && owner === "got" ? "builtin-got" : "builtin",
          pluginData: { specifier: path, importer, required: kind === "require-call" },
          sideEffects: false,
        };
      });
      build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => {
        const { name, why, code } = LEFT_OUT[Number(path)];
        const message = `${name} is left out of this build, because nothing uses ${why}`;
        return { contents: code(`(() => { throw new Error(${JSON.stringify(message)}); })()`) };
      });
      // `import x from "node:process"` reads every export: that opens stdin, stdout and stderr; with node:fs it loads
      // the streams, with node:crypto all of it. The module object is asked for instead, and where that can be seen
      // to make no difference, at the first use of an export.
      build.onLoad({ filter: /.*/, namespace: "builtin" }, async ({ path, pluginData }) => {
        const load = `process.getBuiltinModule(${JSON.stringify(`node:${path.split("#")[0]}`)})`;
        const names = await namesImported(path, pluginData);
        if (names === null) return { contents: `module.exports = ${load};` };
        const own = names.map((name) => `${name}: 0`).join(", ");
        return {
          contents: `module.exports = new Proxy({ ${own} }, { get: (_, key) => ${load}[key] });`,
        };
      });
      build.onLoad({ filter: /.*/, namespace: "builtin-got" }, () => ({
        contents: `
          export const checkServerIdentity = (...args) =>
            process.getBuiltinModule("node:tls").checkServerIdentity(...args);`,
      }));
      build.onLoad({ filter: LATE_INTL_FILES }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const contents = source.replace(
          TOP_LEVEL_INTL,
          (_, name, make) => `const ${name} = ((made) => ({
            format: (...args) => (made ??= ${make}).format(...args),
            segment: (...args) => (made ??= ${make}).segment(...args),
          }))();`,
        );
        if (/^\w.*= new Intl\./m.test(contents))
          throw new Error(`${path} makes an Intl object in another way now`);
        return { contents, loader: "js" };
      });
    },
  };
}
