/** A profile and its record in `config.json`. Pure. */
import * as z from "zod/mini";
import { isObject } from "../disk/json-file.ts";

const text = z.string();
const orNull = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.pipe(
    z.nullish(schema),
    z.transform((value) => value ?? null),
  );
const form = z.exactOptional(z.enum(["guide", "reference"]));
const named = z.object({ id: text, name: text, externalId: orNull(text) });
const routes = z.object({ sites: form, connections: form });

/** One entry of `profiles`. Missing fields read as empty, so that older and hand-written files are accepted. */
export const profileRecord = z.object({
  /** `local`, or a base URL; null until it is known. */
  target: orNull(text),
  company: orNull(named),
  sites: z.pipe(
    z.nullish(z.array(named)),
    z.transform((sites): readonly z.infer<typeof named>[] => sites ?? []),
  ),
  connection: orNull(z.object({ id: text, url: orNull(text), username: orNull(text) })),
  /** Which of the vendor's two path forms answered. */
  routes: z.pipe(
    z.nullish(routes),
    z.transform((known): z.infer<typeof routes> => known ?? {}),
  ),
  /** ISO 8601 in UTC; null if the profile is not stored. */
  updatedAt: orNull(text),
});

export type ProfileSite = Readonly<z.infer<typeof named>>;
/** A named set of IDs for one target. Never holds a secret. */
export type Profile = Readonly<z.infer<typeof profileRecord>> & { readonly name: string };

/** A profile without any IDs. */
export function emptyProfile(name: string): Profile {
  return { name, ...z.parse(profileRecord, {}) };
}

/** The record to write: only the known fields, whatever else the object holds. */
export function recordOf(profile: Profile): z.infer<typeof profileRecord> {
  return z.parse(profileRecord, profile);
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
