/** Parses and formats the value of `--site`: a name, `key=value` pairs, or a JSON object. Pure. */

import * as z from "zod/mini";
import { nearest } from "../words/nearest.ts";
import { shorten } from "../words/shorten.ts";
import { externalId, type NewSite, siteAddress, siteName } from "./plan.ts";

export type SiteSpec = Readonly<NewSite>;

export const SITE_SPEC_ALLOWED =
  'NAME, "name=Plant;address=123 Main St, Austin, TX;external-id=site-001", or a JSON object with name, address, externalId';

/** What a site has: its key as a pair and in JSON, and what it is called in a message. */
const FIELDS = [
  { pair: "name", key: "name", what: "name", schema: siteName },
  { pair: "address", key: "address", what: "address", schema: siteAddress },
  { pair: "external-id", key: "externalId", what: "external ID", schema: externalId },
] as const;
const PAIR_KEYS: readonly string[] = FIELDS.map(({ pair }) => pair);

type Parts = Partial<Record<keyof SiteSpec, string>>;

/**
 * Parses a site from the command line. A value that starts with `{` is JSON; one with a known key, or whose first key
 * looks like a typo of one, is `key=value`; anything else is the name.
 *
 * @throws Error with one sentence that says what is wrong
 */
export function parseSiteSpec(text: string): SiteSpec {
  const trimmed = text.trim();
  let parts: Parts = { name: trimmed };
  if (trimmed.startsWith("{")) parts = readJson(trimmed);
  else if (isPairs(trimmed)) parts = readPairs(trimmed);
  if (parts.name === undefined || parts.name === "") {
    throw new Error(
      trimmed === "" ? "a site's name is empty" : `the site "${shorten(trimmed)}" has no name`,
    );
  }
  for (const { key, what, schema } of FIELDS) {
    const text = parts[key] ?? "";
    if (text !== "" && !z.safeParse(schema, text).success) {
      throw new Error(`a site's ${what} has at most 255 characters, not ${text.length}`);
    }
  }
  return {
    name: parts.name,
    address: parts.address || null,
    externalId: parts.externalId || null,
  };
}

/** Whether a value is, or is clearly meant as, `key=value`: a typo in a key must not become a site's name. */
function isPairs(text: string): boolean {
  const [first, ...more] = text
    .split(";")
    .map((pair) => /^\s*([A-Za-z][A-Za-z_-]*)\s*=/.exec(pair)?.[1]);
  if (first === undefined) return false;
  const isKnown = (key: string | undefined) => key !== undefined && PAIR_KEYS.includes(key);
  return isKnown(first) || more.some(isKnown) || nearest(first, PAIR_KEYS) !== null;
}

/** Formats a site in the simplest form that `parseSiteSpec` reads back unchanged. */
export function formatSiteSpec(spec: SiteSpec): string {
  const { name } = spec;
  const given = FIELDS.filter(({ key }) => spec[key] !== null);
  if (given.length === 1 && !name.startsWith("{") && !isPairs(name)) return name;
  if (given.some(({ key }) => spec[key]?.includes(";"))) {
    return JSON.stringify(Object.fromEntries(given.map(({ key }) => [key, spec[key]])));
  }
  return given.map(({ pair, key }) => `${pair}=${spec[key]}`).join(";");
}

function readPairs(text: string): Parts {
  const parts: Parts = {};
  for (const pair of text.split(";")) {
    if (pair.trim() === "") continue;
    const at = pair.indexOf("=");
    const key = pair.slice(0, Math.max(at, 0)).trim();
    const field = FIELDS.find((one) => one.pair === key);
    if (field === undefined) {
      const meant = nearest(key, PAIR_KEYS);
      throw new Error(
        meant !== null
          ? `"${shorten(key)}" is not a field of a site; did you mean ${meant}?`
          : `"${shorten(pair.trim())}" is not name=…, address=… or external-id=…; a name with "=" or a value with ";" needs the JSON form, such as {"name":"A=B"}`,
      );
    }
    if (parts[field.key] !== undefined) {
      throw new Error(`${key} is given twice in "${shorten(text)}"`);
    }
    parts[field.key] = pair.slice(at + 1).trim();
  }
  return parts;
}

function readJson(text: string): Parts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`"${shorten(text)}" starts like a JSON object but is not valid JSON`);
  }
  const parts: Parts = {};
  for (const [key, member] of Object.entries(Object(value))) {
    const field = FIELDS.find((one) => one.key === key);
    if (field === undefined) {
      throw new Error(
        `"${shorten(key)}" is not a field of a site; it takes name, address, externalId`,
      );
    }
    if (member === null || member === undefined) continue;
    if (typeof member !== "string") throw new Error(`${key} of a site must be a string`);
    parts[field.key] = member.trim();
  }
  return parts;
}
