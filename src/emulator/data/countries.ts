/**
 * How the country shapes bills and readings: currency, tax, units, seasons, local time.
 * Our choice throughout, since the sandbox's data is not documented, and limited to common knowledge: a country that is
 * not listed uses US dollars, no tax, no seasons, and UTC.
 */

export interface Country {
  readonly currency: string;
  /** Number of decimals of the currency (ISO 4217). */
  readonly decimals: number;
  /** Rough exchange rate: units of the currency per US dollar. */
  readonly perDollar: number;
  /** The standard rate of value-added or sales tax in 2025, in percent; 0 means no tax line. */
  readonly tax: number;
  /** The IANA time zone of the capital, or of most of the population. */
  readonly zone: string;
  /** 1 for summer in July, -1 for summer in January, 0 for no seasons. */
  readonly summer: 1 | -1 | 0;
  readonly isMetric: boolean;
}

type Row = readonly [currency: string, perDollar: number, tax: number, zone: string];

/** The United States has no nationwide sales tax: 5 is a round figure. */
const COUNTRIES: ReadonlyMap<string, Row> = new Map([
  ["AT", ["EUR", 0.9, 20, "Europe/Vienna"]],
  ["AU", ["AUD", 1.5, 10, "Australia/Sydney"]],
  ["BE", ["EUR", 0.9, 21, "Europe/Brussels"]],
  ["BR", ["BRL", 5, 0, "America/Sao_Paulo"]],
  ["CA", ["CAD", 1.4, 5, "America/Toronto"]],
  ["CH", ["CHF", 0.9, 8.1, "Europe/Zurich"]],
  ["CZ", ["CZK", 22, 21, "Europe/Prague"]],
  ["DE", ["EUR", 0.9, 19, "Europe/Berlin"]],
  ["DK", ["DKK", 7, 25, "Europe/Copenhagen"]],
  ["ES", ["EUR", 0.9, 21, "Europe/Madrid"]],
  ["FI", ["EUR", 0.9, 25.5, "Europe/Helsinki"]],
  ["FR", ["EUR", 0.9, 20, "Europe/Paris"]],
  ["GB", ["GBP", 0.8, 20, "Europe/London"]],
  ["GR", ["EUR", 0.9, 24, "Europe/Athens"]],
  ["IE", ["EUR", 0.9, 23, "Europe/Dublin"]],
  ["IN", ["INR", 85, 18, "Asia/Kolkata"]],
  ["IT", ["EUR", 0.9, 22, "Europe/Rome"]],
  ["JP", ["JPY", 150, 10, "Asia/Tokyo"]],
  ["KR", ["KRW", 1400, 10, "Asia/Seoul"]],
  ["MX", ["MXN", 18, 16, "America/Mexico_City"]],
  ["NL", ["EUR", 0.9, 21, "Europe/Amsterdam"]],
  ["NO", ["NOK", 10, 25, "Europe/Oslo"]],
  ["NZ", ["NZD", 1.7, 15, "Pacific/Auckland"]],
  ["PL", ["PLN", 4, 23, "Europe/Warsaw"]],
  ["PT", ["EUR", 0.9, 23, "Europe/Lisbon"]],
  ["SE", ["SEK", 10, 25, "Europe/Stockholm"]],
  ["US", ["USD", 1, 5, "America/New_York"]],
  ["ZA", ["ZAR", 18, 15, "Africa/Johannesburg"]],
]);

const DEFAULT_COUNTRY: Row = ["USD", 1, 0, "UTC"];

const NO_DECIMALS = new Set(["JPY", "KRW"]);
const SOUTHERN = new Set(["AU", "BR", "NZ", "ZA"]);

/** US time zones other than New York's, with the states in each. */
const STATES_BY_ZONE: readonly (readonly [zone: string, states: string])[] = [
  ["America/Chicago", "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI"],
  ["America/Denver", "CO ID MT NM UT WY"],
  ["America/Phoenix", "AZ"],
  ["America/Los_Angeles", "CA NV OR WA"],
  ["America/Anchorage", "AK"],
  ["Pacific/Honolulu", "HI"],
];

const STATE_ZONES: ReadonlyMap<string, string> = new Map(
  STATES_BY_ZONE.flatMap(([zone, states]) => states.split(" ").map((state) => [state, zone])),
);

/** @param code ISO 3166 country code, in upper case */
export function countryOf(code: string): Country {
  const [currency, perDollar, tax, zone] = COUNTRIES.get(code) ?? DEFAULT_COUNTRY;
  return {
    ...{ currency, perDollar, tax, zone },
    decimals: NO_DECIMALS.has(currency) ? 0 : 2,
    summer: SOUTHERN.has(code) ? -1 : COUNTRIES.has(code) ? 1 : 0,
    isMetric: code !== "US",
  };
}

/**
 * The time zone of a site: its country's, or in the US the main zone of the state in its address.
 * @param address such as `123 Main St, San Francisco, CA 94105`
 */
export function zoneOf(code: string, address: string): string {
  const states = code === "US" ? [...address.matchAll(/,\s*([A-Z]{2})\b/g)] : [];
  const zones = states.flatMap(([, state = ""]) => STATE_ZONES.get(state) ?? []);
  return zones.at(-1) ?? countryOf(code).zone;
}
