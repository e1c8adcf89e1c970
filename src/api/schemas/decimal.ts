/** A decimal as the API writes it: text in the reference, a number in the announcement of v2.2. It never becomes a float here. */
import * as z from "zod/mini";

/**
 * Either form.
 * @see https://docs.nectarclimate.com/changelog/releasing-nectar-v22
 */
export const decimalWire = z.union([z.string(), z.number()]);
export type DecimalWire = z.infer<typeof decimalWire>;

/** The decimal as text; a number is written out without an exponent. Empty text is no decimal. */
export function toDecimal(wire: DecimalWire | null | undefined): string | null {
  if (wire === null || wire === undefined) return null;
  if (typeof wire === "string") return wire.trim() || null;
  return withoutExponent(String(wire));
}

function withoutExponent(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
