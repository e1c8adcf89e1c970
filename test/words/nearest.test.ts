import { describe, expect, it } from "vitest";
import { didYouMean, nearest } from "../../src/words/nearest.ts";

describe("the nearest word", () => {
  it.each([
    ["staus", "status"],
    ["external_ID", "externalId"],
    ["naem", "name"],
    ["id", "id"],
    ["xyz", null],
    ["", null],
  ])("to %s is %s", (given, word) => {
    const words = ["id", "name", "status", "externalId"];
    expect(nearest(given, words)).toBe(word);
    expect(didYouMean(given, words)).toBe(word === null ? "" : `; did you mean "${word}"?`);
  });

  it("may be asked to be nearer, and there may be none", () => {
    expect(nearest("naem", ["name"], 1)).toBeNull();
    expect(nearest("name", [])).toBeNull();
  });
});
