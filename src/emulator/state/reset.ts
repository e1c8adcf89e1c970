/** Empties an emulator's folder, damaged or not; a running emulator of the same folder sees it with its next request. */
import { closeSync, constants, fstatSync } from "node:fs";
import { openChecked } from "../../disk/checked.ts";
import { replaceFile } from "../../disk/json-file.ts";
import { withLock } from "../../disk/lock.ts";
import { dropFaults } from "../faults/faults.ts";
import { Collections } from "./collections.ts";
import type { Counts } from "./entities.ts";
import { readRange } from "./file.ts";
import { placeOf, type StateFolder } from "./folder.ts";
import { dropDamagedKey } from "./key.ts";
import { formatHeader, parseCommit, parseHeader } from "./record.ts";
import { dataFile } from "./store.ts";

/**
 * Removes all objects and all faults. The key stays, unless its file is damaged.
 *
 * @returns how many objects there were; of a damaged log, those that could be read
 * @throws {LocalStateError} when the folder can't be written or locked, or is not safe
 */
export async function resetEmulator(folder: StateFolder): Promise<Counts> {
  const path = dataFile(folder);
  dropDamagedKey(folder);
  await dropFaults(folder);
  if (readText(path, folder) === null) return new Collections().counts();
  return withLock(path, placeOf(folder), async () => {
    const [first = "", ...lines] = readText(path, folder)?.split("\n") ?? [];
    const state = new Collections();
    for (const line of lines) {
      for (const change of parseCommit(line) ?? []) state.apply(change);
    }
    const generation = (parseHeader(first)?.generation ?? lines.length) + 1;
    await replaceFile(path, formatHeader(generation), placeOf(folder));
    return state.counts();
  });
}

function readText(path: string, folder: StateFolder): string | null {
  const file = openChecked(path, constants.O_RDONLY, placeOf(folder));
  if (file === null) return null;
  try {
    return readRange(file, 0, fstatSync(file).size).toString("utf8");
  } finally {
    closeSync(file);
  }
}
