/** Programs of their own, for the tests in which other processes do what is tested. */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/** Makes one file of a program in TypeScript; returns the path of that file, which any Node runs. */
export async function bundled(entry: URL, folder: string): Promise<string> {
  const input = fileURLToPath(entry);
  const file = join(folder, basename(input).replace(/\.ts$/, ".mjs"));
  await build({ input, platform: "node", output: { file, format: "esm", codeSplitting: false } });
  return file;
}
