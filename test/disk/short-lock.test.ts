import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withLock } from "../../src/disk/lock.ts";
import { bundleChild, startChild, temporaryFolder } from "../support/children.ts";

const PLACE = { uid: process.getuid?.(), movedBy: "NECTAR_STATE_DIR" } as const;

let folder = "";
let path = "";

/** Settles a promise while time passes on paper only; gives the milliseconds that it took by that time. */
async function onPaper<T>(
  start: () => Promise<T>,
  eachStep: (passed: number) => void = () => undefined,
): Promise<{ readonly outcome: PromiseSettledResult<T>; readonly passed: number }> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  try {
    const begin = Date.now();
    let outcome: PromiseSettledResult<T> | null = null;
    Promise.allSettled([start()]).then(([settled]) => {
      outcome = settled;
    });
    for (;;) {
      // The files are real, so they get real turns of the event loop until the next pause begins.
      while (outcome === null && vi.getTimerCount() === 0) await new Promise(setImmediate);
      const passed = Date.now() - begin;
      if (outcome !== null) return { outcome, passed };
      eachStep(passed);
      await vi.advanceTimersToNextTimerAsync();
    }
  } finally {
    vi.useRealTimers();
  }
}

beforeEach(() => {
  folder = temporaryFolder("lock");
  path = join(folder, "guarded");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("gives back what the action gives, and is free again", async () => {
  expect(await withLock(path, PLACE, async () => 7)).toBe(7);
  expect(existsSync(`${path}.lock`)).toBe(false);
  expect(existsSync(path)).toBe(false);
});

test("is free again after a failure", async () => {
  const failure = new Error("inside");
  await expect(withLock(path, PLACE, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await withLock(path, PLACE, async () => "again")).toBe("again");
});

test("inside one process the turns come one after the other", async () => {
  let inside = 0;
  let most = 0;
  const turn = () =>
    withLock(path, PLACE, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    });
  await Promise.all([turn(), turn(), turn(), turn()]);
  expect(most).toBe(1);
});

test.each([2, 6])("of %i processes only one is inside at a time", async (writers) => {
  const script = await bundleChild(folder);
  const children = Array.from({ length: writers }, (_, index) =>
    startChild(script, ["enter", folder, `w${index}`, "15"]),
  );
  for (const { ended } of children) {
    expect(await ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
  }
  expect(existsSync(join(folder, "collision"))).toBe(false);
});

test("the lock of a killed process is free at once for one that can tell, and else when it is stale", async () => {
  const script = await bundleChild(folder);
  const holder = startChild(script, ["hold", folder]);
  await new Promise((resolve) => holder.process.stdout?.once("data", resolve));
  holder.process.kill("SIGKILL");
  await holder.ended;
  expect(existsSync(`${path}.lock`)).toBe(true);
  expect(await startChild(script, ["enter", folder, "other"]).ended).toMatchObject({ code: 0 });
  mkdirSync(`${path}.lock`);
  // As if the stale time had passed.
  const then = new Date("2020-01-01T00:00:00Z");
  utimesSync(`${path}.lock`, then, then);
  expect(await withLock(path, PLACE, async () => "mine")).toBe("mine");
});

test.each(["young", "old"])(
  "of many that find the %s lock of a dead one, only one is inside at a time",
  async (age) => {
    const script = await bundleChild(folder);
    const children = Array.from({ length: 8 }, (_, index) =>
      startChild(script, ["die", folder, `w${index}`, age]),
    );
    for (const { ended } of children) expect(await ended).toMatchObject({ stdout: "", stderr: "" });
    expect(existsSync(join(folder, "collision"))).toBe(false);
    expect(await startChild(script, ["enter", folder, "last"]).ended).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual(["write-child.mjs"]);
  },
);

test("a process that ends by a signal takes its lock along", async () => {
  const script = await bundleChild(folder);
  const holder = startChild(script, ["hold", folder]);
  await new Promise((resolve) => holder.process.stdout?.once("data", resolve));
  holder.process.kill("SIGTERM");
  await holder.ended;
  expect(readdirSync(folder)).toEqual(["write-child.mjs"]);
});

test("a process that ends by a signal leaves a lock that is another one's by then", async () => {
  const script = await bundleChild(folder);
  const holder = startChild(script, ["hold", folder]);
  await new Promise((resolve) => holder.process.stdout?.once("data", resolve));
  rmdirSync(`${path}.lock`);
  mkdirSync(`${path}.lock`);
  holder.process.kill("SIGTERM");
  await holder.ended;
  expect(existsSync(`${path}.lock`)).toBe(true);
});

test("a lock left over with a time in the future blocks for little more than the stale time", async () => {
  mkdirSync(`${path}.lock`);
  const later = new Date("2100-01-01T00:00:00Z");
  utimesSync(`${path}.lock`, later, later);
  const begin = Date.now();
  const { outcome } = await onPaper(() => withLock(path, PLACE, async () => Date.now()));
  // Taken inside: while the lock is held its own timer runs on paper as well.
  const passed = outcome.status === "fulfilled" ? outcome.value - begin : Number.NaN;
  expect(passed).toBeGreaterThan(10_000);
  expect(passed).toBeLessThan(14_000);
});

test("a lock that is kept alive is waited for some twelve seconds, then named", async () => {
  mkdirSync(`${path}.lock`);
  const { outcome, passed } = await onPaper(
    () => withLock(path, PLACE, async () => "never"),
    (already) => {
      const touched = new Date(Date.parse("2100-01-01T00:00:00Z") + 1000 * already);
      utimesSync(`${path}.lock`, touched, touched);
    },
  );
  expect(outcome).toMatchObject({
    status: "rejected",
    reason: {
      exit: "local-state",
      code: "locked",
      retryable: true,
      message: expect.stringContaining(path),
    },
  });
  expect(passed).toBeGreaterThan(10_000);
  expect(passed).toBeLessThan(14_000);
});

test("work is told that another run took the lock away, which keeps it", async () => {
  const told = await withLock(path, PLACE, (lock) => {
    const before = lock.isMine();
    rmdirSync(`${path}.lock`);
    mkdirSync(`${path}.lock`);
    return [before, lock.isMine()];
  });
  expect(told).toEqual([true, false]);
  expect(existsSync(`${path}.lock`)).toBe(true);
});

test("work is told that another run believes to hold the same lock", async () => {
  const told = await withLock(path, PLACE, (lock) => {
    const record = readFileSync(`${path}.holder`);
    writeFileSync(`${path}.new`, record);
    renameSync(`${path}.new`, `${path}.holder`);
    return lock.isMine();
  });
  expect(told).toBe(false);
});

test("a folder that is not there is made, one that can't be made or is unsafe is told at once", async () => {
  const nowhere = join(folder, "no", "where");
  expect(await withLock(nowhere, { ...PLACE, top: folder }, () => 1)).toBe(1);
  writeFileSync(path, "");
  await expect(withLock(join(path, "below"), PLACE, () => 1)).rejects.toMatchObject({
    exit: "local-state",
  });
  chmodSync(join(folder, "no"), 0o777);
  await expect(withLock(nowhere, { ...PLACE, top: folder }, () => 1)).rejects.toMatchObject({
    code: "unsafe_permissions",
  });
});

test("nothing is written through what stands in the record's place", async () => {
  const target = join(folder, "target");
  writeFileSync(target, "mine");
  symlinkSync(target, `${path}.holder`);
  expect(await withLock(path, PLACE, () => readFileSync(target, "utf8"))).toBe("mine");
  expect(readFileSync(target, "utf8")).toBe("mine");
});
