/** Parses and formats the value of `--site`: a name, `key=value` pairs, or a JSON object. Pure. */
import * as z from "zod/mini";
import { nearest } from "../words/nearest.ts";
import { externalId, type NewSite, shorten, siteAddress, siteName } from "./plan.ts";

export type SiteSpec = Readonly<NewSite>;

export const SITE_SPEC_ALLOWED =
  'NAME, "name=Plant;address=123 Main St, Austin, TX;external-id=site-001", or a JSON object with name, address, externalId';

const KEYS: Readonly<Record<string, keyof SiteSpec>> = {
  name: "name",
  address: "address",
  "external-id": "externalId",
};
const JSON_KEYS: readonly string[] = ["name", "address", "externalId"];

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
  if (!z.safeParse(siteName, parts.name).success) {
    throw new Error(`a site's name has at most 255 characters, not ${parts.name.length}`);
  }
  const address = parts.address || null;
  const external = parts.externalId || null;
  if (address !== null && !z.safeParse(siteAddress, address).success) {
    throw new Error(`a site's address has at most 255 characters, not ${address.length}`);
  }
  if (external !== null && !z.safeParse(externalId, external).success) {
    throw new Error(`a site's external ID has at most 255 characters, not ${external.length}`);
  }
  return { name: parts.name, address, externalId: external };
}

/** Whether a value is, or is clearly meant as, `key=value`: a typo in a key must not become a site's name. */
function isPairs(text: string): boolean {
  const [first, ...more] = text
    .split(";")
    .map((pair) => /^\s*([A-Za-z][A-Za-z_-]*)\s*=/.exec(pair)?.[1]);
  if (first === undefined) return false;
  const isKnown = (key: string | undefined) => key !== undefined && Object.hasOwn(KEYS, key);
  return isKnown(first) || more.some(isKnown) || nearest(first, Object.keys(KEYS)) !== null;
}

/** Formats a site in the simplest form that `parseSiteSpec` reads back unchanged. */
export function formatSiteSpec(spec: SiteSpec): string {
  const { name, address, externalId: external } = spec;
  if (address === null && external === null && isPlainName(name)) return name;
  const values = [name, address ?? "", external ?? ""];
  if (values.some((value) => value.includes(";"))) {
    return JSON.stringify({
      name,
      ...(address === null ? {} : { address }),
      ...(external === null ? {} : { externalId: external }),
    });
  }
  return [
    `name=${name}`,
    ...(address === null ? [] : [`address=${address}`]),
    ...(external === null ? [] : [`external-id=${external}`]),
  ].join(";");
}

function isPlainName(name: string): boolean {
  return !name.startsWith("{") && !isPairs(name);
}

type Parts = { -readonly [Key in keyof SiteSpec]?: string };

function readPairs(text: string): Parts {
  const parts: Parts = {};
  for (const pair of text.split(";")) {
    if (pair.trim() === "") continue;
    const at = pair.indexOf("=");
    const key = pair.slice(0, Math.max(at, 0)).trim();
    const property = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (property === undefined) {
      const meant = nearest(key, Object.keys(KEYS));
      throw new Error(
        meant !== null
          ? `"${shorten(key)}" is not a field of a site; did you mean ${meant}?`
          : `"${shorten(pair.trim())}" is not name=…, address=… or external-id=…; a name with "=" or a value with ";" needs the JSON form, such as {"name":"A=B"}`,
      );
    }
    if (parts[property] !== undefined)
      throw new Error(`${key} is given twice in "${shorten(text)}"`);
    parts[property] = pair.slice(at + 1).trim();
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
    if (!JSON_KEYS.includes(key)) {
      throw new Error(
        `"${shorten(key)}" is not a field of a site; it takes name, address, externalId`,
      );
    }
    if (member === null || member === undefined) continue;
    if (typeof member !== "string") throw new Error(`${key} of a site must be a string`);
    parts[key as keyof SiteSpec] = member.trim();
  }
  return parts;
}
