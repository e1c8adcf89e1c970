/** Printed commands: the words come back from a real shell as they were, and lead where the run went. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Globals } from "../../src/app/globals.ts";
import { commandLines } from "../../src/app/hints.ts";
import { lastWord, optionWords } from "../../src/errors.ts";
import { printable } from "../../src/terminal/sanitize.ts";
import { HOSTILE, wordsInShell } from "../support/posix-shell.ts";

const NO_FLAGS = { profile: null, local: false, apiUrl: null };

const line = (words: readonly string[], flags: Partial<Globals> = {}, start = ["nectar"]) =>
  commandLines(
    () => start,
    () => ({ ...NO_FLAGS, ...flags }),
    "/home/me",
  )({ words });

describe("a printed command", () => {
  it("names what is in the home folder as a shell finds it, and does not name the folder", () => {
    expect(line(["mv", "/home/me/a b/c", "/home/me/a b/c.away"])).toBe(
      "mv ~/'a b/c' ~/'a b/c.away'",
    );
    expect(line(["cat", "/home/me/x", "/home/meanwhile", "~/x", "/home/me"])).toBe(
      "cat ~/x /home/meanwhile '~/x' ~",
    );
    expect(line(["nectar", "plan", "/home/me/x"], {}, ["node", "/home/me/bin/nectar.js"])).toBe(
      "node ~/bin/nectar.js plan /home/me/x",
    );
    const [[file] = []] = wordsInShell([line(["mv", "/home/me/a $b"])]);
    expect(file).toMatch(/^\/.*\/a \$b$/);
  });

  it("gives each word back, whatever stands in it, and runs nothing else", () => {
    const lines = HOSTILE.flatMap((text) => [
      line(["nectar", "connections", "get", text]),
      line(["mv", text, `${text}.away`]),
      line(["nectar", "list"], {}, ["node", text]),
    ]);
    const shown = HOSTILE.map((text) => printable(text));
    expect(wordsInShell(lines)).toEqual(
      HOSTILE.flatMap((text, at) => [
        ["connections", "get", shown[at]],
        [shown[at], printable(`${text}.away`)],
        [shown[at], "list"],
      ]),
    );
  });

  it("gives any words back", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: "binary" }), { maxLength: 4 })), (all) => {
        const words = all.map((some) => ["nectar", "x", ...some]);
        expect(wordsInShell(words.map((some) => line(some)))).toEqual(
          words.map((some) => some.slice(1).map((word) => printable(word, 2000))),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("lets no foreign value be taken for an option, also when what hides it is left out", () => {
    for (const text of HOSTILE) {
      const shown = printable(text);
      const [, operand = [], option = []] = [
        null,
        ...wordsInShell([
          line(["nectar", "connections", "get", ...lastWord(text)], { local: true }),
          line(["nectar", "invitations", "create", ...optionWords("--reconnect", text)]),
        ]),
      ];
      if (shown.startsWith("-")) {
        expect(operand).toEqual(["connections", "get", "--local", "--", shown]);
        expect(option).toEqual(["invitations", "create", `--reconnect=${shown}`]);
      } else {
        expect(operand).toContain(shown);
        expect(option.slice(2)).toEqual(
          option.length === 4 ? ["--reconnect", shown] : [`--reconnect=${shown}`],
        );
      }
    }
    expect(line(["nectar", "get", ...lastWord("9d3e-c")])).toBe("nectar get 9d3e-c");
  });
});

describe("the flags of this run", () => {
  const words = ["nectar", "connections", "list"];

  it.each([
    [{}, "nectar connections list"],
    [{ profile: "acme" }, "nectar connections list --profile acme"],
    [{ profile: "-x" }, "nectar connections list --profile=-x"],
    [{ local: true }, "nectar connections list --local"],
    [{ apiUrl: "https://a.example/v2" }, "nectar connections list --api-url https://a.example/v2"],
    [
      { profile: "acme", local: true, apiUrl: "https://a.example" },
      "nectar connections list --profile acme --local --api-url https://a.example",
    ],
  ])("%j are added, all of them", (flags, expected) => {
    expect(line(words, flags)).toBe(expected);
  });

  const told = { profile: "acme", local: true };

  it.each([
    [["nectar", "onboard", "--local"]],
    [["nectar", "auth", "login", "--profile", "NEW"]],
    [["nectar", "auth", "login", "--profile=-x"]],
    [["nectar", "onboard", "--api-url", "https://b.example"]],
    [["nectar", "emulator", "start", "--port", "0"]],
    [["nectar", "profiles", "list"]],
    [["nectar", "onboard", "--help"]],
    [["chmod", "600", "/a/b"]],
  ])("are not added to %j", (settled) => {
    expect(line(settled, told)).toBe(settled.join(" "));
  });

  it("are found out when a command is printed, not before", () => {
    let asked = 0;
    let flags = NO_FLAGS;
    const print = commandLines(
      () => {
        asked += 1;
        return ["node", "bin/nectar.js"];
      },
      () => flags,
      "/home/me",
    );
    expect(asked).toBe(0);
    flags = { ...NO_FLAGS, local: true };
    expect(print({ words })).toBe("node bin/nectar.js connections list --local");
  });
});
