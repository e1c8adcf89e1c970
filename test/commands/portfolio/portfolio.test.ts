import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partOf } from "../../../src/commands/portfolio/portfolio.ts";
import { bench, company, planFile } from "./plan-files.ts";

const COMPANIES = Array.from({ length: 24 }, (_, index) => company(`customer-${index}`));

describe("--shard", () => {
  it("takes each company in exactly one part, whatever else is in the file and in which order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 20 }), (keys, count) => {
        for (const key of keys) {
          const part = partOf(key, count);
          expect(part).toBeGreaterThanOrEqual(1);
          expect(part).toBeLessThanOrEqual(count);
          expect(partOf(key, count)).toBe(part);
        }
      }),
    );
    // A change would let two jobs of different releases take the same company.
    expect(["acme", "other", "café"].map((key) => partOf(key, 5))).toEqual([1, 3, 3]);
  });

  it("divides a file between jobs, says which companies it took, and nothing is left", async () => {
    const { run, holds, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    const shuffled = COMPANIES.toReversed();
    const runs = await Promise.all(
      [1, 2, 3, 4].map((part) =>
        run(["apply", file, "--shard", `${part}/4`, "--concurrency", "2"]),
      ),
    );
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    for (const [index, { stderr }] of runs.entries()) {
      expect(stderr).toMatch(new RegExp(`^Part ${index + 1} of 4: \\d+ of 24 companies`, "m"));
    }
    expect((await holds()).map(({ name }) => name).sort()).toEqual(
      COMPANIES.map(({ name }) => name).sort(),
    );
    const other = planFile(folder, shuffled);
    const again = await run(["apply", other, "--shard", "2/4"]);
    const keys = (text = "") =>
      text
        .split("\n")
        .map((line) => line.split("\t")[0])
        .sort();
    expect(keys(again.stdout)).toEqual(keys(runs[1]?.stdout));
    expect(again.stderr).toContain("(0 new, ");
  });

  it("names the companies where they are few, and an empty part is no failure", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, [company("acme")]);
    const runs = [1, 2].map(async (part) => run(["apply", file, "--shard", `${part}/2`]));
    const [one, other] = await Promise.all(runs);
    expect([one?.status, other?.status]).toEqual([0, 0]);
    const all = `${one?.stderr}${other?.stderr}`;
    expect(all).toContain("1 of 1 company: acme.");
    expect(all).toContain("0 of 1 company.");
  });

  it.each(["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])("refuses %s", async (part) => {
    const { run, folder } = await bench();
    const { status, stderr } = await run(["plan", planFile(folder, COMPANIES), "--shard", part]);
    expect(status).toBe(2);
    expect(stderr).toContain("--shard");
  });
});

describe("--only", () => {
  it("takes the companies that it names", async () => {
    const { run, holds, folder } = await bench();
    const file = planFile(folder, COMPANIES);
    await run(["apply", file, "--only", "customer-3", "--only", "customer-7"]);
    expect((await holds()).map(({ name }) => name).sort()).toEqual([
      "Company customer-3",
      "Company customer-7",
    ]);
  });

  it("refuses a key that is not in the file, with the near one, before any request", async () => {
    const { run, folder } = await bench();
    const file = planFile(folder, [company("acme"), company("other")]);
    const { status, stderr } = await run(["apply", file, "--only", "akme"]);
    expect(status).toBe(2);
    expect(stderr).toContain('no company of the file has the key "akme"; did you mean "acme"?');
  });
});

describe("--concurrency", () => {
  it.each(["0", "11", "x"])("refuses %s", async (text) => {
    const { run, folder } = await bench();
    const words = ["apply", planFile(folder, COMPANIES), "--concurrency", text];
    expect((await run(words)).stderr).toContain("it takes a number from 1 to 10");
  });
});
