/**
 * An esbuild plugin for `await import("a-commonjs-package")`. Node gives such a module the names that it finds in the
 * package; esbuild gives it `default` only, so `const { name } = await import(…)` would be undefined in the build and
 * right in the tests. The names are asked of Node at build time.
 */
import { readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";

export function lateCommonJs() {
  return {
    name: "late-commonjs",
    setup(build) {
      build.onResolve({ filter: /^[^./#]/ }, async (args) => {
        if (args.kind !== "dynamic-import" || args.pluginData === lateCommonJs) return undefined;
        const { path: specifier, ...rest } = args;
        const { path, namespace, external, errors } = await build.resolve(specifier, {
          importer: rest.importer,
          kind: rest.kind,
          resolveDir: rest.resolveDir,
          pluginData: lateCommonJs,
        });
        if (errors.length > 0 || external || namespace !== "file") return undefined;
        return (await isCommonJs(path)) ? { path, namespace: "late-commonjs" } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: "late-commonjs" }, async ({ path }) => {
        const names = Object.keys(await import(pathToFileURL(path).href));
        const named = names.filter((name) => name !== "default" && name !== "module.exports");
        return {
          contents: `
            const all = require(${JSON.stringify(path)});
            export default all;
            export const { ${named.join(", ")} } = all;`,
          resolveDir: dirname(path),
        };
      });
    },
  };
}

/** As Node decides it: the extension, else the `type` of the nearest package.json. */
async function isCommonJs(path) {
  if (extname(path) !== ".js") return extname(path) === ".cjs";
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      return JSON.parse(await readFile(join(folder, "package.json"), "utf8")).type !== "module";
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
  return true;
}
