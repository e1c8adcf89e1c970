import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findCacheFolder } from "../../src/disk/compile-cache.ts";

let home = "";
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "nectar-cache-")));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const uid = process.getuid?.();
const find = (env: Record<string, string> = {}, as = uid) =>
  findCacheFolder({
    env: { NECTAR_STATE_DIR: join(home, "state"), ...env },
    platform: process.platform,
    cwd: () => home,
    ...(as === undefined ? {} : { getuid: () => as }),
  });

describe("the folder of the compiled code", () => {
  it("lies below the state folder, and is made for its owner alone", () => {
    const folder = join(home, "deep", "state", "compile-cache");
    expect(find({ NECTAR_STATE_DIR: "deep/state" })).toBe(folder);
    for (const path of [folder, join(home, "deep", "state"), join(home, "deep")]) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
    expect(find({ NECTAR_STATE_DIR: "deep/state" })).toBe(folder);
    expect(find({ NECTAR_STATE_DIR: "", XDG_STATE_HOME: home })).toBe(
      join(home, "nectar", "compile-cache"),
    );
  });

  it("is none, and nothing is made, where the user decides on Node's cache", () => {
    expect(find({ NODE_DISABLE_COMPILE_CACHE: "1" })).toBeNull();
    expect(find({ NODE_COMPILE_CACHE: join(home, "own") })).toBeNull();
    expect(existsSync(join(home, "state"))).toBe(false);
  });
});

describe.runIf(uid !== undefined)("a folder that is not safe", () => {
  it.each([
    ["is open to its group", () => chmodSync(join(home, "state"), 0o770)],
    ["is open to all", () => chmodSync(join(home, "state", "compile-cache"), 0o777)],
    ["lies in one that is open to all", () => chmodSync(home, 0o777)],
    [
      "is a link",
      () => {
        rmSync(join(home, "state"), { recursive: true });
        mkdirSync(join(home, "other"), { mode: 0o700 });
        symlinkSync(join(home, "other"), join(home, "state"));
      },
    ],
    [
      "is a link inside of a safe one",
      () => {
        rmSync(join(home, "state", "compile-cache"), { recursive: true });
        mkdirSync(join(home, "other"), { mode: 0o700 });
        symlinkSync(join(home, "other"), join(home, "state", "compile-cache"));
      },
    ],
  ])("is not used: it %s", (_what, spoil) => {
    expect(find()).not.toBeNull();
    spoil();
    expect(find()).toBeNull();
  });

  it("is not used when another user owns it", () => {
    expect(find()).not.toBeNull();
    expect(find({}, (uid ?? 0) + 1)).toBeNull();
  });

  it.runIf(uid === 0)("is neither used nor made below a folder that another user owns", () => {
    chownSync(home, 12_345, 12_345);
    expect(find()).toBeNull();
    expect(existsSync(join(home, "state"))).toBe(false);
  });

  it("is a failure where it is a file", () => {
    writeFileSync(join(home, "state"), "");
    expect(() => find()).toThrow();
  });

  it("may lie in one that is open to all where only owners may rename, such as /tmp", () => {
    chmodSync(home, 0o1777);
    expect(find()).toBe(join(home, "state", "compile-cache"));
  });
});
