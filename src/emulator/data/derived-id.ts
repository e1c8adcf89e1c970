/**
 * IDs of things that are stored nowhere: each leads back to its connection and says which thing of it is meant.
 * UUIDs of version 8 (RFC 9562 §5.8): 60 bits for the connection, 38 for the thing, 24 that tell an invented ID.
 */
import { checkOf, type Seed } from "./seed.ts";

const KINDS = ["account", "meter", "document", "usage", "interval"] as const;

type DerivedKind = (typeof KINDS)[number];

/** One thing that a connection brings. */
export interface Derived {
  readonly kind: DerivedKind;
  /** Counts the connection's sites from 0; below `MOST_SITES`. */
  readonly site: number;
  /** Counts the supplies from 0; below 8. */
  readonly supply: number;
  /** The month of the bill since the year 0; 0 for what belongs to no bill. */
  readonly month: number;
  /** A document's version, an interval's hour of the bill, else 0; below 1024. */
  readonly part: number;
}

/** The last month that fits, in the year 2730. */
export const LAST_MONTH = 2 ** 15 - 1;

/** How many sites of a connection fit. */
export const MOST_SITES = 2 ** 7;

export function derivedId(seed: Seed, { kind, site, supply, month, part }: Derived): string {
  const head = (KINDS.indexOf(kind) << 25) | (site << 18) | (supply << 15) | month;
  const { family } = seed;
  const first = `${family.slice(0, 8)}-${family.slice(8, 12)}-8${family.slice(12)}`;
  const fourth = hex(0x8000 | (head >>> 14), 4);
  const fifth = hex(((head & 0x3fff) << 10) | part, 6) + hex(checkOf(seed, head, part), 6);
  return `${first}-${fourth}-${fifth}`;
}

/**
 * The family of the connection that an ID may belong to.
 * @param id a UUID in lower case
 */
export function familyIn(id: string): string {
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(15, 18);
}

/**
 * @param seed of the connection that the ID may belong to
 * @param id a UUID in lower case
 * @returns null for an ID that was never given out
 */
export function readDerivedId(seed: Seed, id: string): Derived | null {
  const high = Number.parseInt(id.slice(19, 23), 16) & 0x3fff;
  const low = Number.parseInt(id.slice(24, 30), 16);
  const head = (high << 14) | (low >>> 10);
  const kind = KINDS[head >>> 25];
  if (kind === undefined) return null;
  const derived: Derived = {
    kind,
    site: (head >>> 18) & 0x7f,
    supply: (head >>> 15) & 0x7,
    month: head & LAST_MONTH,
    part: low & 0x3ff,
  };
  return derivedId(seed, derived) === id ? derived : null;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
