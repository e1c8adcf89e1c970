/** The words that call a command again with the same input. */
import { describe, expect, it } from "vitest";
import { wordsOf } from "../../src/cli/words.ts";
import { parse } from "../../src/program.ts";

async function rawOf(words: readonly string[]) {
  const parsed = await parse(words, "0.0.0", null);
  if (parsed.kind !== "command") throw new Error(`not a command: ${words.join(" ")}`);
  return parsed;
}

describe("the words of a command", () => {
  it.each([
    ["companies delete"],
    ["company delete", "companies delete"],
    ["companies delete Acme --json --profile x", "companies delete Acme"],
    ["onboard --site Plant --site-id 1 --site name=-x --no-wait --dry-run"],
    ["onboard --company-name=-x --password-stdin"],
    ["apply - --only=-a --only b --shard 1/2", "apply --shard 1/2 --only=-a --only b -"],
    ["plan -- --check", "plan -- --check"],
    ["teardown ./a.yaml --older-than 7d", "teardown --older-than 7d ./a.yaml"],
    ["connections list --fields id -q --status A --status B"],
    ["emulator run --url-as=A -- node -e 1", "emulator run --url-as A -- node -e 1"],
  ])("%s", async (line, shown = "") => {
    const given = line.split(" ");
    const { path, command, raw } = await rawOf(given);
    const words = wordsOf(path, command.fields, raw);
    if (shown !== "") expect(words.join(" ")).toBe(`nectar ${shown}`);
    const again = await rawOf(words.slice(1));
    expect([again.path, again.raw]).toEqual([path, raw]);
  });
});
