/** When data arrives: only while it is collected, and nothing is lost in between. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrival, delayed, type Window, without } from "../../../src/emulator/data/windows.ts";

/** Spans in order, the last one open at times. */
const spans: fc.Arbitrary<readonly Window[]> = fc
  .tuple(fc.uniqueArray(fc.nat(200), { maxLength: 9 }), fc.boolean())
  .map(([times, isOpen]) => {
    const sorted = times.sort((one, other) => one - other);
    const pairs: Window[] = [];
    for (let index = 0; index + 1 < sorted.length; index += 2) {
      pairs.push({ open: sorted[index] ?? 0, close: sorted[index + 1] ?? 0 });
    }
    const last = pairs.at(-1);
    return isOpen && last !== undefined
      ? [...pairs.slice(0, -1), { ...last, close: Number.POSITIVE_INFINITY }]
      : pairs;
  });

describe("arrival", () => {
  it("is the first moment from the time on at which a window is open", () => {
    fc.assert(
      fc.property(spans, fc.nat(20), fc.nat(250), (given, delay, ready) => {
        const windows = delayed(given, delay);
        let naive = ready;
        const isOpen = (time: number) =>
          given.some(({ open, close }) => time >= open + delay && time <= close);
        while (naive <= 300 && !isOpen(naive)) naive += 1;
        expect(arrival(windows, ready)).toBe(naive > 300 ? Number.POSITIVE_INFINITY : naive);
      }),
    );
  });
});

describe("pauses", () => {
  it("are cut out of the spans, and nothing else is", () => {
    fc.assert(
      fc.property(spans, spans, fc.nat(250), (given, pauses, time) => {
        const isIn = (windows: readonly Window[]) =>
          windows.some(({ open, close }) => time >= open && time <= close);
        const isPaused = pauses.some(({ open, close }) => time > open && time < close);
        expect(isIn(without(given, pauses))).toBe(isIn(given) && !isPaused);
      }),
    );
  });

  it("that end as they begin cut nothing, however many there are", () => {
    const span = { open: 0, close: Number.POSITIVE_INFINITY };
    expect(without([span], Array(100).fill({ open: 5, close: 5 }))).toEqual([span]);
  });
});
