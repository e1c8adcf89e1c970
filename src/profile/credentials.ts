/** Which API key is used, and where it comes from. Never logs, quotes or shortens a key. */
import { createHash } from "node:crypto";
import { AuthError, UsageError } from "../errors.ts";
import { type CredentialFileOptions, openCredentialFile } from "./credential-file.ts";
import { checkProfileName } from "./profiles.ts";

export interface FoundKey {
  readonly key: string;
  readonly source: "environment" | "file";
  /** `NECTAR_API_KEY`, or the file's path. */
  readonly where: string;
}

/** Methods that touch the file throw LocalStateError when it is damaged, newer, unsafe, locked or can't be written. */
export interface CredentialStore {
  /** The path of `credentials.json`. */
  readonly file: string;
  /**
   * The key for a profile and an origin: `NECTAR_API_KEY`, which wins for every origin, else the stored one.
   *
   * @throws AuthError `key_malformed` when the key found can't be one
   */
  find(profile: string, origin: string): Promise<FoundKey | null>;
  save(profile: string, origin: string, key: string): Promise<{ readonly where: string }>;
  /** Forgets a profile's stored keys, all or of one origin; returns how many there were. */
  remove(profile: string, origin?: string): Promise<number>;
}

export interface CredentialOptions extends CredentialFileOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
}

const VARIABLE = "NECTAR_API_KEY";

/** Opens the keys of a folder. Touches nothing until a method is called. */
export function openCredentials(options: CredentialOptions): CredentialStore {
  const stored = openCredentialFile(options);
  return {
    file: stored.where,
    async find(profile, origin) {
      const given = options.env[VARIABLE];
      if (given) return { key: checkKey(given, VARIABLE), source: "environment", where: VARIABLE };
      const slot = { profile: checkProfileName(profile), origin: originOf(origin) };
      const key = await stored.find(slot);
      if (key === null) return null;
      return { key: checkKey(key, stored.where), source: "file", where: stored.where };
    },
    async save(profile, origin, key) {
      const slot = { profile: checkProfileName(profile), origin: originOf(origin) };
      await stored.put(slot, checkKey(key));
      return { where: stored.where };
    },
    async remove(profile, origin) {
      const only = origin === undefined ? null : originOf(origin);
      return stored.drop(checkProfileName(profile), only);
    },
  };
}

/**
 * Checks that a text can be an API key: not empty, printable, without white space. The format itself is not documented.
 * Our choice: ASCII only, as everything else can't stand in a header (RFC 9110, section 5.5).
 *
 * @param where the key's source, named in the error
 * @returns the key as it is
 * @throws AuthError `key_malformed`, which tells nothing of the key
 */
export function checkKey(key: string, where?: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const which = where === undefined ? "the API key" : `the API key from ${where}`;
  const what = key === "" ? "is empty" : "holds a space, a line end or an unprintable character";
  throw new AuthError("key_malformed", `${which} ${what}, so it was not sent`, {
    hint: "Copy the key again, whole and without quotes or a line end.",
  });
}

/**
 * A fingerprint of a key, to tell two keys apart: the first 8 hexadecimal digits of its SHA-256 and a class of length.
 * Nothing of the key itself is in it.
 */
export function maskKey(key: string): string {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 8);
  return `sha256:${digest}… (${lengthClass(key.length)} characters)`;
}

function lengthClass(length: number): string {
  if (length < 20) return "under 20";
  if (length < 40) return "20 to 39";
  return length < 80 ? "40 to 79" : "80 or more";
}

/** The origin of a URL: a key for `https://host` is for all of its paths, and for no other host, scheme or port. */
function originOf(url: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : "null";
  if (origin !== "null") return origin;
  throw new UsageError("invalid_input", "a key belongs to a URL with a host, such as https://host");
}
