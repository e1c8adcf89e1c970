/** The lines of a file, read piece by piece. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { wholeLines } from "../../../src/emulator/state/file.ts";
import { temporaryFolder } from "../harness.ts";

/** As large as what is read at once, so that lines end before, at and after the ends of pieces. */
const PIECE = 256 * 1024;

function linesOf(path: string, from: number, to: number) {
  const file = openSync(path, "r");
  try {
    return [...wholeLines(file, from, to)];
  } finally {
    closeSync(file);
  }
}

it("are those of the text, wherever a piece of the file ends", () => {
  const path = join(temporaryFolder(), "lines");
  const length = fc.oneof(
    fc.nat(40),
    fc.integer({ min: PIECE - 3, max: PIECE + 3 }),
    fc.constant(3 * PIECE),
  );
  const line = fc.tuple(length, fc.constantFrom("x", "ü")).map(([count, of]) => of.repeat(count));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.nat(9), (lines, torn) => {
      const head = "head\n";
      writeFileSync(path, `${head}${lines.map((text) => `${text}\n`).join("")}${"t".repeat(torn)}`);
      let end = head.length;
      const expected = lines.map((text) => {
        end += Buffer.byteLength(text) + 1;
        return { text, end };
      });
      const found = linesOf(path, head.length, end + torn);
      // Compared as a whole, since a difference in so long texts is not worth showing.
      expect(JSON.stringify(found) === JSON.stringify(expected)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it("takes a very long one no longer than its length asks for", () => {
  const path = join(temporaryFolder(), "long");
  const length = 64 * 1024 * 1024;
  writeFileSync(path, `${"x".repeat(length)}\n`);
  const began = process.cpuUsage();
  expect(linesOf(path, 0, length + 1)[0]?.text).toHaveLength(length);
  const { user, system } = process.cpuUsage(began);
  // Joined anew with each piece, it would be copied 128 times over: some 8 GB.
  expect((user + system) / 1000).toBeLessThan(2000);
});
