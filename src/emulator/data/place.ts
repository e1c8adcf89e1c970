/** What a country means for a bill: its seasons, units and currency. Our choice throughout: the sandbox's data is not documented. */

export interface Place {
  /** Whether January is in summer. */
  readonly isSouthern: boolean;
  readonly isMetric: boolean;
  readonly currency: string;
  /** How many of the currency make a US dollar, roughly. */
  readonly perDollar: number;
}

const SOUTHERN = codes(
  "AO AR AU BO BR BW CL FJ ID LS MG MU MW MZ NA NZ PE PG PY SZ TZ UY ZA ZM ZW",
);

const GALLONS_AND_THERMS = codes("AS GU MP PR US VI");

const EURO = codes("AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK");

const CURRENCIES: ReadonlyMap<string, readonly [currency: string, perDollar: number]> = new Map([
  ["AU", ["AUD", 1.5]],
  ["BR", ["BRL", 5.4]],
  ["CA", ["CAD", 1.37]],
  ["CH", ["CHF", 0.88]],
  ["DK", ["DKK", 6.9]],
  ["GB", ["GBP", 0.79]],
  ["IN", ["INR", 84]],
  ["JP", ["JPY", 150]],
  ["MX", ["MXN", 18]],
  ["NO", ["NOK", 10.7]],
  ["NZ", ["NZD", 1.65]],
  ["PL", ["PLN", 4]],
  ["SE", ["SEK", 10.5]],
  ["SG", ["SGD", 1.34]],
  ["ZA", ["ZAR", 18.5]],
]);

/** @param country two capital letters; a country without an entry pays in dollars and counts in metres */
export function placeOf(country: string): Place {
  const [currency, perDollar] =
    CURRENCIES.get(country) ?? (EURO.has(country) ? ["EUR", 0.92] : ["USD", 1]);
  return {
    isSouthern: SOUTHERN.has(country),
    isMetric: !GALLONS_AND_THERMS.has(country),
    currency,
    perDollar,
  };
}

function codes(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}
