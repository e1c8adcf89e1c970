/** Prints on exit which of the tool's own files were loaded. */
import { createRequire } from "node:module";

process.once("exit", () => {
  const files = Object.keys(createRequire(import.meta.url).cache);
  const own = files.filter((file) => /[\\/]dist[\\/][^\\/]+$/.test(file));
  process.stderr.write(`${own.map((file) => file.replace(/^.*[\\/]/, "")).join("\n")}\n`);
});
