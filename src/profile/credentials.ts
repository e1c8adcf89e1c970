/** Finds, stores and removes API keys. Never logs, quotes or shortens a key. */
import { createHash } from "node:crypto";
import { AuthError, UsageError } from "../errors.ts";
import {
  accountOf,
  KEYRING,
  keyGone,
  keyringUnreachable,
  notRemoved,
  notStored,
} from "./credential-errors.ts";
import {
  type CredentialFileOptions,
  type KeyEntry,
  type KeySlot,
  openCredentialFile,
} from "./credential-file.ts";
import type { Keyring, KeyringOptions } from "./keyring.ts";
import { checkProfileName } from "./profiles.ts";
import { API_KEY_VARIABLE } from "./secret-variables.ts";

export interface FoundKey {
  readonly key: string;
  readonly source: "environment" | "keyring" | "file";
  /** `NECTAR_API_KEY`, `OS keyring`, or the file's path. */
  readonly where: string;
}

/** Where a key can be stored. */
export type KeyStore = "keyring" | "file";

/** The result of storing a key. */
export interface KeptKey {
  readonly store: KeyStore;
  /** `OS keyring`, or the file's path. */
  readonly where: string;
  /** Why the keyring failed, if it was tried first. */
  readonly refusal: string | null;
  /** Why an older key for this slot is still in the keyring. */
  readonly leftover: string | null;
}

export type CredentialStore = ReturnType<typeof openCredentials>;

export interface CredentialOptions extends CredentialFileOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** When omitted, no keyring is used. */
  readonly keyring?: KeyringOptions | undefined;
}

/**
 * Opens a folder's credential store. Touches nothing until a method is called. Methods that touch the file throw
 * LocalStateError if it is damaged, newer, unsafe, locked or not writable.
 */
export function openCredentials(options: CredentialOptions) {
  const file = openCredentialFile(options);
  const keyring = () => loadKeyring(options.keyring);

  /** Writes a key and reads it back, as some keyrings lose it at once. Returns why it failed, or null. */
  async function intoKeyring(slot: KeySlot, key: string): Promise<string | null> {
    const { read, write, erase } = await keyring();
    const written = await write(accountOf(slot), key);
    if (!written.available) return written.reason;
    const found = await read(accountOf(slot));
    if (found.available && found.value === key) return null;
    await erase(accountOf(slot));
    return found.available ? "it did not store the key" : found.reason;
  }

  /** Notes in the file that the keyring holds the key. If that fails, a newly stored key is erased again. */
  async function pointToKeyring(slot: KeySlot, wasThere: boolean): Promise<void> {
    try {
      await file.put([{ ...slot, key: null, keyring: "used" }]);
    } catch (error) {
      if (!wasThere) await (await keyring()).erase(accountOf(slot));
      throw error;
    }
  }

  return {
    /** The path of `credentials.json`. */
    file: file.where,
    /**
     * The key for a profile and an origin: `NECTAR_API_KEY`, which takes precedence for every origin, else the stored
     * one. The keyring is queried only if the file says that it holds this key.
     *
     * @throws AuthError `key_malformed` if the key can't be valid, `key_gone` if it is missing from the keyring;
     *   LocalStateError `keyring_unavailable`
     */
    async find(profile: string, origin: string): Promise<FoundKey | null> {
      const given = options.env[API_KEY_VARIABLE];
      if (given) {
        const where = API_KEY_VARIABLE;
        return { key: checkKey(given, where), source: "environment", where };
      }
      const slot = { profile: checkProfileName(profile), origin: originOf(origin) };
      const [entry] = await file.list(slot.profile, slot.origin);
      const { where } = file;
      if (entry?.key != null) return { key: checkKey(entry.key, where), source: "file", where };
      if (entry?.keyring !== "used") return null;
      const found = await (await keyring()).read(accountOf(slot));
      if (!found.available) throw keyringUnreachable(slot, found.reason);
      if (found.value === null) throw keyGone(slot);
      return { key: checkKey(found.value, `the ${KEYRING}`), source: "keyring", where: KEYRING };
    },
    /**
     * Stores a key in the given store; by default in the keyring, or in the file if that fails. A copy in the other store
     * is removed.
     *
     * @throws LocalStateError `keyring_unavailable` if it is requested and fails; nothing is stored then
     */
    async save(profile: string, origin: string, key: string, store?: KeyStore): Promise<KeptKey> {
      const slot = { profile: checkProfileName(profile), origin: originOf(origin) };
      checkKey(key);
      // Fails on an unusable file before the keyring is touched.
      const [before] = await file.list(slot.profile, slot.origin);
      const wasThere = (before?.keyring ?? null) !== null;
      const tried = store === "keyring" || (store === undefined && options.keyring !== undefined);
      const refusal = tried ? await intoKeyring(slot, key) : null;
      if (tried && refusal === null) {
        await pointToKeyring(slot, wasThere);
        return { store: "keyring", where: KEYRING, refusal, leftover: null };
      }
      if (store === "keyring") throw notStored(refusal ?? "");
      // The new copy is written first, so that a key is never lost.
      await file.put([{ ...slot, key, keyring: wasThere ? "leftover" : null }]);
      const kept = { store: "file", where: file.where, refusal } as const;
      if (!wasThere) return { ...kept, leftover: null };
      // Don't wait again for a keyring that has just failed.
      const erased = refusal === null ? await (await keyring()).erase(accountOf(slot)) : null;
      if (!erased?.available) return { ...kept, leftover: erased?.reason ?? refusal };
      await file.put([{ ...slot, key, keyring: null }]);
      return { ...kept, leftover: null };
    },
    /**
     * Removes a profile's stored keys, all or for one origin; returns how many there were.
     *
     * @throws LocalStateError `keyring_unavailable` if one of them is in the keyring and can't be removed
     */
    async remove(profile: string, origin?: string): Promise<number> {
      const only = origin === undefined ? null : originOf(origin);
      const entries = await file.list(checkProfileName(profile), only);
      if (entries.length === 0) {
        await file.clean();
        return 0;
      }
      const stuck: KeyEntry[] = [];
      let reason = "";
      for (const entry of entries) {
        if (entry.keyring === null) continue;
        // A keyring that doesn't respond costs a full time-out, so don't retry after the first failure.
        const erased = reason === "" ? await (await keyring()).erase(accountOf(entry)) : null;
        if (erased?.available) continue;
        reason = erased?.reason ?? reason;
        stuck.push({ ...entry, key: null });
      }
      const isStuck = (entry: KeyEntry) => stuck.some(({ origin: at }) => at === entry.origin);
      const gone = entries.filter((entry) => !isStuck(entry));
      if (gone.length > 0) await file.drop(gone);
      if (stuck.length === 0) return gone.length;
      await file.put(stuck);
      throw notRemoved(stuck, reason, file.where);
    },
  };
}

/** Loads the keyring lazily: most runs never need it. */
async function loadKeyring(options: KeyringOptions | undefined): Promise<Keyring> {
  if (options !== undefined) return (await import("./keyring.ts")).openKeyring(options);
  const none = async () => ({ available: false, reason: "it is not used here" }) as const;
  return { read: none, write: none, erase: none };
}

/**
 * Checks that a text can be an API key: not empty, printable, no white space. The format itself is not documented.
 * Our choice: ASCII only, as nothing else is safe in a header (RFC 9110, section 5.5).
 *
 * @param where the key's source, named in the error
 * @returns the unchanged key
 * @throws AuthError `key_malformed`, which reveals nothing about the key
 */
export function checkKey(key: string, where?: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const which = where === undefined ? "the API key" : `the API key from ${where}`;
  const what =
    key === "" ? "is empty" : "contains a space, a line break or an unprintable character";
  throw new AuthError("key_malformed", `${which} ${what}, so it was not sent`, {
    hint: "Copy the whole key again, without quotes or a line break.",
  });
}

/**
 * A fingerprint to tell two keys apart: the first 8 hexadecimal digits of the key's SHA-256, and its length as a range.
 * Contains no part of the key itself.
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

/** The origin of a URL: a key applies to all paths of `https://host`, but to no other host, scheme or port. */
function originOf(url: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : "null";
  if (origin !== "null") return origin;
  throw new UsageError("invalid_input", "a key belongs to a URL with a host, such as https://host");
}
