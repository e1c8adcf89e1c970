/** The view of usage by month: bars on a terminal, numbers in a pipe. */
import type { View } from "../../cli/define.ts";
import { countText } from "../../cli/list-view.ts";
import { listOf, objectOf, orNull, text, whole } from "../../cli/shape.ts";
import { type Bar, renderBars } from "../../terminal/chart.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Screen } from "../../terminal/streams.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { type Decimal, decimalText, grouped, rounded } from "./decimal.ts";
import type { Series, Summed } from "./series.ts";
import { typeName } from "./usage.ts";

export interface ChartValue extends Summed {
  /** `YYYY-MM`, in order. */
  readonly months: readonly string[];
  readonly csv: boolean;
  /** Whether the terminal supports block characters. */
  readonly unicode: boolean;
  readonly scopeName: string;
  readonly profile: string;
}

interface Cell {
  readonly month: string;
  readonly type: string;
  readonly unit: string;
  readonly usage: string;
}

const COLUMNS = (["month", "type", "unit", "usage"] as const).map((name) => ({
  header: name,
  value: (cell: Cell) => cell[name],
}));

export const chartView: View<ChartValue> = {
  async human(value, screen) {
    if (value.csv) return csvOf(value);
    const blocks = value.series.map(async (series) => {
      const { bold } = screen.palette;
      const unit = printable(series.unit, 40);
      return [
        await wrapText(bold(`${printable(typeName(series.type), 40)}, ${unit}`), screen),
        ...renderBars(barsOf(series, value.unicode), screen, value.unicode),
        await wrapText(totalLine(series, unit, screen), screen),
      ].join("\n");
    });
    return (await Promise.all(blocks)).join("\n\n");
  },
  async plain(value) {
    if (value.csv) return csvOf(value);
    const { renderTsv } = await import("../../terminal/table.ts");
    return renderTsv(cellsOf(value), COLUMNS);
  },
  ids: ({ counted }) => counted,
  json: ({ series, months, unreadable }) => ({
    from: months[0] ?? null,
    to: months.at(-1) ?? null,
    series: series.map((one) => ({
      type: one.type,
      unit: one.unit,
      months: one.months.map(({ month, usage }) => ({
        month,
        usage: usage === null ? null : decimalText(usage),
      })),
      total: decimalText(one.total),
    })),
    unreadable,
  }),
  shape: objectOf({
    ...{ from: orNull(text), to: orNull(text) },
    series: listOf(
      objectOf({
        ...{ type: text, unit: text, total: text },
        months: listOf(objectOf({ month: text, usage: orNull(text) })),
      }),
    ),
    unreadable: whole,
  }),
  footer({ csv, series, counted, unreadable, scopeName, profile }) {
    if (csv || series.length === 0) return null;
    const count = countText(counted.length, "usage row");
    return `${count} of ${scopeName} · profile ${profile}${leftOut(unreadable)}`;
  },
  none: ({ series, unreadable, months, scopeName }) =>
    series.length > 0
      ? null
      : `No usage of ${scopeName} from ${months[0]} to ${months.at(-1)}${leftOut(unreadable)}.`,
};

function leftOut(unreadable: number): string {
  return unreadable === 0 ? "" : `; ${unreadable} without a number, unit or period left out`;
}

async function csvOf(value: ChartValue): Promise<string> {
  const { renderCsv } = await import("../../terminal/table.ts");
  return renderCsv(cellsOf(value), COLUMNS);
}

/** The bars; all numbers have the same decimals, as many as are useful for comparing them. */
function barsOf({ months }: Series, unicode: boolean): readonly Bar[] {
  const greatest = Math.max(...months.map(({ usage }) => Math.abs(asNumber(usage) ?? 0)));
  const decimals = greatest >= 1000 ? 0 : greatest >= 100 ? 1 : greatest >= 1 ? 2 : 4;
  const most = Math.max(...months.map(({ usage }) => Math.min(decimals, usage?.scale ?? 0)));
  return months.map(({ month, usage }) => ({
    label: month,
    value: asNumber(usage),
    text: usage === null ? (unicode ? "–" : "-") : grouped(decimalText(padded(usage, most))),
  }));
}

function padded(decimal: Decimal, decimals: number): Decimal {
  const { digits, scale } = rounded(decimal, decimals);
  return { digits: digits * 10n ** BigInt(decimals - scale), scale: decimals };
}

function totalLine({ total, months }: Series, unit: string, { palette }: Screen): string {
  const known = months.filter(({ usage }) => usage !== null).length;
  const of = known === months.length ? "" : palette.dim(`  in ${known} of ${months.length} months`);
  return `${palette.bold("Total")}  ${grouped(decimalText(total))} ${unit}${of}`;
}

/** For drawing only: the length of a bar needs no more precision than a float. */
function asNumber(decimal: Decimal | null): number | null {
  return decimal === null ? null : Number(decimalText(decimal));
}

function cellsOf({ series }: ChartValue): readonly Cell[] {
  return series.flatMap(({ type, unit, months }) =>
    months.flatMap(({ month, usage }) =>
      usage === null ? [] : [{ month, type, unit, usage: decimalText(usage) }],
    ),
  );
}
