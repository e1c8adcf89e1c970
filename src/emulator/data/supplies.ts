/**
 * What a sandbox connection supplies, and what a site of middle size uses and pays of it.
 * The five types are the vendor's; the rest is our choice, in round figures for an office.
 */
import type { Country } from "./countries.ts";

export interface Supply {
  /** Its place in an ID; never changes. */
  readonly number: number;
  readonly type: "ELECTRICITY" | "SOLAR" | "WATER" | "GAS" | "FUEL";
  /** What it is called on paper. */
  readonly title: string;
  /** How many months a bill is for, and the day of the month that is its last; 31 is the end of each. */
  readonly billing: { readonly months: 1 | 2; readonly lastDay: number };
  /** Used on a working day, on average over the year, in `units.us`. */
  readonly daily: number;
  /** What a day of the weekend uses of that. */
  readonly weekend: number;
  /** How far midsummer lies above the average, as a share of it; below zero peaks in winter. */
  readonly swing: number;
  readonly units: { readonly us: string; readonly metric: string; readonly metricPerUs: number };
  readonly tariff: Tariff;
  /** What the fields of the same names hold; null where the documented value would be wrong. */
  readonly traits: {
    readonly netMeteringType?: string;
    readonly waterType?: string;
    readonly gasType?: string;
    readonly electricityType?: string;
  };
}

/** In dollars, per `units.us`. */
export interface Tariff {
  readonly fixed: number;
  readonly lines: readonly TariffLine[];
  /** For each kW of the highest demand. */
  readonly demand?: number;
}

export interface TariffLine {
  readonly description: string;
  readonly rate: number;
  readonly isSupply?: true;
  readonly timeOfUse?: "PEAK" | "OFF_PEAK";
}

const MONTHLY = { months: 1, lastDay: 31 } as const;
const KWH = { us: "kWh", metric: "kWh", metricPerUs: 1 } as const;

/**
 * In the order in which they are listed. Of most lists of types only one member is documented.
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export const SUPPLIES: readonly Supply[] = [
  {
    number: 0,
    type: "ELECTRICITY",
    title: "Electricity",
    billing: MONTHLY,
    daily: 1500,
    weekend: 0.6,
    swing: 0.2,
    units: KWH,
    tariff: {
      fixed: 95,
      lines: [
        { description: "Energy supply, on-peak", rate: 0.13, isSupply: true, timeOfUse: "PEAK" },
        {
          ...{ description: "Energy supply, off-peak", rate: 0.08 },
          ...{ isSupply: true, timeOfUse: "OFF_PEAK" },
        },
        { description: "Energy delivery", rate: 0.05 },
      ],
      demand: 10,
    },
    traits: { electricityType: "USAGE" },
  },
  {
    number: 1,
    type: "SOLAR",
    title: "Solar",
    billing: MONTHLY,
    daily: 200,
    weekend: 1,
    swing: 0.5,
    units: KWH,
    tariff: {
      fixed: 20,
      lines: [{ description: "Energy export credit", rate: -0.06, isSupply: true }],
    },
    traits: { netMeteringType: "EXPORT" },
  },
  {
    number: 2,
    type: "WATER",
    title: "Water",
    // Documented: some utilities bill every two months.
    billing: { months: 2, lastDay: 31 },
    daily: 2000,
    weekend: 0.7,
    swing: 0.3,
    units: { us: "gal (US)", metric: "cubic m", metricPerUs: 1 / 264.172 },
    tariff: {
      fixed: 40,
      lines: [
        { description: "Water supply", rate: 0.007, isSupply: true },
        { description: "Wastewater", rate: 0.009 },
      ],
    },
    traits: { waterType: "POTABLE_WATER" },
  },
  {
    number: 3,
    type: "GAS",
    title: "Natural gas",
    // Documented: bills often span calendar months.
    billing: { months: 1, lastDay: 11 },
    daily: 55,
    weekend: 0.9,
    swing: -0.7,
    units: { us: "thm (US)", metric: "cubic m", metricPerUs: 2.8 },
    tariff: {
      fixed: 40,
      lines: [
        { description: "Gas supply", rate: 0.6, isSupply: true },
        { description: "Gas delivery", rate: 0.4 },
      ],
    },
    traits: { gasType: "NATURAL_GAS" },
  },
  {
    number: 4,
    type: "FUEL",
    title: "Fuel",
    billing: MONTHLY,
    daily: 13,
    weekend: 0.9,
    swing: -0.6,
    units: { us: "gal (US)", metric: "L", metricPerUs: 3.785 },
    tariff: {
      fixed: 35,
      lines: [{ description: "Fuel", rate: 3.5, isSupply: true }],
    },
    traits: {},
  },
];

/** Electricity and solar are read by the hour; the others once a bill. */
export function isReadHourly({ type }: Supply): boolean {
  return type === "ELECTRICITY" || type === "SOLAR";
}

export function unitOf({ units }: Supply, { isMetric }: Country): string {
  return isMetric ? units.metric : units.us;
}

/** @returns how many of the country's unit make one of the unit that the numbers above are in */
export function unitScale({ units }: Supply, { isMetric }: Country): number {
  return isMetric ? units.metricPerUs : 1;
}
