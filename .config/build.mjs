/**
 * Bundles src into dist as CommonJS, which Node starts faster than ES modules; tsc checks the types. Modules loaded
 * together are in one file (GROUPS); modules that a dependency needs only for unused options are left out (STUBS).
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { canBuildBinary, writeBinary } from "./binary.mjs";
import { findPackages, writeBillOfMaterials, writeLicences } from "./packages.mjs";
import { declaration } from "./types.mjs";

/** Each group includes what its modules import; earlier groups take precedence. */
const GROUPS = {
  start: /\/src\/main\.ts$/,
  // What every command and every error needs.
  command: /\/src\/(app\/create-context|cli\/run)\.ts$/,
  // Only `nectar schema` writes JSON Schemas.
  input: /\/src\/cli\/(values|list-view|view)\.ts$|\/node_modules\/zod\/(?!.*json-schema)/,
  // What names an object, without what sends a request: completion needs no more.
  names: /\/src\/(api\/pages|profile\/profiles|commands\/profiles\/(ids|keep))\.ts$/,
  session: /\/src\/(app\/client|profile\/credentials)\.ts$/,
  local: /\/src\/emulator\/emulator\.ts$/,
};

/** `package import` → replacement. A stub that is no longer imported fails the build. */
const NOTHING = "export default {};";
const REPORTS = "RequestCreate RequestStart ResponseStart ResponseEnd Retry Error Redirect".split(
  " ",
);
const STUBS = {
  "got http2-wrapper": NOTHING,
  "got cacheable-request": "export class CacheError extends Error {} export default class {}",
  "got cacheable-lookup": "export default class {}",
  "got form-data-encoder": "export class FormDataEncoder {} export const isFormData = () => false;",
  // Creates a UUID for each request, for listeners that this tool does not have.
  "got ./diagnostics-channel.js": `const none = () => {}; export { none as generateRequestId, ${REPORTS.map((name) => `none as publish${name}`)} };`,
  "conf ajv/dist/2020.js": "export const Ajv2020 = null;",
  "conf ajv-formats": NOTHING,
  "conf semver": NOTHING,
  // On a signal, sends another signal to this process, which main.ts would take for a second Ctrl-C.
  "atomically when-exit": "export default () => () => {};",
  "commander node:child_process": NOTHING,
  "chalk #supports-color": "export default { stdout: false, stderr: false };",
  "@inquirer/editor @inquirer/external-editor": "export const editAsync = null;",
  "https-proxy-agent proxy-agent-negotiate": "export const createNegotiateAuth = null;",
  // Would write to stderr when DEBUG is set, independently of the tool's own --debug.
  "https-proxy-agent debug": "export default () => () => {};",
};

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const unmet = new Set(Object.keys(STUBS));

const stubs = {
  name: "stubs",
  resolveId(name, importer = "") {
    const path = importer.replaceAll("\\", "/");
    const stub = `${/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]} ${name}`;
    if (STUBS[stub] === undefined) return null;
    unmet.delete(stub);
    return { id: `\0${stub}`, moduleSideEffects: false };
  },
  load: (id) => (id.startsWith("\0") ? STUBS[id.slice(1)] : null),
};

/** @param output options of rolldown that override the common ones */
function bundle(input, output, plugins = []) {
  return build({
    cwd: root,
    input,
    platform: "node",
    external: Object.keys(manifest.optionalDependencies),
    transform: {
      target: "node20.19",
      define: {
        __NECTAR_VERSION__: JSON.stringify(manifest.version),
        // got's type checks create two of these on load, only for error messages to developers.
        "Intl.ListFormat": "Object",
      },
    },
    preserveEntrySignatures: "allow-extension",
    // One command may load lazily what another imports statically.
    checks: { ineffectiveDynamicImport: false },
    plugins,
    output: {
      dir: dist,
      format: "cjs",
      // Node's ES module loader, which a real import() starts, takes time.
      dynamicImportInCjs: false,
      banner: `// ${manifest.name} ${manifest.version}`,
      ...output,
    },
  });
}

const isBinary = process.argv.includes("--binary");
if (isBinary && !canBuildBinary()) {
  console.error(`build:binary needs Node 25.5 or newer; this is v${process.versions.node}.`);
  process.exit(1);
}

await rm(dist, { recursive: true, force: true });
const groups = Object.entries(GROUPS).map(([name, test], index) => ({
  name,
  test,
  // All above the default of 0, or a module that several of them import goes to none in this order.
  priority: Object.keys(GROUPS).length - index,
}));
const types = declaration(root);
const outputs = await Promise.all([
  bundle(
    { main: "src/main.ts" },
    { minify: true, chunkFileNames: "[name].js", codeSplitting: { groups } },
    [stubs],
  ),
  // Loaded by bin/nectar.js before everything else.
  bundle({ "compile-cache": "src/disk/compile-cache.ts" }, { minify: true }),
  // For other programs to import: one file, unmangled so that stack traces in users' tests stay readable.
  bundle({ emulator: "src/library.ts" }, { minify: { mangle: false }, codeSplitting: false }),
]);
if (unmet.size > 0) throw new Error(`these stubs are no longer imported: ${[...unmet].join(", ")}`);
await writeFile(
  join(dist, "emulator.d.ts"),
  `${await types}\nexport declare const startEmulator: StartEmulator;\n`,
);
await writeFile(join(dist, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
const chunks = outputs.flatMap(({ output }) => output);
const packages = await findPackages(chunks);
await writeBillOfMaterials(packages, manifest, join(dist, "sbom.cdx.json"));
await writeLicences(packages, manifest, join(dist, "THIRD_PARTY_LICENSES.txt"));
const bytes = chunks.reduce((sum, { code }) => sum + code.length, 0);
console.log(
  `dist: ${chunks.length} files, ${Math.round(bytes / 1024)} KiB, ${packages.length} packages bundled`,
);

if (isBinary) {
  const folder = join(root, "build");
  // An executable can load built-in modules only, so everything is in one file, which starts itself.
  const one = { dir: folder, minify: true, codeSplitting: false, footer: "exports.main();" };
  await bundle({ main: "src/main.ts" }, one, [stubs]);
  console.log(await writeBinary(folder));
}
