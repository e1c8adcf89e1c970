import { describe, expect, it } from "vitest";
import { freshPlace } from "../../support/run-cli.ts";
import { workClock } from "../../support/test-clock.ts";

describe("nectar usage chart without a scope", () => {
  it("shows what `usage list` lists: all of the profile's company, of every connection", async () => {
    const place = freshPlace();
    const local = (...words: string[]) => place.run([...words, "--local", "--no-color"]);
    await local("onboard", "--company-name", "Acme", "--site", "Plant", "-q");
    const own = (await local("connections", "list", "-q")).stdout.trim();
    const more = ["--new-connection", "-q"];
    const other = (await local("connections", "create", ...more)).stdout.trim();
    // The data of a new connection is not there at once.
    await local("emulator", "advance", "1m");
    const counted = async (...words: string[]) =>
      new Set((await local("usage", "chart", "-q", ...words)).stdout.trim().split("\n"));
    const [all, first, second] = await Promise.all([
      counted(),
      counted("--connection", own),
      counted("--connection", other),
    ]);
    expect(first.size).toBeGreaterThan(0);
    expect(second.size).toBeGreaterThan(0);
    expect(all).toEqual(new Set([...first, ...second]));
    const shown = await place.run(["usage", "chart", "--local", "--no-color"], { columns: 80 });
    expect(shown.stderr).toBe(`\n${all.size} usage rows of Acme · profile local\n`);
  });
});

it("a chart of months without bills yet fits into 40 columns", async () => {
  const place = freshPlace();
  // On the first of a month, none of the bills of the one before is there.
  const options = { clock: workClock(Date.UTC(2026, 11, 1, 0, 5)), columns: 40 };
  await place.run(["onboard", "--local", "--company-name", "Acme", "--site", "Plant"], options);
  const chart = ["usage", "chart", "--local", "--no-color", "--months", "6"];
  const { stdout } = await place.run(chart, options);
  expect(stdout).toMatch(/^Total {2}[\d .]+ gal \(US\) {2}in 5 of 6\s+months$/m);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
});
