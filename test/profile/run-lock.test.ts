import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalStateError } from "../../src/errors.ts";
import { type RunLockOptions, takeRunLock } from "../../src/profile/run-lock.ts";

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "nectar-lock-")), "locks");
});
afterEach(() => {
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

/** A clock whose sleepers wake when a test moves it. */
function handClock(start = 1_000_000) {
  let now = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        sleepers.push({ at: now + ms, wake: resolve });
      }),
    async move(ms: number) {
      now += ms;
      const due = sleepers.filter(({ at }) => at <= now);
      sleepers = sleepers.filter(({ at }) => at > now);
      for (const { wake } of due) wake();
    },
    sleeping: () => sleepers.length,
  };
}

let tokens = 0;
const options = (more: Partial<RunLockOptions> = {}): RunLockOptions => ({
  folder,
  profile: "acme",
  pid: 100,
  host: "here",
  command: "nectar onboard",
  newToken: () => {
    tokens += 1;
    return `token-${tokens}`;
  },
  isAlive: () => true,
  clock: handClock(),
  signal: new AbortController().signal,
  waitMs: 0,
  ...more,
});

const file = () => join(folder, "acme.json");
const owner = () => JSON.parse(readFileSync(file(), "utf8"));

async function refusal(attempt: Promise<unknown>): Promise<LocalStateError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof LocalStateError) return error;
    throw error;
  }
  throw new Error("expected to be refused");
}

describe("the lock of a profile", () => {
  it("names its owner, keeps others out, and leaves nothing behind", async () => {
    const lock = await takeRunLock(options());
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const error = await refusal(takeRunLock(options({ pid: 200 })));
    expect(error.code).toBe("locked");
    expect(error.message).toMatch(/"acme": nectar onboard, process 100 on here, since \d{4}-/);
    expect(error.hint).toContain("--wait-lock");
    lock.check();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await takeRunLock(options({ pid: 200 }))).release();
  });

  it("is one for each profile", async () => {
    const one = await takeRunLock(options());
    const other = await takeRunLock(options({ profile: "other", pid: 200 }));
    await one.release();
    await other.release();
  });

  it("of a process that is gone blocks nobody", async () => {
    await takeRunLock(options());
    const lock = await takeRunLock(options({ pid: 200, isAlive: (pid) => pid !== 100 }));
    expect(owner().pid).toBe(200);
    await lock.release();
  });

  it("of another host is kept while it is heard of, and taken over when it is silent", async () => {
    const clock = handClock();
    await takeRunLock(options({ host: "there", clock: handClock(clock.now()) }));
    const mine = options({ isAlive: () => false, clock });
    expect((await refusal(takeRunLock(mine))).message).toContain("on there");
    await clock.move(31_000);
    await (await takeRunLock(mine)).release();
  });

  it("of a process whose ID was given to another is taken over when it is silent", async () => {
    const clock = handClock();
    await takeRunLock(options({ clock: handClock(clock.now()) }));
    await clock.move(31_000);
    await (await takeRunLock(options({ pid: 200, clock }))).release();
  });

  it("is lost, and says so before anything more is created, when it was taken over", async () => {
    const clock = handClock();
    const first = await takeRunLock(options({ clock: handClock(clock.now()) }));
    await clock.move(31_000);
    const second = await takeRunLock(options({ pid: 200, clock }));
    expect(() => first.check()).toThrow(/taken over/);
    await first.release();
    expect(owner().pid).toBe(200);
    second.check();
    await second.release();
  });

  it("beats while it is held", async () => {
    const clock = handClock();
    const lock = await takeRunLock(options({ clock }));
    const before = owner().beatAt;
    await clock.move(5_000);
    await expect.poll(() => owner().beatAt).toBe(before + 5_000);
    await expect.poll(() => clock.sleeping()).toBe(1);
    await lock.release();
  });

  it("is waited for as long as is asked", async () => {
    const clock = handClock();
    const first = await takeRunLock(options());
    const second = takeRunLock(options({ pid: 200, clock, waitMs: 1_000 }));
    await expect.poll(() => clock.sleeping()).toBe(1);
    await first.release();
    await clock.move(250);
    const lock = await second;
    expect(owner().pid).toBe(200);
    await lock.release();
  });

  it("is not waited for longer, and waiting ends with the signal", async () => {
    const clock = handClock();
    await takeRunLock(options());
    const late = takeRunLock(options({ pid: 200, clock, waitMs: 300 }));
    late.catch(() => {});
    for (let tries = 0; tries < 3; tries += 1) {
      await expect.poll(() => clock.sleeping() > 0 || clock.now() >= 1_000_300).toBe(true);
      await clock.move(250);
    }
    expect((await refusal(late)).code).toBe("locked");
    const stop = new AbortController();
    const stopped = takeRunLock(options({ pid: 200, clock, waitMs: 300, signal: stop.signal }));
    stopped.catch(() => {});
    await expect.poll(() => clock.sleeping()).toBe(1);
    stop.abort(new Error("stopped by hand"));
    await expect(stopped).rejects.toThrow("stopped by hand");
  });

  it("that can't be understood protects nobody", async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file(), "{torn", { mode: 0o600 });
    const lock = await takeRunLock(options());
    expect(owner().pid).toBe(100);
    await lock.release();
  });

  it("goes to one of many who come at once", async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => takeRunLock(options({ pid: 300 + index }))),
    );
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
