/** The emulator's API key: created once per folder and shared by every process that uses the folder. */
import * as z from "zod/mini";
import { readJsonFile, removeFile, writeJsonFile } from "../../disk/json-file.ts";
import { withLock } from "../../disk/lock.ts";
import { KEY_PREFIX } from "../http/guard.ts";
import { fileIn, isUnusable, KIND, placeOf, RESET, type StateFolder } from "./folder.ts";

const schema = z.looseObject({
  key: z.string().check(z.regex(new RegExp(`^${KEY_PREFIX}[0-9a-f]{32}$`))),
});

/** @returns a new key: the prefix and 32 hexadecimal digits */
export function newKey(ids: () => string): string {
  return `${KEY_PREFIX}${ids().replaceAll("-", "").toLowerCase()}`;
}

/**
 * @returns the key of a folder, or null when none was created yet
 * @throws {LocalStateError} `emulator_state_damaged` when the file has no valid key, `unsafe_permissions`
 */
export function readKey(folder: StateFolder): string | null {
  const options = { ...placeOf(folder), kind: KIND, schema, repair: RESET };
  return readJsonFile(keyFile(folder), options)?.value.key ?? null;
}

/** Reads the key of a folder, or creates it. Processes that start at the same time all get the same key. */
export async function ensureKey(folder: StateFolder, ids: () => string): Promise<string> {
  for (;;) {
    const known = readKey(folder);
    if (known !== null) return known;
    const place = placeOf(folder);
    await withLock(keyFile(folder), place, async (lock) => {
      if (readKey(folder) !== null || !lock.isMine()) return;
      await writeJsonFile(keyFile(folder), { key: newKey(ids) }, place);
    });
  }
}

/** Removes a key file without a valid key, so that the next start creates a new one. */
export function dropDamagedKey(folder: StateFolder): void {
  try {
    readKey(folder);
  } catch (error) {
    if (!isUnusable(error)) throw error;
    removeFile(keyFile(folder), placeOf(folder));
  }
}

function keyFile(folder: StateFolder): string {
  return fileIn(folder, "key.json");
}
