/**
 * What a sandbox connection supplies, and what a medium-sized site uses and pays.
 * The five types are the vendor's; the rest is our choice, in round figures for an office.
 */
import type { Country } from "./countries.ts";

export interface Supply {
  /** Encoded in IDs, so it must never change. */
  readonly number: number;
  readonly type: "ELECTRICITY" | "SOLAR" | "WATER" | "GAS" | "FUEL";
  /** Name on the bill. */
  readonly title: string;
  /** Months per bill, and the day of the month on which a bill ends; 31 means the end of the month. */
  readonly billing: { readonly months: 1 | 2; readonly lastDay: number };
  /** Average use on a working day over the year, in the US unit. */
  readonly daily: number;
  /** Use on a weekend day, as a share of `daily`. */
  readonly weekend: number;
  /** How far midsummer use is above the average, as a share of it; negative peaks in winter. */
  readonly swing: number;
  readonly units: { readonly us: Unit; readonly metric: Unit };
  readonly tariff: Tariff;
  /** Values of the fields with the same names; null where the documented value would be wrong. */
  readonly traits: {
    readonly netMeteringType?: string;
    readonly waterType?: string;
    readonly gasType?: string;
    readonly electricityType?: string;
  };
}

interface Unit {
  readonly name: string;
  /** How many of this unit make one US unit. */
  readonly scale: number;
}

/** In dollars. */
interface Tariff {
  readonly fixed: number;
  /** Per US unit. */
  readonly rates: readonly Rate[];
  /** Per kW of peak demand. */
  readonly demand?: number;
}

type Rate = readonly [description: string, dollars: number, timeOfUse?: "PEAK" | "OFF_PEAK"];

const MONTHLY = { months: 1, lastDay: 31 } as const;

/**
 * In list order. For most type fields only one value is documented.
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export const SUPPLIES: readonly Supply[] = [
  {
    ...{ number: 0, type: "ELECTRICITY", title: "Electricity", billing: MONTHLY },
    ...{ daily: 1500, weekend: 0.6, swing: 0.2, units: unit("kWh") },
    tariff: {
      fixed: 95,
      rates: [
        ["Energy supply, on-peak", 0.18, "PEAK"],
        ["Energy supply, off-peak", 0.12, "OFF_PEAK"],
      ],
      demand: 10,
    },
    traits: { electricityType: "USAGE" },
  },
  {
    ...{ number: 1, type: "SOLAR", title: "Solar", billing: MONTHLY },
    ...{ daily: 200, weekend: 1, swing: 0.5, units: unit("kWh") },
    tariff: { fixed: 20, rates: [["Energy export credit", -0.06]] },
    traits: { netMeteringType: "EXPORT" },
  },
  {
    // Documented: some utilities bill every two months.
    ...{ number: 2, type: "WATER", title: "Water", billing: { months: 2, lastDay: 31 } },
    ...{ daily: 2000, weekend: 0.7, swing: 0.3, units: unit("gal (US)", "cubic m", 1 / 264.172) },
    tariff: { fixed: 40, rates: [["Water supply", 0.016]] },
    traits: { waterType: "POTABLE_WATER" },
  },
  {
    // Documented: bills often span calendar months.
    ...{ number: 3, type: "GAS", title: "Natural gas", billing: { months: 1, lastDay: 11 } },
    ...{ daily: 55, weekend: 0.9, swing: -0.7, units: unit("thm (US)", "cubic m", 2.8) },
    tariff: { fixed: 40, rates: [["Gas supply", 1]] },
    traits: { gasType: "NATURAL_GAS" },
  },
  {
    ...{ number: 4, type: "FUEL", title: "Fuel", billing: MONTHLY },
    ...{ daily: 13, weekend: 0.9, swing: -0.6, units: unit("gal (US)", "L", 3.785) },
    tariff: { fixed: 35, rates: [["Fuel supply", 3.5]] },
    traits: {},
  },
];

/** Electricity and solar are read hourly, the others once per bill. */
export function isReadHourly({ type }: Supply): boolean {
  return type === "ELECTRICITY" || type === "SOLAR";
}

export function unitOf({ units }: Supply, { isMetric }: Country): Unit {
  return isMetric ? units.metric : units.us;
}

function unit(us: string, metric = us, scale = 1): Supply["units"] {
  return { us: { name: us, scale: 1 }, metric: { name: metric, scale } };
}
