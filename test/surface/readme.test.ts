/** The README says what the tool does. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/registry.ts";
import { EXIT_TABLE } from "../../src/errors.ts";
import { parse } from "../../src/program.ts";
import { shellWords } from "../support/shell-words.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

describe("the README", () => {
  it("has the exit table of the code", () => {
    const section = readme.split("## Exit status")[1] ?? "";
    const rows = [...section.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => ({
      code: Number(code),
      meaning,
    }));
    expect(rows).toEqual(EXIT_TABLE.map(({ code, meaning }) => ({ code, meaning })));
  });

  it("names every command", () => {
    const table = readme.split("## Commands")[1]?.split("##")[0] ?? "";
    const named = [...table.matchAll(/^\| `nectar ([^`]+)`/gm)].flatMap(([, words = ""]) => {
      const cut = words.lastIndexOf(" ");
      return words
        .slice(cut + 1)
        .split("\\|")
        .map((verb) => `${words.slice(0, Math.max(cut, 0))} ${verb}`.trim());
    });
    expect(named.sort()).toEqual(COMMANDS.map(({ path }) => path.join(" ")).sort());
  });

  const lines = [
    ...readme.replaceAll("\\\n", "").matchAll(/^(?:\$ )?(nectar .+?)(?: +#.*| > .*)?$/gm),
  ]
    .map(([, line]) => line ?? "")
    .filter((line) => line !== "");

  it.each(lines)("shows a command that the tool understands: %s", async (line) => {
    const [, ...words] = shellWords(line);
    expect(await parse(words, "0", null)).toMatchObject({ kind: "command" });
  });

  it("shows at least the main job, a login and a list", () => {
    expect(lines.length).toBeGreaterThanOrEqual(6);
  });
});
