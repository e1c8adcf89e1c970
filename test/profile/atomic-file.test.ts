import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leftoversOf, removeLeftovers, writePrivateFile } from "../../src/profile/atomic-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nectar-atomic-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a file is written whole, for its user alone, in folders that are made", async () => {
  const file = join(folder, "a", "b", "file.json");
  await writePrivateFile(file, "text\n", "NECTAR_STATE_DIR");
  expect(readFileSync(file, "utf8")).toBe("text\n");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["file.json"]);
});

test("what killed writers left goes with the next write, and nothing else does", async () => {
  const file = join(folder, "file.json");
  const left = ["file.json.3986570879", "file.json.tmp-544059781438e635"];
  const others = [
    "file.json.damaged",
    "file.json.lock",
    "file.json.away",
    "other.json.12",
    "file.jsonx.12",
  ];
  for (const name of [...left, ...others]) writeFileSync(join(folder, name), "marked");
  expect(
    leftoversOf(file)
      .map((path) => path.slice(folder.length + 1))
      .sort(),
  ).toEqual(left);
  await writePrivateFile(file, "text", "NECTAR_STATE_DIR");
  expect(readdirSync(folder).sort()).toEqual([...others, "file.json"].sort());
  expect(removeLeftovers(file)).toBe(0);
  expect(removeLeftovers(join(folder, "nowhere", "file.json"))).toBe(0);
});
