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

/** US time zones other than New York's, with the states and territories in each. */
const STATES_BY_ZONE: Readonly<Record<string, string>> = {
  "America/Chicago":
    "AL Alabama, AR Arkansas, IA Iowa, IL Illinois, KS Kansas, LA Louisiana, MN Minnesota, MO Missouri, MS Mississippi, ND North Dakota, NE Nebraska, OK Oklahoma, SD South Dakota, TN Tennessee, TX Texas, WI Wisconsin",
  "America/Denver": "CO Colorado, ID Idaho, MT Montana, NM New Mexico, UT Utah, WY Wyoming",
  "America/Phoenix": "AZ Arizona",
  "America/Los_Angeles": "CA California, NV Nevada, OR Oregon, WA Washington",
  "America/Anchorage": "AK Alaska",
  "Pacific/Honolulu": "HI Hawaii",
  "America/Puerto_Rico": "PR Puerto Rico, VI Virgin Islands",
  "Pacific/Guam": "GU Guam, MP Northern Mariana Islands",
  "Pacific/Pago_Pago": "AS American Samoa",
};

const NEW_YORK_STATES =
  "CT Connecticut, DC District of Columbia, DE Delaware, FL Florida, GA Georgia, IN Indiana, KY Kentucky, MA Massachusetts, MD Maryland, ME Maine, MI Michigan, NC North Carolina, NH New Hampshire, NJ New Jersey, NY New York, OH Ohio, PA Pennsylvania, RI Rhode Island, SC South Carolina, VA Virginia, VT Vermont, WV West Virginia";

/** Zones by a state's two letters and by its name, in upper case. */
const STATE_ZONES: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...STATES_BY_ZONE, "America/New_York": NEW_YORK_STATES }).flatMap(
    ([zone, states]) =>
      states.split(", ").flatMap((state): [string, string][] => [
        [state.slice(0, 2), zone],
        [state.slice(3).toUpperCase(), zone],
      ]),
  ),
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
 * The time zone of a site: its country's, or in the US the main zone of the state in its address. An address without a
 * state is in the country's zone.
 *
 * @param address such as `123 Main St, San Francisco, CA 94105`
 */
export function zoneOf(code: string, address: string): string {
  return (code === "US" ? stateZone(address) : undefined) ?? countryOf(code).zone;
}

/** The zone of the state at the end of an address, before the ZIP code and the country; else that of the last ", CO". */
function stateZone(address: string): string | undefined {
  const place = address.replace(
    /[\s,.]+(?:USA?|U\.S\.A?|United States(?: of America)?)?[\s,.]*$/i,
    "",
  );
  const end = place.replace(/[\s,]+\d{5}(?:-\d{4})?$/, "");
  const words = end.split(/[\s,]+/);
  const last = words.at(-1) ?? "";
  // Two small letters may be a word, unless a ZIP code follows or a comma comes before.
  const isCode = last === last.toUpperCase() || end !== place || /,\s*\w\w$/.test(end);
  // The longest name has three words.
  for (const count of [3, 2, 1]) {
    const name = words.slice(-count).join(" ").toUpperCase();
    const zone = words.length >= count && (name.length > 2 || isCode) && STATE_ZONES.get(name);
    if (zone) return zone;
  }
  const states = [...address.matchAll(/,\s*([A-Z]{2})\b/g)];
  return states.flatMap(([, state = ""]) => STATE_ZONES.get(state) ?? []).at(-1);
}
