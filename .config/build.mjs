/**
 * Bundles src into dist: one chunk for whatever is loaded late, the licences of all that is bundled in one
 * file. Types are tsc's business, not checked here.
 */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { lateCommonJs } from "./late-commonjs.mjs";
import { mergeChunks } from "./merge-chunks.mjs";
import { LEFT_OUT, packageOf, slim } from "./slim.mjs";

/** What dist holds besides chunks: file name without `.js` → source. A further entry is one more line here. */
const ENTRIES = {
  main: "src/main.ts",
};

/** What bin/nectar.js loads before that: a small file of its own. */
const EARLY = {
  "compile-cache": "src/disk/compile-cache.ts",
};

/**
 * What other programs import: file name without `.js` → source, and the source of its types, which imports nothing.
 * A file of its own each, without chunks: no start of the tool ever has to read it, and a test runner that loads modules
 * in its own way meets one plain CommonJS file.
 */
const LIBRARIES = {
  emulator: {
    source: "src/library.ts",
    types: "src/emulator/public.ts",
    values: ["startEmulator: StartEmulator"],
  },
};

/** Files that take in several chunks, as they are needed together anyway. */
const FILES = [
  { name: "main", sources: ["src/main.ts"] },
  // What nearly every command checks its input with, also one that sends nothing.
  { name: "schemas", onlyOf: "zod" },
  // What every command needs that talks to the API.
  {
    name: "session",
    sources: [
      "src/profile/profiles.ts",
      "src/profile/credentials.ts",
      "src/api/client.ts",
      "src/api/http.ts",
      "src/api/proxy.ts",
    ],
  },
];

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

const options = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.17",
  // What is installed beside the tool (native code) stays outside; everything else is in the bundle.
  external: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
  // Node reads every byte of a file before it runs the first, so short names start faster, too.
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  // One package reads import.meta.url and allows for there being none, which is so in CommonJS.
  logOverride: { "empty-import-meta": "silent" },
};

const define = { __NECTAR_VERSION__: JSON.stringify(manifest.version) };

await rm(dist, { recursive: true, force: true });
const leftOut = new Set();
const split = await build({
  ...options,
  entryPoints: ENTRIES,
  splitting: true,
  chunkNames: "[name]-[hash]",
  define,
  metafile: true,
  write: false,
  plugins: [lateCommonJs(), slim(leftOut)],
});
const banner = { js: `// ${manifest.name} ${manifest.version}` };
await mergeChunks(split, { ...options, banner }, FILES);
await build({ ...options, entryPoints: EARLY, format: "cjs", banner });
const { minify: _, ...plain } = options;
const library = await build({
  ...plain,
  entryPoints: Object.fromEntries(
    Object.entries(LIBRARIES).map(([name, { source }]) => [name, source]),
  ),
  format: "cjs",
  // Names stay: they are in the stack of an error that a user's test shows.
  minifyWhitespace: true,
  minifySyntax: true,
  // A runner that loads modules in its own way may know no other than `require`.
  supported: { "dynamic-import": false },
  define,
  banner,
  metafile: true,
  plugins: [lateCommonJs()],
});
for (const [name, { types, values }] of Object.entries(LIBRARIES)) {
  const text = await readFile(join(root, types), "utf8");
  const declared = values.map((value) => `export declare const ${value};\n`).join("");
  await writeFile(join(dist, `${name}.d.ts`), `${text}\n${declared}`);
}
await writeFile(join(dist, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
const outputs = [split, library].flatMap(({ metafile }) => Object.values(metafile.outputs));

const bundled = await bundledPackages();
const problems = [...staleSwaps(), ...(await leftRequires())];
const licences = [];
for (const [name, folder] of bundled) {
  try {
    licences.push(await licenceOf(folder));
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  await rm(dist, { recursive: true, force: true });
  process.exitCode = 1;
} else {
  const files = await readdir(dist);
  const sizes = await Promise.all(files.map((file) => stat(join(dist, file))));
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  await writeFile(join(dist, "THIRD_PARTY_LICENSES.txt"), licenceFile(licences));
  console.log(
    `dist: ${files.length} files, ${Math.round(bytes / 1024)} KiB, ${licences.length} packages bundled`,
  );
}

/** The folders of the packages of which at least one byte is in the output, sorted. */
async function bundledPackages() {
  const folders = new Map();
  for (const output of outputs) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      // A path with a prefix is a stand-in of a plugin's, not a file.
      const name = bytesInOutput > 0 && !/^[\w-]+:/.test(path) ? packageOf(path) : null;
      if (name === null) continue;
      const folder =
        path.slice(0, path.lastIndexOf("node_modules/") + "node_modules/".length) + name;
      folders.set(folder, join(root, folder));
    }
  }
  return [...folders].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** A swap whose package is bundled but which met no import any more has lost its purpose. */
function staleSwaps() {
  const names = new Set(bundled.map(([folder]) => packageOf(`${folder}/`)));
  return LEFT_OUT.filter(({ name, from }) => names.has(from) && !leftOut.has(name)).map(
    ({ name, from }) => `${from} does not import ${name} any more: remove it from .config/slim.mjs`,
  );
}

/** An ES module has no `require`: a call that esbuild could not resolve would fail at run time. */
async function leftRequires() {
  const found = [];
  for (const file of await readdir(dist)) {
    if (/\b__require\(/.test(await readFile(join(dist, file), "utf8"))) {
      found.push(`dist/${file}: a require() was left that no ES module can answer`);
    }
  }
  return found;
}

/** @throws Error when the package names no licence, or ships no text of it */
async function licenceOf(folder) {
  const { name, version, license, homepage, repository } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  if (typeof license !== "string") throw new Error("package.json names no licence");
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file))
    .sort();
  const texts = [];
  for (const file of files) texts.push((await readFile(join(folder, file), "utf8")).trim());
  if (!files.some((file) => !/^notice/i.test(file))) {
    texts.unshift((await keptLicence(name)) ?? (await licenceFromReadme(folder)));
  }
  const home = homepage ?? (typeof repository === "string" ? repository : repository?.url) ?? "";
  return { name, version, license, home, text: texts.join("\n\n") };
}

/** The licence of a package that ships none, as it stands in its repository; null where none is kept here. */
async function keptLicence(name) {
  try {
    const path = join(root, ".config", "licences", `${name.replace("/", "-")}.txt`);
    return (await readFile(path, "utf8")).trim();
  } catch {
    return null;
  }
}

/** Some packages print the whole licence in their README instead of a file of its own. */
async function licenceFromReadme(folder) {
  const file = (await readdir(folder)).find((name) => /^readme/i.test(name));
  const readme = file === undefined ? "" : await readFile(join(folder, file), "utf8");
  const text =
    /^#+\s*licen[cs]e\b[^\n]*\n([\s\S]*?)(?=^#+\s|$(?![\s\S]))/im.exec(readme)?.[1]?.trim() ?? "";
  if (!/permission (is hereby granted|to use, copy)|redistribution and use/i.test(text)) {
    throw new Error(`no text of its licence in ${relative(root, folder)}`);
  }
  return text;
}

function licenceFile(packages) {
  const head = `nectar-cli ${manifest.version} contains code of the following ${packages.length} packages.\n`;
  const parts = packages.map(
    ({ name, version, license, home, text }) =>
      `${"=".repeat(80)}\n${name} ${version}\nLicence: ${license}\n${home === "" ? "" : `${home}\n`}\n${text}\n`,
  );
  return [head, ...parts].join("\n");
}
