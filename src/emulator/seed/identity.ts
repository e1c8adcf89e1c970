/** How the objects of a seed are told apart, within the seed and from one planting to the next. */
import { createHash } from "node:crypto";
import { invalidSeed } from "./schema.ts";

/**
 * The ID of a seeded object that was given none: the same in every run, so that its data is the same, too.
 * @returns a UUID of version 8 (RFC 9562 §5.8) that follows from the words
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

/** What one planting has named by now. */
export interface Register {
  readonly taken: Set<string>;
  /** External IDs, names and logins that IDs were made of, and how often. */
  readonly named: Map<string, number>;
}

export function newRegister(): Register {
  return { taken: new Set(), named: new Map() };
}

/** Two connections with the same login and the same sites are told apart by their order. */
export function connectionId(
  { url, username }: { readonly url: string; readonly username: string },
  companyId: string,
  siteIds: readonly string[],
  { named }: Register,
): string {
  const words = ["connection", companyId, url, username, ...siteIds.toSorted()];
  return nameBasedId(...words, countOf(words, named));
}

/** What an object's own ID is made of: its external ID, or its name and how many before it have the same. */
export function wordsOf(
  { externalId, name }: { readonly externalId?: string | undefined; readonly name: string },
  parent: string,
  path: string,
  { named }: Register,
): readonly string[] {
  if (externalId === undefined) return ["name", name, countOf(["name", parent, name], named)];
  if (countOf(["externalId", parent, externalId], named) !== "0") {
    throw invalidSeed([`${path}.externalId: is given twice; give both an id to have two of it`]);
  }
  return ["externalId", externalId];
}

function countOf(words: readonly string[], named: Map<string, number>): string {
  const key = JSON.stringify(words);
  const count = named.get(key) ?? 0;
  named.set(key, count + 1);
  return String(count);
}

/** @throws {UsageError} `invalid_seed` for an ID that the seed has named before */
export function take(id: string, path: string, { taken }: Register): void {
  if (taken.has(id)) throw invalidSeed([`${path}.id: ${id} is given twice`]);
  taken.add(id);
}
