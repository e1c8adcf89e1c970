/**
 * `credentials.json`: the keys stored without a keyring, and a note of which keys the keyring holds. Makes no
 * decisions; never puts a key into a message.
 */
import { join } from "node:path";
import * as z from "zod/mini";
import { type JsonObject, readJsonFile, SCHEMA_VERSION, writeJsonFile } from "../disk/json-file.ts";
import { type LockingProcess, withLock } from "../disk/lock.ts";
import { CREDENTIALS_FILE } from "../disk/own-files.ts";
import { leftoversOf } from "../disk/temporary-file.ts";

/** Identifies a key: by profile and origin. */
export interface KeySlot {
  readonly profile: string;
  readonly origin: string;
}

/** The file's entry for one key. */
export interface KeyEntry extends KeySlot {
  /** The key itself; null if it is not in the file. */
  readonly key: string | null;
  /** What the keyring holds for this slot: the key to use, an older one that could not be removed, or nothing. */
  readonly keyring: "used" | "leftover" | null;
}

export interface CredentialFileOptions {
  readonly configDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The process's user; when omitted, the file's owner is not checked. */
  readonly uid?: number | undefined;
  /** Shown to other processes that wait for this one's lock. */
  readonly by?: LockingProcess | undefined;
}

const slot = { profile: z.string(), origin: z.string() };
const left = z.literal(true);
const inFile = z.looseObject({ ...slot, key: z.string(), leftInKeyring: z.optional(left) });
const inKeyring = z.looseObject({ ...slot, store: z.literal("keyring") });
const leftover = z.looseObject({ ...slot, leftInKeyring: left });
const storedFile = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  keys: z.array(z.union([inFile, inKeyring, leftover])),
});
const KNOWN: ReadonlySet<string> = new Set(["key", "leftInKeyring", "store", "savedAt"]);
type StoredKey = z.infer<typeof storedFile>["keys"][number];

/**
 * Opens the file in a folder. Touches nothing until a method is called. Every method throws LocalStateError if the file
 * can't be used.
 */
export function openCredentialFile(options: CredentialFileOptions) {
  const { configDir, now, uid, by } = options;
  const file = join(configDir, CREDENTIALS_FILE);
  const place = { movedBy: "NECTAR_CONFIG_DIR", uid, by } as const;
  const read = (): { raw: JsonObject; keys: readonly StoredKey[] } => {
    const options = { ...place, kind: "credentials", schema: storedFile, secret: true };
    const found = readJsonFile(file, options);
    return { raw: found?.raw ?? { schemaVersion: SCHEMA_VERSION }, keys: found?.value.keys ?? [] };
  };

  /** Reads under the lock and writes what `change` returns. */
  const rewrite = async (
    change: (keys: readonly StoredKey[]) => readonly StoredKey[],
  ): Promise<void> => {
    // An unusable file is rejected before a lock is created next to it.
    read();
    await withLock(file, place, async (lock) => {
      const { raw, keys } = read();
      await writeJsonFile(file, { ...raw, keys: change(keys) }, place);
      lock.check();
    });
  };

  return {
    /** Its path. */
    where: file,
    /** A profile's entries, all or for one origin. */
    async list(profile: string, origin: string | null): Promise<readonly KeyEntry[]> {
      return read()
        .keys.filter((one) => one.profile === profile && (origin === null || one.origin === origin))
        .map(entryOf);
    },
    /** Adds entries, replacing those with the same slots. */
    put(entries: readonly KeyEntry[]): Promise<void> {
      const savedAt = new Date(now()).toISOString();
      return rewrite((keys) => [
        ...without(keys, entries),
        ...entries.map((entry) => {
          const old = keys.find((key) => isAt(key, entry));
          return stored(entry, old, savedAt);
        }),
      ]);
    },
    /** Removes temporary files left by killed writers, which may hold a key. */
    async clean(): Promise<void> {
      // Taking the lock removes them.
      if (leftoversOf(file).length > 0) await withLock(file, place, () => undefined);
    },
    drop: (slots: readonly KeySlot[]): Promise<void> => rewrite((keys) => without(keys, slots)),
  };
}

function entryOf(stored: StoredKey): KeyEntry {
  const { profile, origin } = stored;
  const key = typeof stored["key"] === "string" ? stored["key"] : null;
  const isUsed = key === null && stored["store"] === "keyring";
  const isLeft = stored["leftInKeyring"] === true;
  return { profile, origin, key, keyring: isUsed ? "used" : isLeft ? "leftover" : null };
}

/** The entry to write; fields that this version does not know are preserved. */
function stored(entry: KeyEntry, old: StoredKey | undefined, savedAt: string): StoredKey {
  const { profile, origin, key, keyring } = entry;
  const unknown = Object.entries(old ?? {}).filter(([name]) => !KNOWN.has(name));
  const base = { ...Object.fromEntries(unknown), profile, origin, savedAt };
  if (key === null) {
    return keyring === "used" ? { ...base, store: "keyring" } : { ...base, leftInKeyring: true };
  }
  return { ...base, key, ...(keyring === "leftover" ? { leftInKeyring: true } : {}) };
}

function without(keys: readonly StoredKey[], slots: readonly KeySlot[]): readonly StoredKey[] {
  return keys.filter((key) => !slots.some((slot) => isAt(key, slot)));
}

function isAt(stored: StoredKey, { profile, origin }: KeySlot): boolean {
  return stored.profile === profile && stored.origin === origin;
}
