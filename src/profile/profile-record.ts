/** A profile and its record in `config.json`. Pure. */
import * as z from "zod/mini";
import { isObject, type JsonObject } from "../disk/json-file.ts";

export interface ProfileSite {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
}

/** A named set of IDs for one target. Never holds a secret. */
export interface Profile {
  readonly name: string;
  /** `local`, or a base URL; null until it is known. */
  readonly target: string | null;
  readonly company: {
    readonly id: string;
    readonly name: string;
    readonly externalId: string | null;
  } | null;
  readonly sites: readonly ProfileSite[];
  readonly connection: {
    readonly id: string;
    readonly url: string | null;
    readonly username: string | null;
  } | null;
  /** Which of the vendor's two path forms answered. */
  readonly routes: {
    readonly sites?: "guide" | "reference";
    readonly connections?: "guide" | "reference";
  };
  /** ISO 8601 in UTC; null if the profile is not stored. */
  readonly updatedAt: string | null;
}

const text = z.string();
const named = z.looseObject({ id: text, name: text, externalId: z.nullish(text) });
const form = z.enum(["guide", "reference"]);

/** One entry of `profiles`. Missing fields read as empty, so that older and hand-written files are accepted. */
export const storedProfile = z.looseObject({
  target: z.nullish(text),
  company: z.nullish(named),
  sites: z.nullish(z.array(named)),
  connection: z.nullish(
    z.looseObject({ id: text, url: z.nullish(text), username: z.nullish(text) }),
  ),
  routes: z.nullish(z.looseObject({ sites: z.optional(form), connections: z.optional(form) })),
  updatedAt: z.nullish(text),
});

/** A profile without any IDs. */
export function emptyProfile(name: string): Profile {
  const nothing = { target: null, company: null, connection: null, updatedAt: null };
  return { name, ...nothing, sites: [], routes: {} };
}

/** Builds a profile from a stored entry. */
export function profileOf(name: string, stored: z.infer<typeof storedProfile>): Profile {
  const { target, company, sites, connection, routes, updatedAt } = stored;
  return {
    name,
    target: target ?? null,
    company: company ? namedOf(company) : null,
    sites: (sites ?? []).map(namedOf),
    connection: connection ? loginOf(connection) : null,
    routes: routesOf(routes ?? {}),
    updatedAt: updatedAt ?? null,
  };
}

/** The record to write: only the known fields, whatever else the object holds. */
export function recordOf(profile: Profile): JsonObject {
  const { target, company, sites, connection, routes, updatedAt } = profile;
  return {
    target,
    company: company && namedOf(company),
    sites: sites.map(namedOf),
    connection: connection && loginOf(connection),
    routes: routesOf(routes),
    updatedAt,
  };
}

/**
 * The entry to write: the new known fields, plus the old entry's fields that this version does not know.
 *
 * @param raw the old entry as stored in the file
 * @param before the known part of it
 * @param after the known part to write
 */
export function carryOver(raw: unknown, before: unknown, after: unknown): unknown {
  if (Array.isArray(raw) && Array.isArray(after)) {
    return after.map((item) => {
      const index = raw.findIndex(
        (old) => isObject(old) && isObject(item) && old["id"] === item["id"],
      );
      return index < 0
        ? item
        : carryOver(raw[index], Array.isArray(before) ? before[index] : {}, item);
    });
  }
  if (!isObject(raw) || !isObject(after) || raw["id"] !== after["id"]) return after;
  const known = isObject(before) ? before : {};
  const unknown = Object.entries(raw).filter(([key]) => !Object.hasOwn(known, key));
  const written = Object.entries(after).map(([key, value]): [string, unknown] => [
    key,
    carryOver(raw[key], known[key], value),
  ]);
  return Object.fromEntries([...unknown, ...written]);
}

function namedOf({
  id,
  name,
  externalId,
}: {
  readonly id: string;
  readonly name: string;
  readonly externalId?: string | null | undefined;
}): ProfileSite {
  return { id, name, externalId: externalId ?? null };
}

function loginOf({
  id,
  url,
  username,
}: {
  readonly id: string;
  readonly url?: string | null | undefined;
  readonly username?: string | null | undefined;
}): NonNullable<Profile["connection"]> {
  return { id, url: url ?? null, username: username ?? null };
}

function routesOf(routes: {
  readonly sites?: "guide" | "reference" | undefined;
  readonly connections?: "guide" | "reference" | undefined;
}): Profile["routes"] {
  return {
    ...(routes.sites === undefined ? {} : { sites: routes.sites }),
    ...(routes.connections === undefined ? {} : { connections: routes.connections }),
  };
}
