/**
 * esbuild makes a chunk of every set of modules that the same entries share, which leaves dozens of small files, and a
 * file costs Node more to find, read and link than the code in it costs to run. This joins chunks that are needed
 * together into one file each; what the code does, and that every module exists once, stays as it was.
 */
import { basename, dirname } from "node:path";
import { build } from "esbuild";
import { packageOf } from "./slim.mjs";

/** Code of our own that most commands do without, and that is much: it stays in files of its own. */
const LATE = /^src\/emulator\//;

/**
 * @param first the result of a split build with `write: false` and a metafile
 * @param options of that build, without its entries and plugins
 * @param groups for each file to make: its name, and the sources, or the package, whose chunks it takes in. It also
 *   takes in the shared chunks of our own code that need nothing but this file and those before it.
 */
export async function mergeChunks(first, { outdir, ...options }, groups) {
  const chunks = readChunks(first);
  const groupOf = new Map();
  for (const { name, ...wanted } of groups) {
    for (const start of startsOf(chunks, wanted)) {
      for (const chunk of closure(chunks, start)) {
        if (!groupOf.has(chunk)) groupOf.set(chunk, name);
      }
    }
    addOwnShared(chunks, groupOf, name);
  }

  const files = [...chunks.keys()].filter((chunk) => !groupOf.has(chunk));
  await build({
    ...options,
    outdir,
    splitting: false,
    // Node starts its loader of modules only for an ES module; without any, the tool starts by a sixth faster.
    format: "cjs",
    supported: { "dynamic-import": false },
    // An import for its effects alone: our modules have none.
    logOverride: { ...options.logOverride, "ignored-bare-import": "silent" },
    entryPoints: [
      ...groups.map(({ name }) => ({ in: `group:${name}`, out: name })),
      ...files.map((chunk) => ({ in: `chunk:${chunk}`, out: chunk.replace(/\.js$/, "") })),
    ],
    plugins: [joined(chunks, groupOf)],
  });
}

/** The chunks of sources that are loaded late, or those that hold nothing but one package. */
function startsOf(chunks, { sources = [], onlyOf }) {
  const starts = sources.map((source) => {
    const entry = [...chunks].find(([, { entryPoint }]) => entryPoint === source)?.[0];
    if (entry === undefined) throw new Error(`${source} has no chunk of its own to merge`);
    return entry;
  });
  if (onlyOf === undefined) return starts;
  const whole = [...chunks].filter(
    ([, { packages }]) => packages.size === 1 && packages.has(onlyOf),
  );
  if (whole.length === 0) throw new Error(`${onlyOf} has no chunk of its own to merge`);
  return [...starts, ...whole.map(([chunk]) => chunk)];
}

/**
 * File name → text, static imports, exports, whether it is our own code only, whose code it is, and the source it is the
 * entry of.
 */
function readChunks({ outputFiles, metafile }) {
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  return new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [
      basename(path),
      {
        text: texts.get(basename(path)),
        entryPoint: output.entryPoint,
        exports: output.exports,
        imports: output.imports
          .filter(({ kind, external }) => kind === "import-statement" && !external)
          .map(({ path: to }) => basename(to)),
        own: Object.keys(output.inputs).every((input) => !input.includes("node_modules/")),
        late: Object.keys(output.inputs).some((input) => LATE.test(input)),
        packages: new Set(Object.keys(output.inputs).map(packageOf)),
      },
    ]),
  );
}

/** A chunk and all that it imports statically. */
function closure(chunks, start, seen = new Set()) {
  if (!seen.has(start)) {
    seen.add(start);
    for (const next of chunks.get(start).imports) closure(chunks, next, seen);
  }
  return seen;
}

/** Shared chunks without third-party or late code, in them or behind them, that is not in a joined file by now. */
function addOwnShared(chunks, groupOf, name) {
  const isEarly = (chunk) => chunks.get(chunk).own && !chunks.get(chunk).late;
  for (const [chunk, { entryPoint }] of chunks) {
    const behind = [...closure(chunks, chunk)].filter((one) => !groupOf.has(one));
    if (entryPoint === undefined && behind.every(isEarly)) {
      for (const one of behind) groupOf.set(one, name);
    }
  }
}

/** Resolves what the chunks import from each other to the joined files. */
function joined(chunks, groupOf) {
  const ids = new Map([...chunks.keys()].map((chunk, index) => [chunk, index]));
  /** The name that a member's export has in the joined file: an entry's stays, as `import()` finds it by name. */
  const outer = (chunk, name) =>
    chunks.get(chunk).entryPoint ? name : `${name}$${ids.get(chunk)}`;
  const list = (chunk, pair) =>
    `{ ${chunks
      .get(chunk)
      .exports.map((name) => pair(name))
      .join(", ")} }`;

  return {
    name: "joined",
    setup(build) {
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({
        path: path.slice(6),
        namespace: "group",
      }));
      build.onResolve({ filter: /^chunk:/ }, ({ path }) => ({
        path: path.slice(6),
        namespace: "chunk",
      }));
      build.onResolve({ filter: /^\.\// }, ({ path, importer, namespace, kind }) => {
        const chunk = basename(path);
        const group = groupOf.get(chunk);
        const from = namespace === "group" ? importer : groupOf.get(importer);
        if (namespace === "via" || group === undefined) return { path, external: true };
        if (group === from) return { path: chunk, namespace: "chunk" };
        if (kind === "dynamic-import") return { path: `./${group}.js`, external: true };
        return { path: chunk, namespace: "via", sideEffects: false };
      });
      build.onResolve({ filter: /^[^./]/ }, ({ kind }) =>
        kind === "entry-point" ? undefined : { external: true },
      );
      build.onLoad({ filter: /.*/, namespace: "group" }, ({ path: group }) => {
        const members = [...groupOf].filter(([, name]) => name === group).map(([chunk]) => chunk);
        const names = members.flatMap((chunk) =>
          chunks.get(chunk).exports.map((name) => outer(chunk, name)),
        );
        const twice = names.find((name, index) => names.indexOf(name) !== index);
        if (twice !== undefined) throw new Error(`${group}.js would export ${twice} twice`);
        return {
          contents: members
            .map(
              (chunk) =>
                `export ${list(chunk, (name) => `${name} as ${outer(chunk, name)}`)} from "./${chunk}";`,
            )
            .join("\n"),
          resolveDir: dirname("."),
        };
      });
      build.onLoad({ filter: /.*/, namespace: "chunk" }, ({ path }) => ({
        contents: chunks.get(path).text,
        resolveDir: dirname("."),
      }));
      build.onLoad({ filter: /.*/, namespace: "via" }, ({ path }) => ({
        contents: `export ${list(path, (name) => `${outer(path, name)} as ${name}`)} from "./${groupOf.get(path)}.js";`,
        resolveDir: dirname("."),
      }));
    },
  };
}
