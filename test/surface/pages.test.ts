/** The documentation says and shows what the tool does. `npm run docs` writes into the pages what is generated. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EXIT_TABLE } from "../../src/errors.ts";
import { parse } from "../../src/program.ts";
import { ROOT } from "../support/built-tool.ts";
import { shellWords } from "../support/shell-words.ts";
import { commandsPage } from "./commands-page.ts";
import { blocksOf, runPage, START } from "./pages.ts";

const DOCS = join(".github", "docs");
const guides = readdirSync(join(ROOT, DOCS)).filter((name) => name.endsWith(".md"));
const pages = ["README.md", ...guides.map((name) => join(DOCS, name))].map((name) => ({
  name,
  text: readFileSync(join(ROOT, name), "utf8"),
}));

describe("the commands that a page shows", () => {
  // The library that verifies webhooks reads the time of day itself.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const shown = pages.filter(({ text }) => text.includes("\n```console\n"));

  it.each(shown)("print what is under them: $name", async ({ name, text }) => {
    await expect(await runPage(text)).toMatchFileSnapshot(join(ROOT, name));
  });

  it("are in all guides that show a run", () => {
    expect(shown.length).toBeGreaterThanOrEqual(4);
  });
});

it("commands.md is up to date", async () => {
  await expect(await commandsPage()).toMatchFileSnapshot(join(ROOT, DOCS, "commands.md"));
});

it("the README has the exit table of the code", () => {
  const [readme] = pages;
  const section = readme?.text.split("## Exit status")[1]?.split("## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => ({
    code: Number(code),
    meaning,
  }));
  expect(rows).toEqual(EXIT_TABLE.map(({ code, meaning }) => ({ code, meaning })));
});

describe("a command within a sentence is one that the tool understands", () => {
  const lines = pages.flatMap(({ text }) => {
    const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "");
    return [...prose.matchAll(/`nectar ([a-z][^`]+)`/g)].map(([, line = ""]) => line);
  });

  it.each([...new Set(lines)])("nectar %s", async (line) => {
    const asked = await parse(shellWords(line), "0", null);
    expect(["command", "text"]).toContain(asked.kind);
  });
});

it("a link leads to a file that is there, and to a heading in it", () => {
  const broken = pages.flatMap(({ name, text }) => {
    const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "");
    const links = [...prose.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    return links.flatMap(([whole, path = "", heading]) => {
      const target = path === "" ? join(ROOT, name) : join(ROOT, name, "..", path);
      const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(
        ([, words = ""]) =>
          words
            .toLowerCase()
            .replaceAll(/[^\w -]/g, "")
            .replaceAll(" ", "-"),
      );
      return heading === undefined || headings.includes(heading) ? [] : [`${name}: ${whole}`];
    });
  });
  expect(broken).toEqual([]);
});

it("blocks are found", () => {
  expect(blocksOf("```sh a.sh\nx\n```\n")).toEqual([{ language: "sh", file: "a.sh", text: "x\n" }]);
});
