/** A folder for the time of one command. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Creates a folder that only this user can use (mode 0700), below the system's folder for temporary files.
 *
 * @returns its path, and a function that removes it with all that is in it
 */
export function makeTemporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "nectar-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
