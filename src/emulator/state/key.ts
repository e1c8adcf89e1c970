/** The emulator's key: made once for a folder, then the same for every process that uses it. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KEY_PREFIX } from "../http/guard.ts";
import { replaceFile } from "./file.ts";
import { withLock } from "./lock.ts";
import { codeOf, damaged, fileFailure } from "./state-errors.ts";
import { emulatorFolder, makeFolder } from "./store.ts";

const KEY = new RegExp(`^${KEY_PREFIX}[0-9a-f]{32}$`);

/** @returns a new key: the prefix and 32 hexadecimal digits */
export function newKey(ids: () => string): string {
  return `${KEY_PREFIX}${ids().replaceAll("-", "").toLowerCase()}`;
}

/**
 * Reads the key of a folder.
 *
 * @returns null when none was made yet
 * @throws {LocalStateError} `emulator_state_damaged` when the file holds no key
 */
export function readKey(stateDir: string): string | null {
  const path = keyFile(stateDir);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw fileFailure(error, path);
  }
  const key = keyIn(text);
  if (key === null) throw damaged(path, "the key");
  return key;
}

/**
 * Reads the key of a folder, or makes it. Processes that start at once all end with the same key.
 *
 * @throws {LocalStateError} when the folder can't be read, written or locked
 */
export async function ensureKey(stateDir: string, ids: () => string): Promise<string> {
  for (;;) {
    const known = readKey(stateDir);
    if (known !== null) return known;
    makeFolder(stateDir);
    const path = keyFile(stateDir);
    await withLock(path, ({ stillMine }) => {
      if (readKey(stateDir) === null && stillMine()) {
        replaceFile(path, `${JSON.stringify({ key: newKey(ids) })}\n`);
      }
    });
  }
}

/** Removes a key file that holds no key; the next start makes a new one. A good one stays. */
export function dropDamagedKey(stateDir: string): void {
  try {
    readKey(stateDir);
  } catch {
    rmSync(keyFile(stateDir), { force: true });
  }
}

function keyIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const key = typeof value === "object" && value !== null ? Reflect.get(value, "key") : null;
    return typeof key === "string" && KEY.test(key) ? key : null;
  } catch {
    return null;
  }
}

function keyFile(stateDir: string): string {
  return join(emulatorFolder(stateDir), "key.json");
}
