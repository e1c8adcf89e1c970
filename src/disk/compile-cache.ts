/**
 * Where Node may cache compiled code between runs. Cached code runs as this user, so no other user may be able to write
 * to the folder. Loaded before the rest of the tool, so keep it small.
 */
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { COMPILE_CACHE } from "./own-files.ts";
import { findPlaces } from "./paths.ts";

type Runtime = Pick<NodeJS.Process, "env" | "platform" | "cwd"> & {
  readonly getuid?: (() => number) | undefined;
};

const WRITABLE_BY_OTHERS = 0o022;
/** Only an entry's owner may rename or remove it, as in /tmp. */
const STICKY = 0o1000;

/**
 * Finds the cache folder below the state folder, and creates it and any missing parents with mode 0700.
 *
 * @param runtime the process that will use it
 * @returns null if the user configures Node's cache, or if the folder or one above it is not safe
 * @throws Error if it can't be created or read
 */
export function findCacheFolder(runtime: Runtime): string | null {
  const { env, platform } = runtime;
  if (env["NODE_DISABLE_COMPILE_CACHE"] || env["NODE_COMPILE_CACHE"]) return null;
  const uid = platform === "win32" ? undefined : runtime.getuid?.();
  const { stateDir } = findPlaces({ env, platform, home: homedir(), cwd: runtime.cwd() });
  if (!hasSafeParents(dirname(stateDir), uid)) return null;
  const folder = join(stateDir, COMPILE_CACHE);
  for (const path of [stateDir, folder]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    if (!found.isDirectory()) return null;
    if (uid !== undefined && (found.uid !== uid || found.mode & WRITABLE_BY_OTHERS)) return null;
  }
  return realpathSync.native(folder);
}

/** Whether only this user and root can replace a folder or any of its parents. */
function hasSafeParents(folder: string, uid: number | undefined): boolean {
  if (uid === undefined) return true;
  let path = nearest(folder);
  for (;;) {
    const found = lstatSync(path);
    if (found.uid !== uid && found.uid !== 0) return false;
    if (found.mode & WRITABLE_BY_OTHERS && !(found.mode & STICKY)) return false;
    if (path === dirname(path)) return true;
    path = dirname(path);
  }
}

/** The nearest existing parent, or the folder itself, with links resolved. */
function nearest(folder: string): string {
  let path = folder;
  while (lstatSync(path, { throwIfNoEntry: false }) === undefined && path !== dirname(path))
    path = dirname(path);
  return realpathSync.native(path);
}
