import stringWidth from "string-width";
import { expect, test } from "vitest";
import { freshHome, type Home } from "../support/nectar-process.ts";
import { COLOR, linesOf, openTerminal } from "../support/terminal-process.ts";

const CHART = ["usage", "chart", "--local", "--months", "6"];

async function withData(): Promise<Home> {
  const home = freshHome();
  const words = ["onboard", "--local", "--company-name", "Acme", "--site", "Plant", "--json"];
  const { status, stdout } = await home.run(words);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).data.documents).toBeGreaterThan(0);
  return home;
}

test("a chart fits into 40 columns, tells each number without colour, and ends with totals", async () => {
  const home = await withData();
  const terminal = openTerminal(home, CHART, { columns: 40, env: { NO_COLOR: "1" } });
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  expect(shown).not.toMatch(COLOR);
  const lines = linesOf(shown);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(40);
  expect(lines).toContain("Electricity, kWh");
  // Of the last month the bill may be still to come; water is billed for two months.
  const months = lines.filter((line) => /^\d{4}-\d\d {2}[█-▏ ]+ {2}[\d .–]+$/.test(line));
  expect(months).toHaveLength(30);
  expect(months.filter((line) => line.endsWith("–")).length).toBeLessThanOrEqual(6);
  expect(lines.filter((line) => /^Total {2}[\d .]+ \S/.test(line))).toHaveLength(5);
  expect(lines.join("\n")).toMatch(/\b2\d usage rows of/);
});

test("a chart is painted where colour is wanted, and drawn with # where there is nothing else", async () => {
  const home = await withData();
  const coloured = await openTerminal(home, CHART, { columns: 120 }).ended;
  expect(coloured.shown).toMatch(COLOR);
  const dumb = await openTerminal(home, CHART, { columns: 60, env: { TERM: "dumb" } }).ended;
  expect(dumb.shown).not.toMatch(COLOR);
  expect(dumb.shown).not.toMatch(/[█▁]/);
  expect(dumb.shown).toContain("####");
});

test("a document's record, line items and usage stand below each other, its IDs whole", async () => {
  const home = await withData();
  const listed = await home.run(["documents", "list", "--local", "--quiet", "--limit", "1"]);
  const id = listed.stdout.trim();
  const terminal = openTerminal(home, ["documents", "get", id, "--local"], { columns: 100 });
  const { status, shown } = await terminal.ended;
  expect(status).toBe(0);
  const lines = linesOf(shown);
  expect(lines[0]).toMatch(new RegExp(`^Document +${id}$`));
  const titles = lines.filter((line) => /^(?:Line items|Usage)$/.test(line));
  expect(titles).toEqual(["Line items", "Usage"]);
});
