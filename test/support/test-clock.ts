/** A clock that a test turns by hand: sleeping moves it and takes no time. */
export interface TestClock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** What was slept, in order, in milliseconds. */
  readonly slept: readonly number[];
}

export function testClock(start = Date.UTC(2026, 5, 15, 12)): TestClock {
  let now = start;
  const slept: number[] = [];
  return {
    now: () => now,
    slept,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
  };
}

/** The sleeps that are timers and not pauses in a command's work: the limit of the look for data, and its deadline. */
const DATA_MS = 5_000;
const MINUTE_MS = 60_000;

/** A clock for whole commands: pauses take no time, and timers never fire by themselves. */
export function workClock(start = Date.now()): TestClock {
  const clock = testClock(start);
  return {
    ...clock,
    sleep: (ms, signal) =>
      ms === DATA_MS || ms >= MINUTE_MS
        ? new Promise<void>((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          })
        : clock.sleep(ms, signal),
  };
}
