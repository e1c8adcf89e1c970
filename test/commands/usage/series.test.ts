import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Usage } from "../../../src/api/resources/usage.ts";
import { decimalText } from "../../../src/commands/usage/decimal.ts";
import {
  isWholeMonth,
  monthAt,
  monthsBetween,
  monthsLater,
  monthsOfPeriod,
} from "../../../src/commands/usage/months.ts";
import { sumByMonth } from "../../../src/commands/usage/series.ts";

let made = 0;
function row(more: object) {
  made += 1;
  return Usage.parse({
    id: `row-${made}`,
    datasourceType: "ELECTRICITY",
    startDate: "2026-01-01",
    endDate: "2026-01-31",
    usage: "1",
    usageUnits: "kWh",
    ...more,
  });
}

function summed(rows: readonly ReturnType<typeof row>[], months = ["2026-01", "2026-02"]) {
  const { series, ...rest } = sumByMonth(rows, months);
  return {
    ...rest,
    series: series.map(({ type, unit, months: all, total }) => [
      `${type} ${unit}`,
      ...all.map(({ usage }) => (usage === null ? null : decimalText(usage))),
      decimalText(total),
    ]),
  };
}

describe("adding usage up", () => {
  it("keeps utilities and units apart, in the vendor's order", () => {
    const { series } = summed([
      row({ datasourceType: "HEAT", usageUnits: "GJ", usage: "3" }),
      row({ datasourceType: "SOLAR", usage: "4" }),
      row({ usageUnits: "MWh", usage: "0.5" }),
      row({ usage: "0.1" }),
      row({ usage: 0.2, startDate: "2026-02-01", endDate: "2026-02-28" }),
    ]);
    expect(series).toEqual([
      ["ELECTRICITY MWh", "0.5", null, "0.5"],
      ["ELECTRICITY kWh", "0.1", "0.2", "0.3"],
      ["SOLAR kWh", "4", null, "4"],
      ["HEAT GJ", "3", null, "3"],
    ]);
  });

  it("subtracts what is marked as an exclusion, and keeps a zero apart from nothing", () => {
    const { series } = summed([row({ usage: "5.00" }), row({ usage: "5", exclusion: true })]);
    expect(series).toEqual([["ELECTRICITY kWh", "0.00", null, "0.00"]]);
  });

  it("counts a row once that comes on two pages, and tells of those that can't be counted", () => {
    const one = row({});
    const bad = [
      row({ usage: "n/a" }),
      row({ usageUnits: null }),
      row({ startDate: null, endDate: null }),
      row({ datasourceType: "" }),
      row({ startDate: "2026-02-01", endDate: "2026-01-01" }),
    ];
    const outside = row({ startDate: "2025-12-01", endDate: "2025-12-31" });
    expect(summed([one, one, ...bad, outside])).toEqual({
      series: [["ELECTRICITY kWh", "1", null, "1"]],
      counted: [one.id],
      unreadable: 5,
    });
  });

  it("spreads a row that covers most of several months over them, and keeps its total", () => {
    const bimonthly = row({ usage: "100.00", startDate: "2026-01-01", endDate: "2026-02-28" });
    expect(summed([bimonthly])).toEqual({
      series: [["ELECTRICITY kWh", "52.54", "47.46", "100.00"]],
      counted: [bimonthly.id],
      unreadable: 0,
    });
    const { series } = summed([bimonthly], ["2026-02", "2026-03"]);
    expect(series).toEqual([["ELECTRICITY kWh", "47.46", null, "47.46"]]);
    const excluded = row({ usage: "7", endDate: "2026-02-28", exclusion: true });
    expect(summed([excluded]).series).toEqual([["ELECTRICITY kWh", "-3", "-4", "-7"]]);
  });
});

describe("the months of a period", () => {
  it.each([
    ["2026-01-01", "2026-01-31", "2026-01 31"],
    ["2026-01-12", "2026-02-11", "2026-01 20"],
    ["2026-01-15", "2026-02-13", "2026-01 17"],
    ["2026-01-18", "2026-02-16", "2026-02 16"],
    ["2025-12-31", "2026-01-30", "2026-01 30"],
    ["2026-02-20", "2026-04-10", "2026-03 31"],
    ["2024-02-29", "2024-02-29", "2024-02 1"],
    ["2026-01-26", "2026-02-06", "2026-01 6"],
    ["2026-01-01", "2026-02-28", "2026-01 31, 2026-02 28"],
    ["2025-12-15", "2026-02-14", "2025-12 17, 2026-01 31"],
    ["2026-02-15", "2026-04-14", "2026-02 14, 2026-03 31"],
    ["2026-01-01", "2026-03-31", "2026-01 31, 2026-02 28, 2026-03 31"],
    ["2026-02-30x", "2026-03-01", undefined],
    ["2026-03-02", "2026-03-01", undefined],
  ])("from %s to %s are %s", (from, to, months) => {
    const texts = monthsOfPeriod(from, to)?.map(({ month, days }) => `${month} ${days}`);
    expect(texts?.join(", ")).toBe(months);
  });

  it("are each month once for periods one after the other, however long they are", () => {
    const length = fc.integer({ min: 31, max: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.array(length), (first, lengths) => {
        let next = first;
        const day = (number: number) => new Date(number * 86_400_000).toISOString().slice(0, 10);
        const months = lengths.flatMap((days) => {
          const found = monthsOfPeriod(day(next), day(next + days - 1)) ?? [];
          next += days;
          return found.map(({ month }) => month);
        });
        const [from = "2026-01", to = from] = [months[0], months.at(-1)];
        expect(months).toEqual(lengths.length === 0 ? [] : monthsBetween(from, to));
      }),
    );
  });

  it("is found by calendar, across years", () => {
    expect(monthAt(Date.UTC(2026, 0, 1) - 1)).toBe("2025-12");
    expect(monthsLater("2026-01", -13)).toBe("2024-12");
    expect(monthsBetween("2025-11", "2026-02")).toEqual([
      "2025-11",
      "2025-12",
      "2026-01",
      "2026-02",
    ]);
    expect(monthsBetween("2026-02", "2026-01")).toEqual([]);
    expect([
      isWholeMonth("2024-02-01", "2024-02-29"),
      isWholeMonth("2025-02-01", "2025-02-27"),
    ]).toEqual([true, false]);
  });
});
