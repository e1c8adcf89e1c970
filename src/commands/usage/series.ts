/** Sums usage rows by utility, unit and month. Pure. */
import { DATASOURCE_TYPES, type Usage } from "../../api/resources/usage.ts";
import { addDecimals, type Decimal, divided, negated, readDecimal, ZERO } from "./decimal.ts";
import { monthsOfPeriod } from "./months.ts";

const KNOWN_TYPES: readonly string[] = DATASOURCE_TYPES;

export interface MonthOfUsage {
  /** `YYYY-MM` */
  readonly month: string;
  /** Null when no row covers the month, which is not the same as zero. */
  readonly usage: Decimal | null;
}

/** One utility in one unit: different units are never added together. */
export interface Series {
  readonly type: string;
  readonly unit: string;
  readonly months: readonly MonthOfUsage[];
  readonly total: Decimal;
}

export interface Summed {
  readonly series: readonly Series[];
  /** The IDs of the rows that were counted. */
  readonly counted: readonly string[];
  /** How many rows lack a number, unit, utility or period and could not be counted. */
  readonly unreadable: number;
}

/** A row's share of one month. */
interface Countable {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly unit: string;
  readonly month: string;
  readonly usage: Decimal;
}

/**
 * Sums rows by month. Each row is counted once, even if it is repeated, in the month that it mostly covers, or spread by
 * days over several such months; a row marked as an exclusion is subtracted, as the vendor documents.
 *
 * @param months `YYYY-MM`, in order; rows of other months are left out
 */
export function sumByMonth(rows: readonly Usage[], months: readonly string[]): Summed {
  const once = [...new Map(rows.map((row) => [row.id, row])).values()];
  const readable = once.map(readRow);
  const wanted = new Set(months);
  const counted = readable.flat().filter(({ month }) => wanted.has(month));
  const groups = new Map<string, Countable[]>();
  for (const one of counted) {
    const group = groups.get(one.key);
    if (group === undefined) groups.set(one.key, [one]);
    else group.push(one);
  }
  return {
    series: [...groups.values()].flatMap((group) => seriesOf(group, months)).sort(inOrder),
    counted: [...new Set(counted.map(({ id }) => id))],
    unreadable: readable.filter(({ length }) => length === 0).length,
  };
}

/** @returns an empty list for a row that can't be counted */
function readRow(row: Usage): readonly Countable[] {
  const { id, type, unit, from, to } = row;
  const usage = readDecimal(row.usage);
  const months = from === null || to === null ? null : monthsOfPeriod(from, to);
  if (type === null || unit === null || usage === null || months === null) return [];
  const parts = divided(
    row.isExcluded ? negated(usage) : usage,
    months.map(({ days }) => days),
  );
  const key = JSON.stringify([type, unit]);
  return months.map(({ month }, index) => ({
    ...{ id, key, type, unit, month },
    usage: parts[index] ?? ZERO,
  }));
}

function seriesOf(group: readonly Countable[], months: readonly string[]): readonly Series[] {
  const [first] = group;
  if (first === undefined) return [];
  const sums = new Map<string, Decimal>();
  for (const { month, usage } of group) {
    sums.set(month, addDecimals(sums.get(month) ?? ZERO, usage));
  }
  return [
    {
      type: first.type,
      unit: first.unit,
      months: months.map((month) => ({ month, usage: sums.get(month) ?? null })),
      total: [...sums.values()].reduce(addDecimals, ZERO),
    },
  ];
}

/** In the vendor's order of utilities, then by unit. */
function inOrder(one: Series, other: Series): number {
  const place = ({ type }: Series): number => {
    const index = KNOWN_TYPES.indexOf(type);
    return index < 0 ? KNOWN_TYPES.length : index;
  };
  const name = ({ type, unit }: Series) => `${type} ${unit}`;
  return place(one) - place(other) || (name(one) < name(other) ? -1 : 1);
}
