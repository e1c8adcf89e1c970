/** What the built tool loads before it knows which command is called: most of its time for `--help` and `--version`. */
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { freshHome } from "../support/nectar-process.ts";

const preload = pathToFileURL(`${import.meta.dirname}/preloads/loaded-files.mjs`).href;

async function filesLoadedBy(...words: string[]): Promise<readonly string[]> {
  const { status, stderr } = await freshHome().run(words, { node: ["--import", preload] });
  expect(status).toBe(0);
  return stderr.trimEnd().split("\n");
}

test.each([["--version"], ["--help"]])("%s loads the file of the start alone", async (word) => {
  const other = (await filesLoadedBy(word)).filter((file) => !/^rolldown-runtime/.test(file));
  expect(other.filter((file) => file !== "compile-cache.js")).toEqual(["main.js"]);
});

test.each([
  ["a command that sends nothing", ["profiles", "list", "--json"]],
  ["completion", ["__complete", "connections", "list", "--status", "=PEN"]],
])("%s loads more, but no HTTP client", async (_, words) => {
  const files = await filesLoadedBy(...words);
  expect(files).toContain("names.js");
  expect(files).not.toContain("session.js");
});
