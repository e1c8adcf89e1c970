/** Empties an emulator's folder, damaged or not; a running emulator of the same folder sees it with its next request. */
import { existsSync, readFileSync } from "node:fs";
import { dropFaults } from "../faults/faults.ts";
import { Collections } from "./collections.ts";
import type { Counts } from "./entities.ts";
import { replaceFile } from "./file.ts";
import { dropDamagedKey } from "./key.ts";
import { withLock } from "./lock.ts";
import { formatHeader, parseCommit, parseHeader } from "./record.ts";
import { fileFailure } from "./state-errors.ts";
import { dataFile } from "./store.ts";

/**
 * Removes all objects and all faults. The key stays, unless its file is damaged.
 *
 * @returns how many objects there were; of a damaged log, those that could be read
 * @throws {LocalStateError} when the folder can't be written or locked
 */
export async function resetEmulator(options: { stateDir: string }): Promise<Counts> {
  const path = dataFile(options.stateDir);
  dropDamagedKey(options.stateDir);
  await dropFaults(options.stateDir);
  if (!existsSync(path)) return new Collections().counts();
  return withLock(path, () => {
    const [first = "", ...lines] = readText(path).split("\n");
    const state = new Collections();
    for (const line of lines) {
      for (const change of parseCommit(line) ?? []) state.apply(change);
    }
    replaceFile(path, formatHeader((parseHeader(first)?.generation ?? lines.length) + 1));
    return state.counts();
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw fileFailure(error, path);
  }
}
