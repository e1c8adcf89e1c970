import { existsSync, mkdirSync, rmdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withLock } from "../../src/profile/lock.ts";
import { bundleChild, startChild, temporaryFolder } from "./children.ts";

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
  expect(await withLock(path, {}, async () => 7)).toBe(7);
  expect(existsSync(`${path}.lock`)).toBe(false);
  expect(existsSync(path)).toBe(false);
});

test("is free again after a failure", async () => {
  const failure = new Error("inside");
  await expect(withLock(path, {}, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await withLock(path, {}, async () => "again")).toBe("again");
});

test("inside one process the turns come one after the other", async () => {
  let inside = 0;
  let most = 0;
  const turn = () =>
    withLock(path, {}, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    });
  await Promise.all([turn(), turn(), turn(), turn()]);
  expect(most).toBe(1);
});

test.each([2, 6])("of %i processes only one is inside at a time", async (writers) => {
  const script = bundleChild(folder);
  const children = Array.from({ length: writers }, (_, index) =>
    startChild(script, ["enter", folder, `w${index}`, "15"]),
  );
  for (const { ended } of children) {
    expect(await ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
  }
  expect(existsSync(join(folder, "collision"))).toBe(false);
});

test("the lock of a killed process is free after the stale time at the latest", async () => {
  const script = bundleChild(folder);
  const holder = startChild(script, ["hold", folder]);
  await new Promise((resolve) => holder.process.stdout?.once("data", resolve));
  holder.process.kill("SIGKILL");
  await holder.ended;
  expect(existsSync(`${path}.lock`)).toBe(true);
  // As if the stale time had passed.
  const then = new Date("2020-01-01T00:00:00Z");
  utimesSync(`${path}.lock`, then, then);
  expect(await withLock(path, {}, async () => "mine")).toBe("mine");
});

test("a process that ends by a signal takes its lock along", async () => {
  const script = bundleChild(folder);
  const holder = startChild(script, ["hold", folder]);
  await new Promise((resolve) => holder.process.stdout?.once("data", resolve));
  holder.process.kill("SIGTERM");
  await holder.ended;
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("a lock left over with a time in the future blocks for little more than the stale time", async () => {
  mkdirSync(`${path}.lock`);
  const later = new Date("2100-01-01T00:00:00Z");
  utimesSync(`${path}.lock`, later, later);
  const begin = Date.now();
  const { outcome } = await onPaper(() => withLock(path, {}, async () => Date.now()));
  // Taken inside: while the lock is held its own timer runs on paper as well.
  const passed = outcome.status === "fulfilled" ? outcome.value - begin : Number.NaN;
  expect(passed).toBeGreaterThan(5_000);
  expect(passed).toBeLessThan(10_300);
});

test("a lock that is kept alive is waited for about ten seconds, then named", async () => {
  mkdirSync(`${path}.lock`);
  const { outcome, passed } = await onPaper(
    () => withLock(path, {}, async () => "never"),
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
  expect(passed).toBeGreaterThan(6_800);
  expect(passed).toBeLessThan(13_900);
});

test("a lock that another run took away is told, and is left to that run", async () => {
  const action = async () => {
    rmdirSync(`${path}.lock`);
    mkdirSync(`${path}.lock`);
  };
  await expect(withLock(path, {}, action)).rejects.toMatchObject({
    code: "locked",
    message: expect.stringContaining("took over"),
  });
  expect(existsSync(`${path}.lock`)).toBe(true);
});

test("a folder that is not there is told at once", async () => {
  const nowhere = join(folder, "no", "where");
  await expect(withLock(nowhere, {}, async () => 1)).rejects.toMatchObject({
    code: "folder_not_writable",
  });
});
