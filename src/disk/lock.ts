/**
 * One lock among the processes of a machine: proper-lockfile's folder beside the path (`….lock`), and a record of who
 * holds it (`….holder`), so that the lock of a process that is gone is taken over at once. It holds no data, so it is
 * never worth keeping. Reading never looks at it.
 */
import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { dirname } from "node:path";
import * as z from "zod/mini";
import { LocalStateError } from "../errors.ts";
import { ensureFolder, type FolderOptions, openChecked } from "./checked.ts";
import { codeOf, notWritable } from "./disk-errors.ts";
import { removeLeftovers } from "./json-file.ts";

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the lock was taken, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** What runs, in words that may be shown: no secret. */
  readonly command: string;
}

/** This process, as its locks name it, and how it tells whether another one of this machine runs. */
export interface LockingProcess {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  readonly isAlive: (pid: number) => boolean;
  readonly clock: { now(): number };
}

export interface LockOptions extends FolderOptions, LockingProcess {
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitMs: number;
}

export interface ShortLockOptions extends FolderOptions {
  /** Without it the lock names nobody, and after a kill it is free when it is stale. */
  readonly by?: LockingProcess | undefined;
}

export interface HeldLock {
  /** Throws LocalStateError `lock_lost` when another run has taken it over. */
  check(): void;
  release(): Promise<void>;
}

/** A lock whose holder has not touched it for this long, in milliseconds, belongs to a process that is gone. */
const STALE_MS = 10_000;
const LOOK_AGAIN_MS = 250;

/** Some half second of pauses, the first of them tiny: most holders are inside for a few milliseconds. */
const FIRST_ROUND = { retries: 22, factor: 1.3, minTimeout: 2, maxTimeout: 40, randomize: true };
/** Twelve pauses of 40 to 50 ms. */
const ROUND = { retries: 11, factor: 1, minTimeout: 40, maxTimeout: 50, randomize: true };
/** All rounds together are longer than the stale time, and take at most 13 seconds. */
const ROUNDS = 24;

/** The last instant that a Date can hold, in milliseconds. */
const LAST_DATE = 8.64e15;
const RECORD_BYTES = 4096;

/** Tells this process from an earlier one that had the same ID, for instance before a container was started again. */
const THIS_RUN = randomUUID();

const record = z.object({
  /** Of the lock's folder. */
  identity: z.nullable(z.string()),
  run: z.string(),
  holder: z.nullable(
    z.object({
      pid: z.number(),
      host: z.string(),
      startedAt: z.number().check(z.minimum(-LAST_DATE), z.maximum(LAST_DATE)),
      command: z.string(),
    }),
  ),
});
type LockRecord = z.infer<typeof record>;

/** A lock that this process has taken. */
export interface Taken {
  /** Whether it is still held: it can be lost to a process that took it for stale while this one stood still. */
  isMine(): boolean;
  release(): Promise<void>;
}

/**
 * Takes a lock for the time of a whole run.
 *
 * @param what what is locked, as it is called to a person: `the profile "acme"`
 * @throws LocalStateError `locked`, naming the holder, when another run holds it and `waitMs` have passed;
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
    const taken = await attempt(path, options, options);
    if (taken !== null) {
      const check = () => {
        if (!taken.isMine()) throw lockLost(what);
      };
      return { check, release: () => taken.release() };
    }
    const found = readRecord(path, options);
    // A lock has its record at once, unless its process was killed in between: then it is free when it is stale.
    const graceMs = found === null ? STALE_MS + LOOK_AGAIN_MS : 0;
    if (clock.now() >= until + graceMs) throw locked(what, path, found);
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

/**
 * Runs some work while no other process is inside for the same path. The file need not exist; its folder is made.
 * Not for long work.
 *
 * @param work is told whether the lock is still held: it can be lost to a process that took it for stale while this one
 *   was stopped. Ask right before writing.
 * @throws LocalStateError `locked` when others hold the lock for some twelve seconds; `folder_not_writable`,
 *   `unsafe_permissions`
 */
export async function withLock<T>(
  path: string,
  options: ShortLockOptions,
  work: (stillMine: () => boolean) => T | Promise<T>,
): Promise<T> {
  ensureFolder(dirname(path), options);
  const taken = await takeShort(path, options);
  try {
    return await work(() => taken.isMine());
  } finally {
    await taken.release();
  }
}

/**
 * Takes a lock if nobody holds it.
 *
 * @returns null when somebody does, in whichever process
 * @throws LocalStateError `folder_not_writable`, `unsafe_permissions`
 */
export async function tryLock(path: string, options: ShortLockOptions): Promise<Taken | null> {
  ensureFolder(dirname(path), options);
  return attempt(path, options, options.by);
}

/** The error for work that lost its lock on the way. */
export function lockLost(what: string): LocalStateError {
  return new LocalStateError(
    "lock_lost",
    `another run has taken over ${what}, because this one stood still for a while; it writes nothing more`,
    { retryable: true, hint: "Run the same command again: it looks before it creates." },
  );
}

async function takeShort(path: string, options: ShortLockOptions): Promise<Taken> {
  const before = { identity: identityOf(lockOf(path)), touched: touchedAt(path) };
  for (let round = 0; round < ROUNDS; round += 1) {
    const taken = await attempt(path, options, options.by, round === 0 ? FIRST_ROUND : ROUND);
    if (taken !== null) return taken;
  }
  // A living holder touches its lock. One that has stayed as it was has none, even when its time lies in the future.
  if (before.touched !== null && before.touched === touchedAt(path)) {
    removeDead(path, before.identity);
    const taken = await attempt(path, options, options.by, ROUND);
    if (taken !== null) return taken;
  }
  throw locked(path, path, readRecord(path, options));
}

/** @returns null when another process holds the lock */
async function attempt(
  path: string,
  options: FolderOptions,
  by: LockingProcess | undefined,
  retries: typeof ROUND | 0 = 0,
): Promise<Taken | null> {
  // Loaded on the first write, so that a command that only reads never pays for it.
  // A CommonJS package, of which a bundle offers the default only.
  const { default: lockfile } = await import("proper-lockfile");
  const own: Own = { folder: null, record: null, isLost: false };
  try {
    if (by !== undefined) clearDead(path, options, by);
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
    const giveUp = () => release().catch(() => undefined);
    if (isThere(path, own)) own.record = writeRecord(path, own, by);
    if (!isMine(path, own)) {
      await giveUp();
      return null;
    }
    removeLeftovers(path);
    return {
      isMine: () => isMine(path, own),
      async release() {
        // First the record: what stands in it after the lock is gone could be the next holder's.
        if (isMine(path, own)) fs.rmSync(holderOf(path), { force: true });
        // A lock that can't be removed is free when it is stale.
        await giveUp();
      },
    };
  } catch (error) {
    if (codeOf(error) === "ELOCKED") return null;
    throw notWritable(dirname(path), error, options.movedBy) ?? error;
  }
}

/** What this process has made of a lock. */
interface Own {
  /** The identity of its folder. */
  folder: string | null;
  /** The identity of its record. */
  record: string | null;
  isLost: boolean;
}

function isThere(path: string, { folder }: Own): boolean {
  return folder !== null && identityOf(lockOf(path)) === folder;
}

/** Two that clear the same stale lock may both make their own. One of the two folders stays, and one of the records. */
function isMine(path: string, own: Own): boolean {
  const { record, isLost } = own;
  return !isLost && record !== null && isThere(path, own) && identityOf(holderOf(path)) === record;
}

type Done = (error: Error | null) => void;

/**
 * What proper-lockfile works with. It would remove whatever stands at the path; here that is the stale lock that it has
 * looked at, or the one that it has made.
 */
function filesFor(path: string, own: Own) {
  let seen: string | null = null;
  return {
    utimes: fs.utimes,
    stat(folder: string, done: (error: Error | null, found: fs.Stats) => void) {
      seen = identityOf(folder);
      fs.stat(folder, done);
    },
    mkdir(folder: string, done: Done) {
      fs.mkdir(folder, (error) => {
        // One that is gone already is no lock's.
        if (error === null) own.folder = identityOf(folder) ?? "";
        done(error);
      });
    },
    rmdir(folder: string, done: Done) {
      try {
        if (own.folder === null) removeDead(path, seen);
        else if (isThere(path, own)) fs.rmdirSync(folder);
      } catch (error) {
        done(error instanceof Error ? error : new Error("can't remove a lock"));
        return;
      }
      done(null);
    },
    /** When the process ends. */
    rmdirSync(folder: string) {
      if (isMine(path, own)) fs.rmSync(holderOf(path), { force: true });
      if (isThere(path, own)) fs.rmdirSync(folder);
    },
  };
}

/** Removes the lock of a process of this machine that is gone. */
function clearDead(path: string, options: FolderOptions, by: LockingProcess): void {
  const dead = readRecord(path, options);
  const identity = identityOf(lockOf(path));
  if (dead !== null && dead.identity === identity && isGone(dead, by)) removeDead(path, identity);
}

/**
 * Removes a lock that nobody holds. Of many who find it only one does: the one that gets hold of its record, under another
 * name. The next lock at the same place stays, and its record.
 */
function removeDead(path: string, identity: string | null): void {
  const claimed = `${holderOf(path)}.${randomBytes(8).toString("hex")}`;
  const isRecorded = identityOf(holderOf(path)) !== null;
  if (isRecorded && !succeeds("ENOENT", () => fs.renameSync(holderOf(path), claimed))) return;
  if (identityOf(lockOf(path)) === identity) {
    succeeds("ENOENT", () => fs.rmdirSync(lockOf(path)));
  } else if (isRecorded) {
    succeeds("EEXIST", () => fs.linkSync(claimed, holderOf(path)));
  }
  fs.rmSync(claimed, { force: true });
}

function isGone({ run, holder }: LockRecord, { host, pid, isAlive }: LockingProcess): boolean {
  if (holder === null || holder.host !== host) return false;
  return holder.pid === pid ? run !== THIS_RUN : !isAlive(holder.pid);
}

/** @returns the record's identity; null when it is another process's */
function writeRecord(path: string, own: Own, by: LockingProcess | undefined): string | null {
  const content: LockRecord = {
    identity: own.folder,
    run: THIS_RUN,
    holder:
      by === undefined
        ? null
        : { pid: by.pid, host: by.host, startedAt: by.clock.now(), command: by.command },
  };
  // What stands there was left by a holder that is gone. Made anew, so that nothing else can be written through it.
  fs.rmSync(holderOf(path), { force: true });
  const text = `${JSON.stringify(content)}\n`;
  try {
    fs.writeFileSync(holderOf(path), text, { flag: "wx", mode: 0o600 });
    return identityOf(holderOf(path));
  } catch (error) {
    // Another one that believes to hold the lock has just written its own: it is the holder.
    if (codeOf(error) === "EEXIST") return null;
    throw error;
  }
}

/** A record that can't be understood names nobody. */
function readRecord(path: string, options: FolderOptions): LockRecord | null {
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

function lockOf(path: string): string {
  return `${path}.lock`;
}

function holderOf(path: string): string {
  return `${path}.holder`;
}

/** Tells a file or folder from the next one at the same place. */
function identityOf(path: string): string | null {
  const found = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}:${found.birthtimeNs}`;
}

function touchedAt(path: string): bigint | null {
  return fs.lstatSync(lockOf(path), { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? null;
}

/** Whether some work was done, and did not fail with this code. */
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
  const holder: Holder | null = found?.holder ?? null;
  if (holder === null) {
    return new LocalStateError("locked", `another run is working on ${what}`, {
      retryable: true,
      hint: `Wait for it to end and run the same command again. If none is running, remove the folder ${lockOf(path)}.`,
    });
  }
  const { command, pid, host, startedAt } = holder;
  const since = new Date(startedAt).toISOString();
  return new LocalStateError(
    "locked",
    `another run is working on ${what}: ${command}, process ${pid} on ${host}, since ${since}`,
    {
      retryable: true,
      hint: "Wait until it has ended, or let this command wait with --wait-lock 2m.",
    },
  );
}
