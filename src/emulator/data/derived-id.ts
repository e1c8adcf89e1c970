/**
 * IDs of things that are stored nowhere: each leads back to its connection and says which thing of it is meant.
 * UUIDs of version 8 (RFC 9562 §5.8): 60 bits for the connection, 60 for the thing.
 */

const KINDS = ["account", "meter", "document", "usage", "interval"] as const;

/** One thing that a connection brings. */
export interface Derived {
  readonly kind: (typeof KINDS)[number];
  /** Counts the connection's sites from 0; below `MOST_SITES`. */
  readonly site: number;
  /** Counts the supplies from 0; below 16. */
  readonly supply: number;
  /** The month of the bill since the year 0; 0 for what belongs to no bill. */
  readonly month: number;
  /** A document's version, an interval's hour of the bill, else 0. */
  readonly part: number;
}

/** How many sites of a connection fit. */
export const MOST_SITES = 16 ** 3;

export function derivedId(family: string, { kind, site, supply, month, part }: Derived): string {
  const connection = `${family.slice(0, 8)}-${family.slice(8, 12)}-8${family.slice(12)}`;
  const thing = hex(KINDS.indexOf(kind) + 1, 1) + hex(supply, 1) + hex(month, 5) + hex(part, 5);
  return `${connection}-8${hex(site, 3)}-${thing}`;
}

/**
 * The family of the connection that an ID may belong to.
 * @param id a UUID in lower case
 */
export function familyIn(id: string): string {
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(15, 18);
}

/**
 * @param id a UUID in lower case
 * @returns null for an ID that says nothing of this kind
 */
export function readDerivedId(id: string): Derived | null {
  const number = (from: number, to: number) => Number.parseInt(id.slice(from, to), 16);
  const kind = KINDS[number(24, 25) - 1];
  if (kind === undefined) return null;
  const [site, supply] = [number(20, 23), number(25, 26)];
  const derived = { kind, site, supply, month: number(26, 31), part: number(31, 36) };
  return derivedId(familyIn(id), derived) === id ? derived : null;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
