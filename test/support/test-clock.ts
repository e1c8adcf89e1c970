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
