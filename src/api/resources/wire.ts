/** Schemas that the API's responses share: optional strings, times, decimals, references, pages. */
import * as z from "zod/mini";

/** A string; null if missing or empty. */
export const text = z.pipe(
  z.nullish(z.string()),
  z.transform((wire) => wire || null),
);

/** A boolean; null if missing. */
export const flag = z.pipe(
  z.nullish(z.boolean()),
  z.transform((wire) => wire ?? null),
);

/**
 * A string that distinguishes omitted from empty: undefined if the response omits it, null if it is empty.
 */
export const optionalText = z.pipe(
  z.nullish(z.string()),
  z.transform((wire) => (wire === "" ? null : wire)),
);

/** ISO 8601 in UTC. API times without a zone are read as UTC. A value that is not a time is returned unchanged. */
export const time = z.pipe(
  text,
  z.transform((wire) => {
    if (wire === null) return null;
    const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(wire) || !wire.includes("T") ? wire : `${wire}Z`;
    const milliseconds = Date.parse(zoned);
    return Number.isNaN(milliseconds) ? wire : new Date(milliseconds).toISOString();
  }),
);

/**
 * A decimal as a string, never a float: the reference uses strings, the v2.2 announcement numbers. A number is written
 * without an exponent; an empty string is null.
 * @see https://docs.nectarclimate.com/changelog/releasing-nectar-v22
 */
export const decimal = z.pipe(
  z.nullish(z.union([z.string(), z.number()])),
  z.transform((wire) => {
    if (typeof wire === "number") return withoutExponent(String(wire));
    return wire?.trim() || null;
  }),
);

/**
 * A decimal string in a request.
 * Inferred: it has at least one digit, although the documented patterns allow "" and "-".
 *
 * @param pattern the documented one
 * @param digits how many digits it allows
 * @param most the largest value, where 0 is the smallest; any value when not given
 */
export function decimalOf(pattern: RegExp, digits: string, most?: number) {
  const isInRange = (text: string) =>
    most === undefined || (Number(text) >= 0 && Number(text) <= most);
  return z.string().check(
    z.regex(pattern, { error: `must be a decimal string with ${digits}`, abort: true }),
    z.refine((text) => /\d/.test(text), { error: "must be a decimal string", abort: true }),
    z.refine(isInRange, `must be between 0 and ${most}`),
  );
}

/** An ISO 3166 country code in a request, in any letter case; becomes upper case. */
export const countryCode = z.pipe(
  z.string().check(z.regex(/^[A-Za-z]{2}$/, "must be two letters")),
  z.transform((given: string) => given.toUpperCase()),
);

/** An ID in a request, in any letter case; becomes lower case. */
export const uuid = z.pipe(
  z.uuid(),
  z.transform((given: string) => given.toLowerCase()),
);

function withoutExponent(number: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(number);
  if (match === null) return number;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID is the same in any letter case (RFC 9562 §4): in lower case, IDs can be compared as they are. */
const inLowerCase = (wire: string) => (UUID.test(wire) ? wire.toLowerCase() : wire);

export const id = z.pipe(z.string().check(z.minLength(1)), z.transform(inLowerCase));

/** A reference to another object: its ID, or the object with some of its fields. */
export const reference = z.pipe(
  z.nullish(z.union([z.string(), z.looseObject({ id: z.string(), name: text })])),
  z.transform((wire) => {
    if (!wire) return null;
    const { id, name } = typeof wire === "string" ? { id: wire, name: null } : wire;
    return { id: inLowerCase(id), name };
  }),
);

/** A list; empty if missing. */
export function listOf<Item extends z.ZodMiniType>(item: Item) {
  return z.pipe(
    z.nullish(z.array(item)),
    z.transform((wire) => wire ?? []),
  );
}

/**
 * The envelope around every list but the company list.
 * @see https://docs.nectarclimate.com/developer-guide/pagination
 */
/** Only what paging needs, as a server may leave out the rest. */
export const pageEnvelope = z.looseObject({
  currentPage: z.nullish(z.number()),
  totalPages: z.nullish(z.number()),
  hasNext: z.boolean(),
});
export type PageEnvelope = z.infer<typeof pageEnvelope>;
