/** Stable IDs for the objects of a seed, so that seeding again finds them. */
import { createHash } from "node:crypto";
import { invalidSeed } from "./schema.ts";

/**
 * Derives the ID of a seeded object without one. It is the same in every run, and therefore so is the object's data.
 * @returns a UUID of version 8 (RFC 9562 §5.8), derived from the words
 */
export function nameBasedId(...words: readonly string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(words)).digest("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

export interface Register {
  readonly usedIds: Set<string>;
  /** How often each external ID, name or login was used to derive an ID. */
  readonly useCounts: Map<string, number>;
}

/** Derives a connection's ID. Connections with the same login and sites are told apart by their order. */
export function connectionId(
  { url, username }: { readonly url: string; readonly username: string },
  companyId: string,
  siteIds: readonly string[],
  { useCounts }: Register,
): string {
  const words = ["connection", companyId, url, username, ...siteIds.toSorted()];
  return nameBasedId(...words, nextCount(words, useCounts));
}

/** The words that an object's ID is derived from: its external ID, or its name and how many before it share that name. */
export function idWords(
  { externalId, name }: { readonly externalId?: string | null | undefined; readonly name: string },
  parent: string,
  path: string,
  { useCounts }: Register,
): readonly string[] {
  if (typeof externalId !== "string")
    return ["name", name, nextCount(["name", parent, name], useCounts)];
  if (nextCount(["externalId", parent, externalId], useCounts) !== "0") {
    throw invalidSeed([`${path}.externalId: is given twice; to create both, give each its own id`]);
  }
  return ["externalId", externalId];
}

/** How often these words were used before; counts this use. */
function nextCount(words: readonly string[], useCounts: Map<string, number>): string {
  const key = JSON.stringify(words);
  const count = useCounts.get(key) ?? 0;
  useCounts.set(key, count + 1);
  return String(count);
}

/** @throws {UsageError} `invalid_seed` for an ID that the seed has already used */
export function claimId(id: string, path: string, { usedIds }: Register): void {
  if (usedIds.has(id)) throw invalidSeed([`${path}.id: ${id} is given twice`]);
  usedIds.add(id);
}
