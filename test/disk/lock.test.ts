import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LockOptions, takeLock } from "../../src/disk/lock.ts";
import { LocalStateError } from "../../src/errors.ts";

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "nectar-lock-")), "locks");
});
afterEach(() => {
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

/** A clock that a sleep moves; each of them runs a piece of the test first. */
function stepClock(step: (slept: number) => unknown = () => {}) {
  let now = 1_000_000;
  let slept = 0;
  return {
    now: () => now,
    async sleep(ms: number, signal: AbortSignal) {
      signal.throwIfAborted();
      slept += 1;
      await step(slept);
      signal.throwIfAborted();
      now += ms;
    },
  };
}

const options = (more: Partial<LockOptions> = {}): LockOptions => ({
  pid: 100,
  host: "here",
  command: "nectar onboard",
  isAlive: () => true,
  clock: stepClock(),
  signal: new AbortController().signal,
  waitMs: 0,
  movedBy: "NECTAR_STATE_DIR",
  uid: process.getuid?.(),
  ...more,
});

const path = () => join(folder, "acme");
const take = (more: Partial<LockOptions> = {}) =>
  takeLock(path(), 'the profile "acme"', options(more));
const holder = () => JSON.parse(readFileSync(`${path()}.holder`, "utf8")).holder;
/** As if the holder had not been heard of for a minute. */
const silence = () => {
  const then = Date.now() / 1000 - 60;
  utimesSync(`${path()}.lock`, then, then);
};

async function refusal(attempt: Promise<unknown>): Promise<LocalStateError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof LocalStateError) return error;
    throw error;
  }
  throw new Error("expected to be refused");
}

describe("the lock of a run", () => {
  it("names its holder, keeps others out, and leaves nothing behind", async () => {
    const lock = await take();
    expect(statSync(`${path()}.holder`).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(`${path()}.lock`).mode & 0o777).toBe(0o700);
    expect(holder()).toEqual({
      ...{ pid: 100, host: "here", command: "nectar onboard", startedAt: 1_000_000 },
    });
    const error = await refusal(take({ pid: 200 }));
    expect(error).toMatchObject({ code: "locked", retryable: true });
    expect(error.message).toBe(
      'another run is working on the profile "acme": nectar onboard, process 100 on here, since 1970-01-01T00:16:40.000Z',
    );
    expect(error.hint).toContain("--wait-lock");
    lock.check();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await take({ pid: 200 })).release();
  });

  it("is one for each path", async () => {
    const one = await take();
    const other = await takeLock(join(folder, "other"), "the other", options({ pid: 200 }));
    one.check();
    other.check();
    await one.release();
    await other.release();
  });

  it("of a process that is gone blocks nobody", async () => {
    const first = await take();
    const lock = await take({ pid: 200, isAlive: (pid) => pid !== 100 });
    expect(holder().pid).toBe(200);
    expect(() => first.check()).toThrow(expect.objectContaining({ code: "lock_lost" }));
    lock.check();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of a process with our own ID is kept when it is this one, and else gone", async () => {
    await take();
    expect((await refusal(take())).code).toBe("locked");
    const record = JSON.parse(readFileSync(`${path()}.holder`, "utf8"));
    writeFileSync(`${path()}.holder`, JSON.stringify({ ...record, run: "an earlier one" }));
    await (await take()).release();
  });

  it("of another host is kept while it is heard of, and taken over when it is silent", async () => {
    await take({ host: "there" });
    const mine = { isAlive: () => false };
    expect((await refusal(take(mine))).message).toContain("on there");
    silence();
    const lock = await take(mine);
    expect(holder().host).toBe("here");
    await lock.release();
  });

  it("of a process whose ID was given to another is taken over when it is silent", async () => {
    await take();
    silence();
    await (await take({ pid: 200 })).release();
  });

  it("is lost, and says so before anything more is created, when it was taken over", async () => {
    const first = await take();
    silence();
    const second = await take({ pid: 200 });
    expect(() => first.check()).toThrow(/taken over the profile "acme"/);
    await first.release();
    expect(holder().pid).toBe(200);
    second.check();
    await second.release();
  });

  it("is waited for as long as is asked", async () => {
    const first = await take();
    const clock = stepClock((slept) => (slept === 3 ? first.release() : undefined));
    const lock = await take({ pid: 200, clock, waitMs: 1_000 });
    expect(holder().pid).toBe(200);
    await lock.release();
  });

  it("is not waited for longer, and waiting ends with the signal", async () => {
    await take();
    let sleeps = 0;
    const clock = stepClock((slept) => {
      sleeps = slept;
    });
    expect((await refusal(take({ pid: 200, clock, waitMs: 600 }))).code).toBe("locked");
    expect(sleeps).toBe(3);
    const stop = new AbortController();
    const stopping = stepClock(() => stop.abort(new Error("stopped by hand")));
    await expect(
      take({ pid: 200, clock: stopping, waitMs: 600, signal: stop.signal }),
    ).rejects.toThrow("stopped by hand");
  });

  it.each(["{torn", '{"run":7}', "x".repeat(10_000)])(
    "whose record can't be understood names nobody, and is free when it is silent (%.10s)",
    async (text) => {
      mkdirSync(`${path()}.lock`, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      writeFileSync(`${path()}.holder`, text);
      const error = await refusal(take());
      expect(error.message).toBe('another run is working on the profile "acme"');
      expect(error.hint).toContain(`${path()}.lock`);
      silence();
      await (await take()).release();
    },
  );

  it("that was taken this instant is looked at once more, so that its holder is named", async () => {
    await take();
    const record = readFileSync(`${path()}.holder`, "utf8");
    rmSync(`${path()}.holder`);
    const clock = stepClock(() => writeFileSync(`${path()}.holder`, record));
    expect((await refusal(take({ pid: 200, clock }))).message).toContain("process 100 on here");
  });

  it("whose process was killed before it had a record is waited for until it is silent", async () => {
    mkdirSync(`${path()}.lock`, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const clock = stepClock((slept) => (slept === 20 ? silence() : undefined));
    await (await take({ clock })).release();
  });

  it("leaves alone what an earlier one at the same place recorded", async () => {
    const first = await take();
    const record = readFileSync(`${path()}.holder`, "utf8");
    await first.release();
    mkdirSync(`${path()}.lock`);
    writeFileSync(`${path()}.holder`, record);
    expect((await refusal(take({ pid: 200, isAlive: () => false }))).code).toBe("locked");
    expect(existsSync(`${path()}.lock`)).toBe(true);
  });

  it("goes to one of many who come at once", async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => take({ pid: 300 + index })),
    );
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("goes to one of many who find a dead one at once", async () => {
    await take();
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        take({ pid: 300 + index, isAlive: (pid) => pid !== 100 }),
      ),
    );
    const taken = attempts.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(taken).toHaveLength(1);
    taken[0]?.check();
  });

  it("is refused in a folder that another user could write to", async () => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect((await refusal(take())).code).toBe("unsafe_permissions");
    expect(readdirSync(folder)).toEqual([]);
  });
});
