/** The emulator's key: made once for a folder, then the same for every process that uses it. */
import * as z from "zod/mini";
import { readJsonFile, removeFile, writeJsonFile } from "../../disk/json-file.ts";
import { withLock } from "../../disk/lock.ts";
import { KEY_PREFIX } from "../http/guard.ts";
import { fileIn, isUseless, KIND, placeOf, RESET, type StateFolder } from "./folder.ts";

const schema = z.looseObject({
  key: z.string().check(z.regex(new RegExp(`^${KEY_PREFIX}[0-9a-f]{32}$`))),
});

/** @returns a new key: the prefix and 32 hexadecimal digits */
export function newKey(ids: () => string): string {
  return `${KEY_PREFIX}${ids().replaceAll("-", "").toLowerCase()}`;
}

/**
 * Reads the key of a folder.
 *
 * @returns null when none was made yet
 * @throws {LocalStateError} `emulator_state_damaged` when the file holds no key, `unsafe_permissions`
 */
export function readKey(folder: StateFolder): string | null {
  const options = { ...placeOf(folder), kind: KIND, schema, repair: RESET };
  return readJsonFile(keyFile(folder), options)?.value.key ?? null;
}

/**
 * Reads the key of a folder, or makes it. Processes that start at once all end with the same key.
 *
 * @throws {LocalStateError} when the folder can't be read, written or locked
 */
export async function ensureKey(folder: StateFolder, ids: () => string): Promise<string> {
  for (;;) {
    const known = readKey(folder);
    if (known !== null) return known;
    const place = placeOf(folder);
    await withLock(keyFile(folder), place, async (stillMine) => {
      if (readKey(folder) !== null || !stillMine()) return;
      await writeJsonFile(keyFile(folder), { key: newKey(ids) }, place);
    });
  }
}

/**
 * Removes a key file that holds no key; the next start makes a new one. A good one stays.
 *
 * @throws {LocalStateError} `unsafe_permissions`
 */
export function dropDamagedKey(folder: StateFolder): void {
  try {
    readKey(folder);
  } catch (error) {
    if (!isUseless(error)) throw error;
    removeFile(keyFile(folder), placeOf(folder));
  }
}

function keyFile(folder: StateFolder): string {
  return fileIn(folder, "key.json");
}
