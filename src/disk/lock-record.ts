/** The record of who holds a lock, next to it (`….holder`), and whether that process is gone. */
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as z from "zod/mini";
import { type FolderOptions, openChecked } from "./checked.ts";

/** This process as recorded in its locks, and how it checks whether another process on this machine is alive. */
export interface LockingProcess {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  readonly isAlive: (pid: number) => boolean;
  readonly clock: { now(): number };
}

/** A lock not touched for this long, in milliseconds, belongs to a dead process. */
export const STALE_MS = 10_000;

/** The latest time that a Date can hold, in milliseconds. */
const LAST_DATE = 8.64e15;
const RECORD_BYTES = 4096;

/** Tells this process from an earlier one with the same PID, for instance before a container restart. */
export const THIS_RUN = randomUUID();

const record = z.object({
  /** Of the lock's folder. */
  identity: z.nullable(z.string()),
  run: z.string(),
  /** Who holds the lock. */
  holder: z.nullable(
    z.object({
      pid: z.number(),
      host: z.string(),
      /** When the lock was taken, in milliseconds since the epoch. */
      startedAt: z.number().check(z.minimum(-LAST_DATE), z.maximum(LAST_DATE)),
      /** The command that is running, safe to show: no secret. */
      command: z.string(),
    }),
  ),
});
export type LockRecord = z.infer<typeof record>;

export function isGone(
  { run, holder }: LockRecord,
  { host, pid, isAlive }: LockingProcess,
): boolean {
  if (holder === null || holder.host !== host) return false;
  return holder.pid === pid ? run !== THIS_RUN : !isAlive(holder.pid);
}

/** Reads the holder's record; null if it is missing or invalid. */
export function readRecord(path: string, options: FolderOptions): LockRecord | null {
  const handle = openChecked(holderOf(path), fs.constants.O_RDONLY, { ...options, secret: false });
  if (handle === null) return null;
  try {
    const bytes = Buffer.alloc(RECORD_BYTES);
    const length = fs.readSync(handle, bytes, 0, RECORD_BYTES, 0);
    const found = record.safeParse(JSON.parse(bytes.toString("utf8", 0, length)));
    return found.success ? found.data : null;
  } catch {
    return null;
  } finally {
    fs.closeSync(handle);
  }
}

export function lockOf(path: string): string {
  return `${path}.lock`;
}

export function holderOf(path: string): string {
  return `${path}.holder`;
}

/** Tells a file or folder from a later one at the same path. */
export function identityOf(path: string): string | null {
  const found = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}:${found.birthtimeNs}`;
}

/** Looks at the lock of a path without taking it. @returns null if there is none */
export function findLock(path: string, options: FolderOptions, by: LockingProcess) {
  const folder = fs.lstatSync(lockOf(path), { throwIfNoEntry: false });
  if (folder === undefined) return null;
  const found = readRecord(path, options);
  const isOwn = found !== null && found.identity === identityOf(lockOf(path));
  const isOld = by.clock.now() - folder.mtimeMs > STALE_MS;
  return {
    /** Who holds it, if that is recorded. */
    holder: isOwn ? found.holder : null,
    /** Its process is gone; the next run takes it over. */
    isStale: isOwn && found.holder?.host === by.host ? isGone(found, by) : isOld,
  };
}
