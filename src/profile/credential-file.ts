/** Keys in `credentials.json`, the place for them where there is no keyring. Decides nothing; never puts a key into a message. */
import { join } from "node:path";
import * as z from "zod/mini";
import { withLock } from "./lock.ts";
import { ensureFolder } from "./paths.ts";
import { type JsonObject, readStoredJson, SCHEMA_VERSION } from "./stored-json.ts";
import { notWritable } from "./trouble.ts";

/** Which key: of a profile, for one origin. */
export interface KeySlot {
  readonly profile: string;
  readonly origin: string;
}

/** A place that keeps keys. Every method throws LocalStateError when the place can't be used. */
export interface KeyBackend {
  /** Names the place to a person. */
  readonly where: string;
  find(slot: KeySlot): Promise<string | null>;
  put(slot: KeySlot, key: string): Promise<void>;
  /** Removes a profile's keys, all or of one origin, and tells how many there were. */
  drop(profile: string, origin: string | null): Promise<number>;
}

export interface CredentialFileOptions {
  readonly configDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The process's user; without it the file's owner is not checked. */
  readonly uid?: number | undefined;
}

const storedKey = z.looseObject({ profile: z.string(), origin: z.string(), key: z.string() });
const storedFile = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  keys: z.array(storedKey),
});
type StoredKey = z.infer<typeof storedKey>;

/** Opens the file of a folder. Touches nothing until a method is called. */
export function openCredentialFile({ configDir, now, uid }: CredentialFileOptions): KeyBackend {
  const file = join(configDir, "credentials.json");
  const read = async (): Promise<{ raw: JsonObject; keys: readonly StoredKey[] }> => {
    const options = { kind: "credentials", schema: storedFile, secret: true, uid } as const;
    const found = readStoredJson(file, options);
    if (found === null) return { raw: { schemaVersion: SCHEMA_VERSION }, keys: [] };
    return { raw: found.raw, keys: found.value.keys };
  };

  /** Reads inside the lock, writes what `change` returns; null writes nothing. */
  const rewrite = async (
    change: (keys: readonly StoredKey[]) => readonly StoredKey[] | null,
  ): Promise<void> => {
    // A file that must not be touched is refused before even a lock stands beside it.
    await read();
    await ensureFolder(configDir, "NECTAR_CONFIG_DIR");
    try {
      await withLock(file, { movedBy: "NECTAR_CONFIG_DIR" }, async () => {
        const { raw, keys } = await read();
        const changed = change(keys);
        if (changed === null) return;
        const { default: writeFileAtomic } = await import("write-file-atomic");
        const text = `${JSON.stringify({ ...raw, keys: changed }, undefined, 2)}\n`;
        await writeFileAtomic(file, text, { mode: 0o600, fsync: true });
      });
    } catch (error) {
      throw notWritable(configDir, error, "NECTAR_CONFIG_DIR") ?? error;
    }
  };

  return {
    where: file,
    async find(slot) {
      return (await read()).keys.find((entry) => matches(entry, slot))?.key ?? null;
    },
    put(slot, key) {
      return rewrite((keys) => {
        const entry = { ...keys.find((old) => matches(old, slot)), ...slot, key };
        const savedAt = new Date(now()).toISOString();
        return [...keys.filter((old) => !matches(old, slot)), { ...entry, savedAt }];
      });
    },
    async drop(profile, origin) {
      const asked = (entry: StoredKey): boolean =>
        entry.profile === profile && (origin === null || entry.origin === origin);
      if (!(await read()).keys.some(asked)) return 0;
      let dropped = 0;
      await rewrite((keys) => {
        const left = keys.filter((entry) => !asked(entry));
        dropped = keys.length - left.length;
        return dropped === 0 ? null : left;
      });
      return dropped;
    },
  };
}

function matches(entry: StoredKey, { profile, origin }: KeySlot): boolean {
  return entry.profile === profile && entry.origin === origin;
}
