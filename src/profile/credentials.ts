/** Which API key is used, where it comes from, and where it is kept. Never logs, quotes or shortens a key. */
import { createHash } from "node:crypto";
import { AuthError, UsageError } from "../errors.ts";
import {
  accountOf,
  KEYRING,
  keyGone,
  notAnswering,
  notRemoved,
  notStored,
  VARIABLE,
} from "./credential-errors.ts";
import {
  type CredentialFileOptions,
  type KeyEntry,
  type KeySlot,
  openCredentialFile,
} from "./credential-file.ts";
import type { Keyring, KeyringOptions } from "./keyring.ts";
import { checkProfileName } from "./profiles.ts";

export interface FoundKey {
  readonly key: string;
  readonly source: "environment" | "keyring" | "file";
  /** `NECTAR_API_KEY`, `OS keyring`, or the file's path. */
  readonly where: string;
}

/** Where a key can be kept. */
export type KeyStore = "keyring" | "file";

/** What became of a key that was to be kept. */
export interface KeptKey {
  readonly store: KeyStore;
  /** `OS keyring`, or the file's path. */
  readonly where: string;
  /** Why the keyring did not take it, when it was tried first. */
  readonly refusal: string | null;
  /** Why an older key of this place is in the keyring still. */
  readonly leftover: string | null;
}

/** Methods that touch the file throw LocalStateError when it is damaged, newer, unsafe, locked or can't be written. */
export interface CredentialStore {
  /** The path of `credentials.json`. */
  readonly file: string;
  /**
   * The key for a profile and an origin: `NECTAR_API_KEY`, which wins for every origin, else the stored one.
   * The keyring is asked only when the file says that it holds this key.
   *
   * @throws AuthError `key_malformed` when the key found can't be one, `key_gone` when the keyring has lost it;
   *   LocalStateError `keyring_unavailable`
   */
  find(profile: string, origin: string): Promise<FoundKey | null>;
  /**
   * Keeps a key in the place that is asked for; when none is, in the keyring, or in the file where that fails.
   * A copy in the other place is removed.
   *
   * @throws LocalStateError `keyring_unavailable` when it is asked for and does not work; nothing is stored then
   */
  save(profile: string, origin: string, key: string, store?: KeyStore): Promise<KeptKey>;
  /**
   * Forgets a profile's stored keys, all or of one origin; returns how many there were.
   *
   * @throws LocalStateError `keyring_unavailable` when one of them is in the keyring and can't be removed from it
   */
  remove(profile: string, origin?: string): Promise<number>;
}

export interface CredentialOptions extends CredentialFileOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without it there is no keyring. */
  readonly keyring?: KeyringOptions | undefined;
}

/** Opens the keys of a folder. Touches nothing until a method is called. */
export function openCredentials(options: CredentialOptions): CredentialStore {
  const file = openCredentialFile(options);
  const keyring = () => openLate(options.keyring);

  /** Writes a key, and reads it back: a keyring that forgets at once is none. Returns why it failed. */
  async function intoKeyring(slot: KeySlot, key: string): Promise<string | null> {
    const { read, write, erase } = await keyring();
    const written = await write(accountOf(slot), key);
    if (!written.available) return written.reason;
    const found = await read(accountOf(slot));
    if (found.available && found.value === key) return null;
    await erase(accountOf(slot));
    return found.available ? "it did not keep the key" : found.reason;
  }

  /** Points to the keyring. When that can't be written, the keyring keeps nothing that nobody knows of. */
  async function pointToKeyring(slot: KeySlot, wasThere: boolean): Promise<void> {
    try {
      await file.put([{ ...slot, key: null, keyring: "used" }]);
    } catch (error) {
      if (!wasThere) await (await keyring()).erase(accountOf(slot));
      throw error;
    }
  }

  return {
    file: file.where,
    async find(profile, origin) {
      const given = options.env[VARIABLE];
      if (given) return { key: checkKey(given, VARIABLE), source: "environment", where: VARIABLE };
      const slot = { profile: checkProfileName(profile), origin: originOf(origin) };
      const [entry] = await file.list(slot.profile, slot.origin);
      if (entry === undefined || (entry.key === null && entry.keyring !== "used")) return null;
      const { where } = file;
      if (entry.key !== null) return { key: checkKey(entry.key, where), source: "file", where };
      const found = await (await keyring()).read(accountOf(slot));
      if (!found.available) throw notAnswering(slot, found.reason);
      if (found.value === null) throw keyGone(slot);
      return { key: checkKey(found.value, `the ${KEYRING}`), source: "keyring", where: KEYRING };
    },
    async save(profile, origin, key, store) {
      const slot = { profile: checkProfileName(profile), origin: originOf(origin) };
      checkKey(key);
      // A file that can't be used is told of before the keyring is touched.
      const [before] = await file.list(slot.profile, slot.origin);
      const wasThere = (before?.keyring ?? null) !== null;
      const tried = store === "keyring" || (store === undefined && options.keyring !== undefined);
      const refusal = tried ? await intoKeyring(slot, key) : null;
      if (tried && refusal === null) {
        await pointToKeyring(slot, wasThere);
        return { store: "keyring", where: KEYRING, refusal, leftover: null };
      }
      if (store === "keyring") throw notStored(refusal ?? "");
      // First the new place, so that a key is never in neither.
      await file.put([{ ...slot, key, keyring: wasThere ? "leftover" : null }]);
      const kept = { store: "file", where: file.where, refusal } as const;
      if (!wasThere) return { ...kept, leftover: null };
      // One that has just failed is not waited for again.
      const erased = refusal === null ? await (await keyring()).erase(accountOf(slot)) : null;
      if (!erased?.available) return { ...kept, leftover: erased?.reason ?? refusal };
      await file.put([{ ...slot, key, keyring: null }]);
      return { ...kept, leftover: null };
    },
    async remove(profile, origin) {
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
        // One that is silent costs its whole limit, so it is asked once.
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

/** Loaded only when it is asked: most runs never need it. */
async function openLate(options: KeyringOptions | undefined): Promise<Keyring> {
  if (options !== undefined) return (await import("./keyring.ts")).openKeyring(options);
  const none = async () => ({ available: false, reason: "it is not used here" }) as const;
  return { read: none, write: none, erase: none };
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
