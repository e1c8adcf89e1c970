/** The writes of one process to a shared log: those that wait while the lock is being taken go together under it, each a commit of its own. */
import { lockLost, withLock } from "../../disk/lock.ts";
import type { View } from "./collections.ts";
import type { Change } from "./entities.ts";
import type { FilePlace } from "./folder.ts";
import type { ChangeLog } from "./log.ts";

/** How often writes start over after losing their lock; it takes a process that sleeps at the wrong moment to lose it once. */
const ATTEMPTS = 5;

/** How many go under one lock: others wait for it, too. */
const MOST_AT_ONCE = 64;

export type Decide<T> = (view: View, changes: Change[]) => T;

/** One write that waits. */
interface Waiting {
  /** @returns what tells the caller how it went; null when the lock was lost and nothing is written */
  commit(stillMine: () => boolean): (() => void) | null;
  fail(error: unknown): void;
}

export class WriteQueue {
  readonly #log: ChangeLog;
  readonly #path: string;
  readonly #place: FilePlace;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  constructor(log: ChangeLog, path: string, place: FilePlace) {
    this.#log = log;
    this.#path = path;
    this.#place = place;
  }

  /** Commits after everything that was asked for before, and tells its outcome when the lock is free again. */
  write<T>(decide: Decide<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        commit: (stillMine) => this.#commit(decide, stillMine, resolve, reject),
        fail: reject,
      });
      this.#running ??= this.#run();
    });
  }

  /** Waits until nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** Never rejects: every failure is told to whoever asked for the write. */
  async #run(): Promise<void> {
    // One lock after the other, so that this process never waits for a lock of its own.
    while (this.#waiting.length > 0) await this.#together(this.#waiting.splice(0, MOST_AT_ONCE));
    this.#running = null;
  }

  async #together(writes: Waiting[]): Promise<void> {
    try {
      for (let left = ATTEMPTS; writes.length > 0; left -= 1) {
        if (left === 0) throw lockLost(this.#path);
        const done = await withLock(this.#path, this.#place, (stillMine) =>
          commitAll(writes, stillMine),
        );
        if (done.length > 0) left = ATTEMPTS;
        for (const tell of done) tell();
      }
    } catch (error) {
      for (const write of writes) write.fail(error);
    }
  }

  #commit<T>(
    decide: Decide<T>,
    stillMine: () => boolean,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): (() => void) | null {
    try {
      let tell: (() => void) | null = null;
      const done = this.#log.commit(() => {
        const changes: Change[] = [];
        const value = decide(this.#log.state, changes);
        tell = () => resolve(value);
        return changes;
      }, stillMine);
      return done ? tell : null;
    } catch (error) {
      return () => reject(error);
    }
  }
}

/** Takes from the front of a list what is committed, up to the one that lost the lock. */
function commitAll(writes: Waiting[], stillMine: () => boolean): (() => void)[] {
  const done: (() => void)[] = [];
  for (let next = writes[0]; next !== undefined; next = writes[0]) {
    const tell = next.commit(stillMine);
    if (tell === null) break;
    writes.shift();
    done.push(tell);
  }
  return done;
}
