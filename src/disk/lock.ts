/**
 * A lock between the processes of one machine: proper-lockfile's folder next to the path (`….lock`), plus a record of
 * the holder (`….holder`), so that the lock of a dead process is taken over at once. Holds no data. Reads ignore it.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { dirname } from "node:path";
import { codeOf, LocalStateError } from "../errors.ts";
import { ensureFolder, type FolderOptions } from "./checked.ts";
import { notWritable } from "./disk-errors.ts";
import {
  holderOf,
  identityOf,
  isGone,
  type LockingProcess,
  type LockRecord,
  lockOf,
  readRecord,
  STALE_MS,
  THIS_RUN,
} from "./lock-record.ts";
import { removeLeftovers } from "./temporary-file.ts";

export type { LockingProcess } from "./lock-record.ts";

export interface LockOptions extends FolderOptions, LockingProcess {
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitMs: number;
}

export interface ShortLockOptions extends FolderOptions {
  /** Without it the lock has no named holder, and after a kill it is free only once it is stale. */
  readonly by?: LockingProcess | undefined;
}

/** A lock held by this process. */
export interface HeldLock {
  /** False once another process has taken it as stale, while this one stalled. */
  isMine(): boolean;
  /** @throws LocalStateError `lock_lost` unless it is still held. Call it right before writing */
  check(): void;
  release(): Promise<void>;
}

const RECHECK_MS = 250;

/** About half a second of pauses, the first ones tiny: most locks are held for a few milliseconds. */
const FIRST_ROUND = { retries: 22, factor: 1.3, minTimeout: 2, maxTimeout: 40, randomize: true };
/** Twelve pauses of 40 to 50 ms. */
const ROUND = { retries: 11, factor: 1, minTimeout: 40, maxTimeout: 50, randomize: true };
/** All rounds together take longer than the stale time and at most 13 seconds. */
const ROUNDS = 24;

/**
 * Takes a lock for a whole run.
 *
 * @param what what is locked, as shown to the user: `the profile "acme"`
 * @throws LocalStateError `locked`, naming the holder, if another run still holds it after `waitMs`;
 *   `folder_not_writable`, `unsafe_permissions`
 */
export async function takeLock(
  path: string,
  what: string,
  options: LockOptions,
): Promise<HeldLock> {
  const { clock, signal, waitMs } = options;
  ensureFolder(dirname(path), options);
  const until = clock.now() + waitMs;
  for (;;) {
    signal.throwIfAborted();
    const lock = await attempt(path, what, { ...options, by: options });
    if (lock !== null) return lock;
    const found = readRecord(path, options);
    // A lock without a record means that its process was killed right after taking it: wait until it is stale.
    const graceMs = found === null ? STALE_MS + RECHECK_MS : 0;
    if (clock.now() >= until + graceMs) throw locked(what, path, found);
    await clock.sleep(RECHECK_MS, signal);
  }
}

/**
 * Runs `work` while holding the lock of a path. The file need not exist; its folder is created. Not for long work.
 *
 * @throws LocalStateError `locked` if others hold the lock for about twelve seconds; `folder_not_writable`,
 *   `unsafe_permissions`
 */
export async function withLock<T>(
  path: string,
  options: ShortLockOptions,
  work: (lock: HeldLock) => T | Promise<T>,
): Promise<T> {
  ensureFolder(dirname(path), options);
  const lock = await takeShort(path, options);
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

/**
 * Takes a lock if it is free.
 *
 * @returns null if it is held, by this or any other process
 * @throws LocalStateError `folder_not_writable`, `unsafe_permissions`
 */
export async function tryLock(path: string, options: ShortLockOptions): Promise<HeldLock | null> {
  ensureFolder(dirname(path), options);
  return attempt(path, path, options);
}

function lockLost(what: string): LocalStateError {
  return new LocalStateError(
    "lock_lost",
    `another run has taken over ${what}, because this one stalled for a while; this run writes nothing more`,
    { retryable: true, hint: "Run the same command again: it checks what exists first." },
  );
}

async function takeShort(path: string, options: ShortLockOptions): Promise<HeldLock> {
  const before = { identity: identityOf(lockOf(path)), touched: touchedAt(path) };
  for (let round = 0; round < ROUNDS; round += 1) {
    const lock = await attempt(path, path, options, round === 0 ? FIRST_ROUND : ROUND);
    if (lock !== null) return lock;
  }
  // A live holder touches its lock. An untouched lock has no holder, even if its mtime lies in the future.
  if (before.touched !== null && before.touched === touchedAt(path)) {
    removeDead(path, before.identity);
    const lock = await attempt(path, path, options, ROUND);
    if (lock !== null) return lock;
  }
  throw locked(path, path, readRecord(path, options));
}

/** @returns null if another process holds the lock */
async function attempt(
  path: string,
  what: string,
  options: ShortLockOptions,
  retries: typeof ROUND | 0 = 0,
): Promise<HeldLock | null> {
  const { by } = options;
  // Loaded lazily, so that read-only commands don't pay for it. A bundle exposes only a CommonJS package's default.
  const { default: lockfile } = await import("proper-lockfile");
  const own: Own = { folder: null, record: null, isLost: false, isTakenOver: false };
  try {
    if (by !== undefined) own.isTakenOver = removeIfDead(path, options, by);
    const release = await lockfile.lock(path, {
      lockfilePath: lockOf(path),
      realpath: false,
      stale: STALE_MS,
      retries,
      fs: filesFor(path, own),
      onCompromised: () => {
        own.isLost = true;
      },
    });
    const releaseQuietly = () => release().catch(() => undefined);
    if (hasFolder(path, own)) own.record = writeRecord(path, own, by);
    if (!isMine(path, own)) {
      await releaseQuietly();
      return null;
    }
    // Only a killed writer leaves any, and its lock with them: listing the folder each time would be slow.
    if (own.isTakenOver) removeLeftovers(path);
    return {
      isMine: () => isMine(path, own),
      check() {
        if (!isMine(path, own)) throw lockLost(what);
      },
      async release() {
        // The record goes first: once the lock is gone, it could be the next holder's.
        if (isMine(path, own)) fs.rmSync(holderOf(path), { force: true });
        // A lock that can't be removed expires as stale.
        await releaseQuietly();
      },
    };
  } catch (error) {
    if (codeOf(error) === "ELOCKED") return null;
    throw notWritable(dirname(path), codeOf(error), options.movedBy) ?? error;
  }
}

/** The identities of the parts of a lock that this process created, and what became of it. */
interface Own {
  folder: string | null;
  record: string | null;
  isLost: boolean;
  isTakenOver: boolean;
}

function hasFolder(path: string, { folder }: Own): boolean {
  return folder !== null && identityOf(lockOf(path)) === folder;
}

/** Two processes that clear the same stale lock may both create one; only one folder and one record survive. */
function isMine(path: string, own: Own): boolean {
  const { record, isLost } = own;
  return (
    !isLost && record !== null && hasFolder(path, own) && identityOf(holderOf(path)) === record
  );
}

type Done<T> = (error: Error | null, value?: T) => void;

/**
 * The file system for proper-lockfile. It would remove whatever is at the path; this limits it to the stale lock that
 * it checked, or the one that it created. Synchronous, because each call takes less time than leaving this thread.
 */
function filesFor(path: string, own: Own) {
  let seen: string | null = null;
  return {
    stat(folder: string, done: Done<fs.Stats>) {
      seen = identityOf(folder);
      settle(done, () => fs.statSync(folder));
    },
    utimes(folder: string, accessed: Date, modified: Date, done: Done<void>) {
      settle(done, () => fs.utimesSync(folder, accessed, modified));
    },
    mkdir(folder: string, done: Done<void>) {
      settle(done, () => {
        fs.mkdirSync(folder, 0o700);
        // A folder that is already gone is not a lock.
        own.folder = identityOf(folder) ?? "";
      });
    },
    rmdir(folder: string, done: Done<void>) {
      settle(done, () => {
        if (own.folder === null) own.isTakenOver = removeDead(path, seen);
        else if (hasFolder(path, own)) fs.rmdirSync(folder);
      });
    },
    /** Called when the process exits. */
    rmdirSync(folder: string) {
      if (isMine(path, own)) fs.rmSync(holderOf(path), { force: true });
      if (hasFolder(path, own)) fs.rmdirSync(folder);
    },
  };
}

function settle<T>(done: Done<T>, work: () => T): void {
  let value: T;
  try {
    value = work();
  } catch (error) {
    done(error instanceof Error ? error : new Error("can't use a lock"));
    return;
  }
  done(null, value);
}

/** Removes the lock of a dead process on this machine; returns whether there was one. */
function removeIfDead(path: string, options: FolderOptions, by: LockingProcess): boolean {
  const dead = readRecord(path, options);
  const identity = identityOf(lockOf(path));
  if (dead === null || dead.identity !== identity || !isGone(dead, by)) return false;
  return removeDead(path, identity);
}

/**
 * Removes a dead lock. If several processes find it, only the one that manages to rename its record does so. A new lock
 * at the same path, and its record, are left alone. Returns whether it was found dead.
 */
function removeDead(path: string, identity: string | null): boolean {
  const claimed = `${holderOf(path)}.${randomBytes(8).toString("hex")}`;
  const isRecorded = identityOf(holderOf(path)) !== null;
  if (isRecorded && !succeeds("ENOENT", () => fs.renameSync(holderOf(path), claimed))) return true;
  if (identityOf(lockOf(path)) === identity) {
    succeeds("ENOENT", () => fs.rmdirSync(lockOf(path)));
  } else if (isRecorded) {
    succeeds("EEXIST", () => fs.linkSync(claimed, holderOf(path)));
  }
  fs.rmSync(claimed, { force: true });
  return true;
}

/** @returns the record's identity; null if another process wrote it */
function writeRecord(path: string, own: Own, by: LockingProcess | undefined): string | null {
  const content: LockRecord = {
    identity: own.folder,
    run: THIS_RUN,
    holder:
      by === undefined
        ? null
        : { pid: by.pid, host: by.host, startedAt: by.clock.now(), command: by.command },
  };
  // A leftover of a dead holder. Recreated rather than overwritten, so that a link is never written through.
  fs.rmSync(holderOf(path), { force: true });
  const text = `${JSON.stringify(content)}\n`;
  try {
    fs.writeFileSync(holderOf(path), text, { flag: "wx", mode: 0o600 });
    return identityOf(holderOf(path));
  } catch (error) {
    // Another process that also took the lock has just written its record: it is the holder.
    if (codeOf(error) === "EEXIST") return null;
    throw error;
  }
}

function touchedAt(path: string): bigint | null {
  return fs.lstatSync(lockOf(path), { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? null;
}

/** Whether `work` succeeded; false if it failed with this code. */
function succeeds(code: string, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (codeOf(error) !== code) throw error;
    return false;
  }
}

function locked(what: string, path: string, found: LockRecord | null): LocalStateError {
  const holder = found?.holder ?? null;
  if (holder === null) {
    return new LocalStateError("locked", `another run is working on ${what}`, {
      retryable: true,
      hint: `Wait for it to finish, then run the same command again. If none is running, remove the folder ${lockOf(path)}.`,
    });
  }
  const { command, pid, host, startedAt } = holder;
  const since = new Date(startedAt).toISOString();
  return new LocalStateError(
    "locked",
    `another run is working on ${what}: ${command}, process ${pid} on ${host}, since ${since}`,
    {
      retryable: true,
      hint: "Wait until it has finished, or let this command wait with --wait-lock 2m.",
    },
  );
}
