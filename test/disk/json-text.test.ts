/** Files with a list whose items are on lines of their own, which are read a piece at a time. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseJson } from "../../src/disk/json-text.ts";
import { temporaryFolder } from "../emulator/harness.ts";

function parse(text: string, list?: string): unknown {
  const file = join(temporaryFolder(), "file.json");
  writeFileSync(file, text);
  const handle = openSync(file, "r");
  try {
    return parseJson(handle, (what) => new Error(what), list);
  } finally {
    closeSync(handle);
  }
}

const item = (index: number) => ({ index, text: "é€😀\n", lists: [["same"], ["same"]] });
const items = (count: number) => Array.from({ length: count }, (_, index) => item(index));
const inLines = (list: readonly object[]) =>
  `{"version":1,"items":[\n${list.map((one) => JSON.stringify(one)).join(",\n")}${list.length > 0 ? "\n" : ""}]}\n`;

it.each([0, 1, 2, 40_000])("reads %i items", (count) => {
  const value = { version: 1, items: items(count) };
  const text = inLines(value.items);
  expect(JSON.parse(text)).toEqual(value);
  expect(parse(text, "items")).toEqual(value);
});

it.each([
  ["on one line", JSON.stringify({ version: 1, items: items(2) })],
  ["indented", JSON.stringify({ version: 1, items: items(2) }, undefined, 2)],
  ["in another order", JSON.stringify({ items: items(2), version: 1 })],
  ["with a byte order mark", `\uFEFF${inLines(items(2))}`],
])("reads a file %s", (_, text) => {
  expect(parse(text, "items")).toEqual({ version: 1, items: items(2) });
});

it.each([
  ["a damaged item", inLines(items(3)).replace('{"index":1', "{index:1"), "(line 3, column 2)"],
  ["an end that is missing", inLines(items(3)).slice(0, -4), "its end is missing"],
  ["more after the end", `${inLines(items(1))}more\n`, "(line 4, column 1)"],
  ["an item that is too deep", inLines([{ a: "[".repeat(200) }]).replace('"[', "["), "levels deep"],
])("names the place of %s", (_, text, what) => {
  expect(() => parse(text, "items")).toThrow(what);
});
