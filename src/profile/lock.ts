/**
 * A short critical section between processes, around reading, changing and writing one file.
 * Not for long work: a holder that is stopped for longer than the stale time loses its lock.
 */
import { access, constants, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { LocalStateError } from "../errors.ts";
import { codeOf, notWritable, type PlaceVariable } from "./trouble.ts";

/** A lock whose holder has not touched it for this long, in milliseconds, belongs to a process that is gone. */
const STALE_MS = 5_000;
/** Small random pauses, from 30 to 60 ms. */
const PAUSES = { factor: 1, minTimeout: 30, maxTimeout: 60, randomize: true };
/** So many pauses are certainly longer than the stale time. */
const FIRST_ROUND = 170;
/** Both rounds together take about ten seconds. */
const SECOND_ROUND = 60;

export interface LockOptions {
  /** The variable that moves the file's folder elsewhere, for a message. */
  readonly movedBy?: PlaceVariable | undefined;
}

/**
 * Runs `action` while no other process is inside for the same path. The file need not exist, its folder must.
 *
 * @throws LocalStateError `locked` when others hold the lock for about ten seconds, or took it away meanwhile;
 *   `folder_not_writable` when the folder refuses it
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  action: () => Promise<T>,
): Promise<T> {
  const lockPath = `${path}.lock`;
  try {
    // The lock library would try again and again, whatever the reason; this one is told at once.
    await access(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(dirname(path), error, options.movedBy) ?? error;
  }
  const held = await take(path, lockPath);
  const isOurs = async (): Promise<boolean> =>
    !held.isLost() && (await identityOf(lockPath)) === held.identity;
  try {
    const outcome = await action();
    if (await isOurs()) return outcome;
    throw new LocalStateError("locked", `another run took over ${path} while it was written`, {
      hint: "Run the same command again.",
      retryable: true,
    });
  } finally {
    // A lock that was lost is another run's by now. One that can't be released is free after the stale time.
    if (await isOurs()) await held.release().catch(() => undefined);
  }
}

interface Held {
  /** Tells this lock from the next one at the same place. */
  readonly identity: string | null;
  isLost(): boolean;
  release(): Promise<void>;
}

async function take(path: string, lockPath: string): Promise<Held> {
  // A CommonJS package, of which a bundle offers the default only.
  const { default: lockfile } = await import("proper-lockfile");
  let lost = false;
  const attempt = async (retries: number): Promise<Held | null> => {
    try {
      const release = await lockfile.lock(path, {
        lockfilePath: lockPath,
        realpath: false,
        stale: STALE_MS,
        retries: { ...PAUSES, retries },
        onCompromised: () => {
          lost = true;
        },
      });
      return { identity: await identityOf(lockPath), isLost: () => lost, release };
    } catch (error) {
      if (codeOf(error) === "ELOCKED") return null;
      throw error;
    }
  };
  const before = await touchedAt(lockPath);
  const first = await attempt(FIRST_ROUND);
  if (first !== null) return first;
  // A living holder touches its lock. One that has stayed as it was has none, even when its time lies in the future.
  if (before !== null && before === (await touchedAt(lockPath))) {
    await rmdir(lockPath).catch(() => undefined);
  }
  const second = await attempt(SECOND_ROUND);
  if (second !== null) return second;
  throw new LocalStateError("locked", `another run keeps ${path} locked`, {
    hint: `Wait for it to end and run the same command again. If none is running, remove the folder ${lockPath}.`,
    retryable: true,
  });
}

async function identityOf(lockPath: string): Promise<string | null> {
  const found = await stat(lockPath, { bigint: true }).catch(() => null);
  return found === null ? null : `${found.dev}:${found.ino}:${found.birthtimeNs}`;
}

async function touchedAt(lockPath: string): Promise<bigint | null> {
  const found = await stat(lockPath, { bigint: true }).catch(() => null);
  return found === null ? null : found.mtimeNs;
}
