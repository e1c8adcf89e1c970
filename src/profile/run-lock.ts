/**
 * One run at a time for what writes to an account: a file that names its owner. It holds no data, so it is never worth
 * keeping: the lock of a process that is gone is taken over. Reading commands never look at it.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { LocalStateError } from "../errors.ts";
import { writePrivateFile } from "./atomic-file.ts";
import { withLock } from "./lock.ts";
import { ensureFolder } from "./paths.ts";
import { readPrivateFile } from "./private-file.ts";

/** The last instant that a Date can hold, in milliseconds. */
const LAST_DATE = 8.64e15;

const owner = z.object({
  /** Tells this owner from every other, also from one with the same process ID. */
  token: z.string(),
  pid: z.number(),
  host: z.string(),
  startedAt: z.number().check(z.maximum(LAST_DATE)),
  /** When the owner was last known to work. Milliseconds since the epoch. */
  beatAt: z.number(),
  command: z.string(),
});
type Owner = z.infer<typeof owner>;

export interface RunLockOptions {
  readonly folder: string;
  readonly profile: string;
  readonly pid: number;
  readonly host: string;
  /** The process's user; without it the owner of the files is not checked. */
  readonly uid?: number | undefined;
  /** What runs, in words that may be shown: no secret. */
  readonly command: string;
  readonly newToken: () => string;
  readonly isAlive: (pid: number) => boolean;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitMs: number;
}

export interface RunLock {
  /** Throws LocalStateError `lock_lost` when another run has taken over. */
  check(): void;
  release(): Promise<void>;
}

const BEAT_MS = 5_000;
/** An owner that has not been heard of for this long is taken for gone, whatever its process ID says. */
const SILENT_MS = 30_000;
const LOOK_AGAIN_MS = 250;

/**
 * Takes the lock of a profile.
 *
 * @throws LocalStateError `locked`, naming the owner, when another run holds it and `waitMs` have passed
 */
export async function takeRunLock(options: RunLockOptions): Promise<RunLock> {
  const { folder, profile, clock, signal } = options;
  await ensureFolder(folder, "NECTAR_STATE_DIR");
  const file = join(folder, `${profile}.json`);
  // Refuses a folder or file that somebody else could have put there.
  readPrivateFile(file, { secret: false, uid: options.uid });
  const now = clock.now();
  const mine: Owner = {
    token: options.newToken(),
    pid: options.pid,
    host: options.host,
    startedAt: now,
    beatAt: now,
    command: options.command,
  };
  const until = now + options.waitMs;
  for (;;) {
    const other = await takeOver(file, mine, options);
    if (other === null) break;
    if (clock.now() >= until) throw busy(other, profile);
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
  const done = new AbortController();
  beat(file, mine, clock, done.signal);
  return {
    check() {
      if (read(file)?.token !== mine.token) throw lost(profile);
    },
    async release() {
      done.abort();
      await within(file, async () => {
        if (read(file)?.token === mine.token) rmSync(file, { force: true });
      });
    },
  };
}

/** Makes the file ours unless a living run holds it. Returns that run. */
async function takeOver(file: string, mine: Owner, options: RunLockOptions): Promise<Owner | null> {
  return within(file, async () => {
    const other = read(file);
    if (other !== null && isHeld(other, options)) return other;
    await write(file, { ...mine, beatAt: options.clock.now() });
    return null;
  });
}

function isHeld(other: Owner, { host, pid, isAlive, clock }: RunLockOptions): boolean {
  if (Math.abs(clock.now() - other.beatAt) > SILENT_MS) return false;
  // Our own process ID in somebody else's lock: a container was started again, and its owner is gone.
  return other.host !== host || (other.pid !== pid && isAlive(other.pid));
}

/** Says from time to time that this run goes on. */
async function beat(
  file: string,
  mine: Owner,
  clock: RunLockOptions["clock"],
  done: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await clock.sleep(BEAT_MS, done);
      await within(file, async () => {
        if (read(file)?.token === mine.token) await write(file, { ...mine, beatAt: clock.now() });
      });
    }
  } catch {
    // Ended, or not able to write: `check` tells whether the lock is ours still.
  }
}

function within<Value>(file: string, action: () => Promise<Value>): Promise<Value> {
  return withLock(file, { movedBy: "NECTAR_STATE_DIR" }, action);
}

/** A lock that can't be understood protects nobody: it counts as none. */
function read(file: string): Owner | null {
  try {
    const found = owner.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return found.success ? found.data : null;
  } catch {
    return null;
  }
}

function write(file: string, content: Owner): Promise<void> {
  return writePrivateFile(file, `${JSON.stringify(content)}\n`, "NECTAR_STATE_DIR");
}

function busy(other: Owner, profile: string): LocalStateError {
  const since = new Date(other.startedAt).toISOString();
  return new LocalStateError(
    "locked",
    `another run writes with the profile "${profile}": ${other.command}, process ${other.pid} on ${other.host}, since ${since}`,
    {
      retryable: true,
      hint: "Wait until it has ended, or let this command wait with --wait-lock 2m.",
    },
  );
}

function lost(profile: string): LocalStateError {
  return new LocalStateError(
    "lock_lost",
    `another run has taken over the profile "${profile}", because this one was silent for long; it creates nothing more`,
    { retryable: true, hint: "Run the same command again: it looks before it creates." },
  );
}
