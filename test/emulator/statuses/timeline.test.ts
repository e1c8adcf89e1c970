/** A connection at a time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConnectionRecord } from "../../../src/emulator/state/entities.ts";
import { detailOf, STATUSES } from "../../../src/emulator/statuses/statuses.ts";
import {
  at,
  CHECK_EVERY_MS,
  statusChangesBetween,
  withStatus,
} from "../../../src/emulator/statuses/timeline.ts";
import { NOW } from "../harness.ts";
import { connectionRecord } from "../state/records.ts";

const YEAR = 365 * 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

/** A connection with any status now, and any script after it. */
const connections = fc
  .tuple(
    fc.constantFrom(...STATUSES),
    fc.array(fc.tuple(fc.integer({ min: 0, max: YEAR }), fc.constantFrom(...STATUSES)), {
      maxLength: 8,
    }),
  )
  .map(([status, steps]): ConnectionRecord => {
    const blank = { ...connectionRecord("c", "company"), collecting: [] };
    const script = steps
      .toSorted(([one], [other]) => one - other)
      .map(([after, next]) => ({ at: iso(NOW + after), status: next, detail: detailOf(next) }));
    return { ...withStatus(blank, { status, detail: detailOf(status) }, NOW), script };
  });

/** Times in order, from now on. */
const times = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 2 * YEAR }), { minLength: count, maxLength: count })
    .map((all) => all.toSorted((one, other) => one - other).map((after) => NOW + after));

describe("a connection at a time", () => {
  it("is the same whether or not somebody looked before", () => {
    fc.assert(
      fc.property(connections, times(2), (connection, [first = NOW, second = NOW]) => {
        expect(at(at(connection, first), second)).toEqual(at(connection, second));
      }),
    );
  });

  it("has only times that have come, and never goes back", () => {
    fc.assert(
      fc.property(connections, times(2), (connection, [first = NOW, second = NOW]) => {
        const [before, after] = [at(connection, first), at(connection, second)];
        for (const field of ["updated", "statusLastUpdateTime", "statusFirstSeenTime"] as const) {
          expect(Date.parse(after[field])).toBeLessThanOrEqual(second);
          expect(after[field] >= before[field]).toBe(true);
        }
        expect(after.script.every((step) => Date.parse(step.at) > second)).toBe(true);
        expect(after.created).toBe(connection.created);
      }),
    );
  });

  it("collects data exactly while it is connected", () => {
    fc.assert(
      fc.property(connections, times(1), (connection, [time = NOW]) => {
        const { status, collecting } = at(connection, time);
        expect(collecting.filter(({ until }) => until === null)).toHaveLength(
          status === "CONNECTED" ? 1 : 0,
        );
        for (const [index, { from, until }] of collecting.entries()) {
          expect(from <= (until ?? iso(time))).toBe(true);
          expect(from >= (collecting[index - 1]?.until ?? from)).toBe(true);
        }
      }),
    );
  });

  it("went through changes that lead from what it was to what it is, however they are cut", () => {
    fc.assert(
      fc.property(connections, times(3), (connection, [first = NOW, second = NOW, third = NOW]) => {
        const between = (after: number, until: number) =>
          statusChangesBetween(connection, { after, until });
        const taken = between(first, third);
        expect([...between(first, second), ...between(second, third)]).toEqual(taken);
        const path = [at(connection, first).status, ...taken.map(({ to }) => to)];
        expect(taken.map(({ from }) => from)).toEqual(path.slice(0, -1));
        expect(path.at(-1)).toBe(at(connection, third).status);
        expect(taken.every(({ from, to }) => from !== to)).toBe(true);
      }),
    );
  });

  it("is checked every week while it is connected, a thousand years at once", () => {
    const blank = { ...connectionRecord("c", "company"), collecting: [] };
    const connected = withStatus(blank, { status: "CONNECTED", detail: null }, NOW);
    const weeks = 52_178;
    expect(at(connected, NOW + weeks * CHECK_EVERY_MS + 1).statusLastUpdateTime).toBe(
      iso(NOW + weeks * CHECK_EVERY_MS),
    );
    const down = withStatus(connected, { status: "WEBSITE_DOWN", detail: "x" }, NOW + 1);
    expect(at(down, NOW + weeks * CHECK_EVERY_MS)).toBe(down);
  });
});
