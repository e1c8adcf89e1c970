/** Exact decimals: amounts and usage are added up without the drift of floats. Pure. */

/** `digits` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };

/** Longer is no amount of anything, and would only cost time. */
const LONGEST = 100;

/** @returns null where the text is no decimal such as `-1234.50` */
export function readDecimal(text: string | null): Decimal | null {
  if (text === null || text.length > LONGEST) return null;
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole + fraction === "") return null;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, scale: fraction.length };
}

/** The sum, with as many decimals as the longer of the two. */
export function addDecimals(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return { digits: scaled(one, scale) + scaled(other, scale), scale };
}

export function negated({ digits, scale }: Decimal): Decimal {
  return { digits: -digits, scale };
}

/** Divides it by whole weights. The parts have as many decimals as it has, and add up to it. */
export function divided({ digits, scale }: Decimal, weights: readonly number[]): Decimal[] {
  const whole = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  let [weighed, given] = [0n, 0n];
  return weights.map((weight) => {
    weighed += BigInt(weight);
    const before = given;
    given = (digits * weighed) / whole;
    return { digits: given - before, scale };
  });
}

/** All its decimals, a zero at the end included. */
export function decimalText({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  if (scale === 0) return `${sign}${text}`;
  return `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/**
 * Rounds half away from zero.
 *
 * @param decimals what to keep at most; a decimal with fewer stays as it is
 */
export function rounded(decimal: Decimal, decimals: number): Decimal {
  const { digits, scale } = decimal;
  if (scale <= decimals) return decimal;
  const unit = 10n ** BigInt(scale - decimals);
  const half = digits < 0n ? -unit / 2n : unit / 2n;
  return { digits: (digits + half) / unit, scale: decimals };
}

/** With a space between the thousands, to be read: `1 234 567.89`. What is no decimal is given back as it is. */
export function grouped(text: string): string {
  const match = /^([+-]?\d+)(\.\d+)?$/.exec(text);
  if (match === null) return text;
  const [, whole = "", fraction = ""] = match;
  return `${whole.replace(/\B(?=(?:\d{3})+$)/g, " ")}${fraction}`;
}

function scaled({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}
