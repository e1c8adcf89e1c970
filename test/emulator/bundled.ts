/** Programs of their own, for the tests in which several processes share a folder. */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { temporaryFolder } from "./harness.ts";

/** A program as one file that any Node runs; it goes with the test. */
export function bundled(entry: URL): string {
  const path = fileURLToPath(entry);
  const outfile = join(temporaryFolder(), basename(path).replace(/\.ts$/, ".cjs"));
  const settings = { bundle: true, platform: "node", format: "cjs", logLevel: "error" } as const;
  buildSync({ entryPoints: [path], outfile, ...settings });
  return outfile;
}
