/**
 * What a sandbox connection supplies, and what a site of middle size uses and pays of it.
 * The five types are the vendor's; every number is our choice, after an office building of some 3,000 square metres.
 */
import type { Place } from "./place.ts";

export interface Supply {
  /** Its place in an ID; never changes. */
  readonly number: number;
  readonly type: "ELECTRICITY" | "SOLAR" | "WATER" | "GAS" | "FUEL";
  /** What it is called on paper. */
  readonly title: string;
  /** Used in a month, on average over the year, in `units.us`. */
  readonly monthly: number;
  /** How far midsummer lies above that average, as a share of it; below zero peaks in winter. */
  readonly swing: number;
  /** How much a day uses against the others, Sunday first. */
  readonly week: readonly number[];
  readonly units: { readonly us: string; readonly metric: string; readonly metricPerUs: number };
  readonly tariff: Tariff;
  /** What the documents' and meters' fields of the same names hold. */
  readonly traits: {
    readonly netMeteringType: string | null;
    readonly waterType: string | null;
    readonly gasType: string | null;
    readonly electricityType: string | null;
  };
}

/** In dollars, per `units.us`. */
export interface Tariff {
  readonly fixed: readonly [description: string, amount: number];
  readonly lines: readonly TariffLine[];
  /** For each kW of the highest demand. */
  readonly demand: number;
  /** A share of all that comes before. */
  readonly tax: number;
}

export interface TariffLine {
  readonly description: string;
  readonly rate: number;
  readonly isSupply: boolean;
  readonly timeOfUse: "PEAK" | "OFF_PEAK" | null;
}

/**
 * In the order in which they are listed.
 * Of most lists of types only one member is documented; where that one would be wrong, the field stays null.
 * @see https://docs.nectarclimate.com/developer-guide/sandbox-testing
 */
export const SUPPLIES: readonly Supply[] = [
  {
    number: 0,
    type: "ELECTRICITY",
    title: "Electricity",
    monthly: 42_000,
    swing: 0.18,
    week: [0.72, 1.1, 1.1, 1.1, 1.1, 1.08, 0.8],
    units: { us: "kWh", metric: "kWh", metricPerUs: 1 },
    tariff: {
      fixed: ["Customer charge", 95],
      lines: [
        line("Energy supply, on-peak", 0.125, true, "PEAK"),
        line("Energy supply, off-peak", 0.078, true, "OFF_PEAK"),
        line("Energy delivery", 0.046),
      ],
      demand: 9.8,
      tax: 0.065,
    },
    traits: traits({ electricityType: "USAGE" }),
  },
  {
    number: 1,
    type: "SOLAR",
    title: "Solar",
    monthly: 6500,
    swing: 0.55,
    week: [1, 1, 1, 1, 1, 1, 1],
    units: { us: "kWh", metric: "kWh", metricPerUs: 1 },
    tariff: {
      fixed: ["Generation meter charge", 18],
      lines: [line("Energy export credit", -0.062, true)],
      demand: 0,
      tax: 0,
    },
    traits: traits({ netMeteringType: "EXPORT" }),
  },
  {
    number: 2,
    type: "WATER",
    title: "Water",
    monthly: 58_000,
    swing: 0.28,
    week: [0.65, 1.1, 1.12, 1.12, 1.1, 1.08, 0.8],
    units: { us: "gal (US)", metric: "cubic m", metricPerUs: 1 / 264.172 },
    tariff: {
      fixed: ["Service charge", 38],
      lines: [line("Water supply", 0.0072, true), line("Wastewater", 0.0089)],
      demand: 0,
      tax: 0.02,
    },
    traits: traits({ waterType: "POTABLE_WATER" }),
  },
  {
    number: 3,
    type: "GAS",
    title: "Natural gas",
    monthly: 1600,
    swing: -0.72,
    week: [0.9, 1.04, 1.04, 1.04, 1.04, 1.02, 0.92],
    units: { us: "thm (US)", metric: "cubic m", metricPerUs: 2.74 },
    tariff: {
      fixed: ["Customer charge", 42],
      lines: [line("Gas supply", 0.62, true), line("Gas delivery", 0.41)],
      demand: 0,
      tax: 0.05,
    },
    traits: traits({ gasType: "NATURAL_GAS" }),
  },
  {
    number: 4,
    type: "FUEL",
    title: "Fuel",
    monthly: 380,
    swing: -0.6,
    week: [0.9, 1.03, 1.03, 1.03, 1.03, 1.03, 0.95],
    units: { us: "gal (US)", metric: "L", metricPerUs: 3.78541 },
    tariff: {
      fixed: ["Delivery fee", 35],
      lines: [line("Fuel", 3.35, true), line("Transport", 0.12)],
      demand: 0,
      tax: 0.06,
    },
    traits: traits({}),
  },
];

/** Electricity and solar are read by the hour; the others once a month. */
export function isReadHourly({ type }: Supply): boolean {
  return type === "ELECTRICITY" || type === "SOLAR";
}

export function unitOf({ units }: Supply, { isMetric }: Place): string {
  return isMetric ? units.metric : units.us;
}

/** @returns how many of the place's unit make one of the unit that the numbers above are in */
export function unitScale({ units }: Supply, { isMetric }: Place): number {
  return isMetric ? units.metricPerUs : 1;
}

function line(
  description: string,
  rate: number,
  isSupply = false,
  timeOfUse: TariffLine["timeOfUse"] = null,
): TariffLine {
  return { description, rate, isSupply, timeOfUse };
}

function traits(given: Partial<Supply["traits"]>): Supply["traits"] {
  return { netMeteringType: null, waterType: null, gasType: null, electricityType: null, ...given };
}
