/**
 * IDs of objects that are computed, not stored: each encodes its connection and which object of that connection it is.
 * UUIDs of version 8 (RFC 9562 §5.8): 60 bits for the connection, 60 for the object.
 */

const KINDS = ["account", "meter", "document", "usage", "interval"] as const;

export interface Derived {
  readonly kind: (typeof KINDS)[number];
  /** Index of the site in the connection, from 0; below `MAX_SITES`. */
  readonly site: number;
  /** Index of the supply, from 0; below 16. */
  readonly supply: number;
  /** Month of the bill, counted from the year 0; 0 for objects without a bill. */
  readonly month: number;
  /** The version of a document, the hour of an interval within its bill, else 0. */
  readonly part: number;
}

/** How many sites of a connection an ID can address. */
export const MAX_SITES = 16 ** 3;

export function derivedId(family: string, { kind, site, supply, month, part }: Derived): string {
  const connection = `${family.slice(0, 8)}-${family.slice(8, 12)}-8${family.slice(12)}`;
  const object = hex(KINDS.indexOf(kind) + 1, 1) + hex(supply, 1) + hex(month, 5) + hex(part, 5);
  return `${connection}-8${hex(site, 3)}-${object}`;
}

/** The family (see `familyOf`) of the connection that an ID, in lower case, may belong to. */
export function familyIn(id: string): string {
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(15, 18);
}

/** @returns null for an ID, in lower case, that was not built by `derivedId` */
export function readDerivedId(id: string): Derived | null {
  const number = (from: number, to: number) => Number.parseInt(id.slice(from, to), 16);
  const kind = KINDS[number(24, 25) - 1];
  if (kind === undefined) return null;
  const [site, supply] = [number(20, 23), number(25, 26)];
  const derived = { kind, site, supply, month: number(26, 31), part: number(31, 36) };
  return derivedId(familyIn(id), derived) === id ? derived : null;
}

function hex(value: number, digits: number): string {
  const text = value.toString(16);
  return text.length < digits ? text.padStart(digits, "0") : text;
}
