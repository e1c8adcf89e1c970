/** Exact decimals, so that sums of amounts and usage have no rounding errors. Pure. */

/** `digits` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };

/** Longer is not a plausible number, and would only cost time. */
const MAX_LENGTH = 100;

/** @returns null when the text is not a decimal such as `-1234.50` */
export function readDecimal(text: string | null): Decimal | null {
  if (text === null || text.length > MAX_LENGTH) return null;
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

/** Splits a decimal by integer weights. The parts have the same number of decimals and add up to it exactly. */
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

/** All decimals, trailing zeros included. */
export function decimalText({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  if (scale === 0) return `${sign}${text}`;
  return `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/**
 * Rounds half away from zero.
 *
 * @param decimals the maximum number; a decimal with fewer is returned unchanged
 */
export function rounded(decimal: Decimal, decimals: number): Decimal {
  const { digits, scale } = decimal;
  if (scale <= decimals) return decimal;
  const unit = 10n ** BigInt(scale - decimals);
  const half = digits < 0n ? -unit / 2n : unit / 2n;
  return { digits: (digits + half) / unit, scale: decimals };
}

/** Separates thousands with spaces: `1 234 567.89`. Text that is not a decimal is returned unchanged. */
export function grouped(text: string): string {
  const match = /^([+-]?\d+)(\.\d+)?$/.exec(text);
  if (match === null) return text;
  const [, whole = "", fraction = ""] = match;
  return `${whole.replace(/\B(?=(?:\d{3})+$)/g, " ")}${fraction}`;
}

function scaled({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}
