/**
 * Where Node may keep compiled code between runs: code that is read from there runs as this user, so it is a folder that
 * nobody else can have written to. Loaded before the rest of the tool, so it stays small.
 */
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { findPlaces } from "./paths.ts";

type Runtime = Pick<NodeJS.Process, "env" | "platform" | "cwd"> & {
  readonly getuid?: (() => number) | undefined;
};

const WRITABLE_BY_OTHERS = 0o022;
/** Only the owner of an entry may rename or remove it, as in /tmp. */
const STICKY = 0o1000;

/**
 * The folder, below the state folder. Makes it, and what is missing above it, for this user alone.
 *
 * @param runtime the process that is to use it
 * @returns null where the user decides on Node's cache, or where the folder, or one above it, is not safe
 * @throws Error where it can't be made or looked at
 */
export function findCacheFolder(runtime: Runtime): string | null {
  const { env, platform } = runtime;
  if (env["NODE_DISABLE_COMPILE_CACHE"] || env["NODE_COMPILE_CACHE"]) return null;
  const uid = platform === "win32" ? undefined : runtime.getuid?.();
  const { stateDir } = findPlaces({ env, platform, home: homedir(), cwd: runtime.cwd() });
  if (!isUnderSafe(dirname(stateDir), uid)) return null;
  const folder = join(stateDir, "compile-cache");
  for (const path of [stateDir, folder]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    if (!found.isDirectory()) return null;
    if (uid !== undefined && (found.uid !== uid || found.mode & WRITABLE_BY_OTHERS)) return null;
  }
  return realpathSync.native(folder);
}

/** Whether nobody but this user and the system's can put something else in the place of a folder, or of one above it. */
function isUnderSafe(folder: string, uid: number | undefined): boolean {
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

/** The first of the folders above that exists, without links. */
function nearest(folder: string): string {
  let path = folder;
  while (lstatSync(path, { throwIfNoEntry: false }) === undefined && path !== dirname(path))
    path = dirname(path);
  return realpathSync.native(path);
}
