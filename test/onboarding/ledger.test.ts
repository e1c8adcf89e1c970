/** The ledger on real files: what is kept, what keeps others out, and what a damaged one leads to. */
import {
  chmodSync,
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
import { createConnection } from "../../src/api/creates.ts";
import type { LockOptions } from "../../src/disk/lock.ts";
import { LocalStateError } from "../../src/errors.ts";
import {
  type Ledger,
  type LedgerPlace,
  ledgersOf,
  memoryLedger,
  openLedger,
  readLedger,
} from "../../src/onboarding/ledger.ts";
import { testClock } from "../support/test-clock.ts";

const KEY = { target: "https://vendor.example/v2.2", company: "external:acme" };
const OTHER = { ...KEY, company: "external:other" };
const SITE = {
  kind: "site",
  key: "name:plant",
  id: "s1",
  companyId: "c1",
  name: "Plant",
  made: "created",
} as const;
const INTENT = {
  kind: "site",
  key: "name:plant",
  name: "Plant",
  companyId: "c1",
  sentAt: 1,
  until: 2,
  before: [] as string[],
} as const;

let state: string;
let place: LedgerPlace;
const clock = testClock();
const open: Ledger[] = [];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "nectar-ledger-"));
  place = { folder: join(state, "ledger"), top: state, uid: process.getuid?.() };
});
afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
  rmSync(state, { recursive: true, force: true });
});

function lock(more: Partial<LockOptions> = {}): LockOptions {
  return {
    pid: process.pid,
    host: "here",
    command: "nectar onboard",
    isAlive: () => true,
    clock,
    signal: new AbortController().signal,
    waitMs: 0,
    movedBy: "NECTAR_STATE_DIR",
    uid: process.getuid?.(),
    ...more,
  };
}

async function opened(key = KEY, more: Partial<LockOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger(place, key, "the company", lock(more));
  open.push(ledger);
  return ledger;
}

async function code(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof LocalStateError) return error.code;
    throw error;
  }
  return "none";
}

const fileOf = () =>
  join(place.folder, readdirSync(place.folder).find((name) => name.endsWith(".json")) ?? "");

describe("a ledger", () => {
  it("is on disk before a create is sent and after its answer, and stays", async () => {
    const ledger = await opened();
    const sent = (password: string) =>
      createConnection("c1", { url: "u", username: "n", password, sites: [] });
    await ledger.intend(INTENT, sent("another one"));
    const { request } = ledger.open("site", "name:plant") ?? {};
    await ledger.intend(INTENT, sent("never written"));
    // Not even as a hash, which could be guessed.
    expect(ledger.open("site", "name:plant")?.request).toBe(request);
    expect(readLedger(place, KEY, clock.now).open("site", "name:plant")).toMatchObject({
      ...INTENT,
      failure: null,
    });
    await ledger.settle(SITE);
    await ledger.finish();
    await ledger.close();
    const again = readLedger(place, KEY, clock.now);
    expect(again.open("site", "name:plant")).toBeNull();
    expect(again.known("site", "name:plant")).toEqual([{ ...SITE, at: clock.now() }]);
    expect(readFileSync(fileOf(), "utf8")).not.toContain("never written");
    expect([statSync(fileOf()).mode & 0o777, statSync(place.folder).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
  });

  it("keeps others out of the same company, and none out of another one", async () => {
    await opened();
    expect(await code(() => opened())).toBe("locked");
    await opened(OTHER);
  });

  it("names who holds it", async () => {
    await opened();
    await expect(openLedger(place, KEY, "the company", lock())).rejects.toThrow(
      new RegExp(
        `another run is working on the company: nectar onboard, process ${process.pid} on here`,
      ),
    );
  });

  it("of a run that is gone is free at once", async () => {
    await opened(KEY, { pid: 4_000_001 });
    expect(await code(() => opened(KEY, { isAlive: (pid) => pid !== 4_000_001 }))).toBe("none");
  });

  it("knows the newest object of a key first, and none that this tool deleted", async () => {
    const ledger = await opened();
    await ledger.settle(SITE);
    await ledger.settle({ ...SITE, id: "s2" });
    expect(ledger.known("site", "name:plant").map(({ id }) => id)).toEqual(["s2", "s1"]);
    await ledger.markDeleted("s2");
    expect([ledger.mayBeDeleted("s2"), ledger.isDeleted("s2")]).toEqual([true, false]);
    await ledger.unmarkDeleted("s2");
    expect(ledger.known("site", "name:plant")).toHaveLength(2);
    await ledger.confirmDeleted("s2");
    expect([ledger.mayBeDeleted("s2"), ledger.isDeleted("s2")]).toEqual([false, true]);
    expect(ledger.known("site", "name:plant").map(({ id }) => id)).toEqual(["s1"]);
  });

  it("knows an object by its name and by its ID", async () => {
    const ledger = await opened();
    await ledger.settle(SITE);
    await ledger.settle({ ...SITE, key: "id:s1", made: "adopted" });
    expect(ledger.known("site", "name:plant")).toMatchObject([{ id: "s1", made: "created" }]);
    expect(ledger.known("site", "id:s1")).toMatchObject([{ id: "s1", made: "created" }]);
  });

  it("is not written by a run that was taken over", async () => {
    const late = await opened(KEY, { pid: 4_000_001 });
    await late.settle(SITE);
    const next = await opened(KEY, { isAlive: () => false });
    await next.settle({ ...SITE, id: "s2" });
    expect(await code(() => late.settle({ ...SITE, id: "s3" }))).toBe("lock_lost");
    const ids = readLedger(place, KEY, clock.now).known("site", "name:plant");
    expect(ids.map(({ id }) => id)).toEqual(["s2", "s1"]);
  });

  it("keeps that an object was created, whichever run finds it again", async () => {
    const ledger = await opened();
    await ledger.settle(SITE);
    await ledger.settle({ ...SITE, key: "external:plant", made: "adopted" });
    expect(ledger.known("site", "external:plant")).toMatchObject([{ id: "s1", made: "created" }]);
  });

  it("is written to only by what changes something", async () => {
    const ledger = await opened();
    await ledger.settle(SITE);
    const before = statSync(fileOf(), { bigint: true });
    await ledger.settle({ ...SITE, made: "adopted" });
    await ledger.finish();
    const after = statSync(fileOf(), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it("that is damaged is named and left as it is; a listing passes over it", async () => {
    const first = await opened();
    await first.settle(SITE);
    await first.close();
    open.length = 0;
    writeFileSync(fileOf(), "{torn");
    expect(await code(() => opened())).toBe("ledger_damaged");
    expect(readFileSync(fileOf(), "utf8")).toBe("{torn");
    expect(ledgersOf(place, KEY.target)).toEqual([]);
    // Nothing is locked by the refusal.
    expect(await code(() => opened())).toBe("ledger_damaged");
  });

  it("of a newer version is refused", async () => {
    const first = await opened();
    await first.settle(SITE);
    await first.close();
    open.length = 0;
    writeFileSync(
      fileOf(),
      readFileSync(fileOf(), "utf8").replace('"schemaVersion": 1', '"schemaVersion": 2'),
    );
    expect(await code(() => opened())).toBe("ledger_newer");
  });

  it.runIf(process.platform !== "win32")(
    "in a folder that others can write to is refused",
    async () => {
      const first = await opened();
      await first.settle(SITE);
      await first.close();
      open.length = 0;
      chmodSync(place.folder, 0o777);
      expect(await code(() => opened())).toBe("unsafe_permissions");
      expect(await code(() => ledgersOf(place, KEY.target))).toBe("unsafe_permissions");
    },
  );

  it("is listed by its target", async () => {
    await (await opened()).settle(SITE);
    await (await opened(OTHER)).settle({ ...SITE, id: "s9" });
    await (await opened({ ...KEY, target: "local" })).settle(SITE);
    expect(
      ledgersOf(place, KEY.target)
        .map(({ company }) => company)
        .sort(),
    ).toEqual(["external:acme", "external:other"]);
  });

  it("is not made by looking", () => {
    expect(readLedger(place, KEY, clock.now).known("site", "x")).toEqual([]);
    expect(ledgersOf(place, KEY.target)).toEqual([]);
    expect(readdirSync(state)).toEqual([]);
  });

  it("that forgets keeps nothing", async () => {
    const ledger = memoryLedger(KEY, clock.now);
    await ledger.settle(SITE);
    expect(ledger.known("site", "name:plant")).toHaveLength(1);
    expect(readdirSync(state)).toEqual([]);
  });
});
