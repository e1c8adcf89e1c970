import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import {
  readJsonFile,
  rehearseReplacing,
  removeFile,
  replaceFile,
  writeJsonFile,
} from "../../src/disk/json-file.ts";
import { withLock } from "../../src/disk/lock.ts";
import { leftoversOf, removeLeftovers } from "../../src/disk/temporary-file.ts";
import { temporaryFolder } from "../support/children.ts";

const UID = process.getuid?.();
const PLACE = { uid: UID, movedBy: "NECTAR_STATE_DIR" } as const;

let folder = "";
let file = "";
beforeEach(() => {
  folder = temporaryFolder("json-file");
  file = join(folder, "file.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("reading", () => {
  const options = {
    ...PLACE,
    kind: "thing",
    schema: z.looseObject({ schemaVersion: z.literal(1), name: z.string() }),
    secret: false,
  };
  const read = (more: object = {}) => readJsonFile(file, { ...options, ...more });
  const GOOD = '{"schemaVersion":1,"name":"a","more":[1]}';

  test("gives what stands there, or null", () => {
    expect(read()).toBeNull();
    expect(readJsonFile(join(folder, "none", "file.json"), options)).toBeNull();
    writeFileSync(file, GOOD);
    expect(read()).toEqual({ raw: JSON.parse(GOOD), value: JSON.parse(GOOD) });
  });

  test("passes over a byte order mark", () => {
    writeFileSync(file, `\uFEFF${GOOD}`);
    expect(read()?.value.name).toBe("a");
  });

  test.each([
    ["", "it is empty"],
    ['{\n  "secret": "MARKED",\n  oops', "it is not valid JSON (line 3, column 3)"],
    ['{"schemaVersion":1,"name":7}', "name: expected string"],
    ["[]", "the whole file: expected object"],
    [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, "nested more than 100 levels deep"],
    [
      `{"schemaVersion":1,"name":"a","x":${'{"x":'.repeat(100_000)}1`,
      "nested more than 100 levels",
    ],
    [`{"name":"${"x".repeat(2000)}"}`, "it is longer than 1000 bytes"],
  ])("names what is wrong, and quotes nothing (%#)", (text, what) => {
    writeFileSync(file, text);
    const attempt = () => read({ maxBytes: text.length > 10_000 ? undefined : 1000 });
    expect(attempt).toThrow(
      expect.objectContaining({
        exit: "local-state",
        code: "thing_damaged",
        message: expect.stringContaining(`${file} is damaged: `),
        next: [{ words: ["mv", file, `${file}.damaged`], why: expect.any(String) }],
      }),
    );
    expect(attempt).toThrow(expect.objectContaining({ message: expect.stringContaining(what) }));
    expect(attempt).not.toThrow(/MARKED/);
  });

  test("takes brackets in a string for what they are", () => {
    const name = '[{"\\'.repeat(200);
    writeFileSync(file, JSON.stringify({ schemaVersion: 1, name }));
    expect(read()?.value.name).toBe(name);
  });

  test("refuses a newer version, names the variable and the repair", () => {
    writeFileSync(file, '{"schemaVersion":3}');
    const repair = { words: ["nectar", "thing", "reset"], why: "starts again" };
    expect(() => read({ version: 2, repair })).toThrow(
      expect.objectContaining({
        code: "thing_newer",
        message: expect.stringContaining("schema version 3, this one supports 2"),
        hint: expect.stringContaining("NECTAR_STATE_DIR"),
        next: [repair],
      }),
    );
  });

  test("never reads a device or a longer file to its end", () => {
    symlinkSync("/dev/zero", file);
    expect(() => read()).toThrow(expect.objectContaining({ code: "unsafe_permissions" }));
    rmSync(file);
    execFileSync("truncate", ["-s", "20G", file]);
    expect(() => read()).toThrow(expect.objectContaining({ code: "thing_damaged" }));
  });
});

describe("writing", () => {
  test("is whole, for its user alone, in folders that are made", async () => {
    const deep = join(folder, "a", "b", "file.json");
    await writeJsonFile(deep, { name: "x" }, { ...PLACE, top: join(folder, "a") });
    expect(readFileSync(deep, "utf8")).toBe('{\n  "name": "x"\n}\n');
    expect(statSync(deep).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["file.json"]);
  });

  test("takes the place of a link, and leaves its target alone", async () => {
    const target = join(folder, "target");
    writeFileSync(target, "mine");
    symlinkSync(target, file);
    await replaceFile(file, "new", PLACE);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(readFileSync(target, "utf8")).toBe("mine");
  });

  test("in a folder that others can change, or in place of a folder, is refused and leaves nothing", async () => {
    mkdirSync(join(file, "in"), { recursive: true });
    await expect(replaceFile(file, "x", PLACE)).rejects.toMatchObject({
      code: "folder_not_writable",
    });
    expect(readdirSync(folder)).toEqual(["file.json"]);
    chmodSync(folder, 0o777);
    await expect(replaceFile(file, "x", PLACE)).rejects.toMatchObject({
      code: "unsafe_permissions",
    });
  });

  test("can be rehearsed, which changes nothing", async () => {
    await rehearseReplacing(file, { ...PLACE, secret: false });
    expect(readdirSync(folder)).toEqual([]);
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d, 0xff]);
    writeFileSync(file, bytes);
    const before = statSync(file).ino;
    await rehearseReplacing(file, { ...PLACE, secret: false });
    expect(readFileSync(file)).toEqual(bytes);
    expect(statSync(file).ino).not.toBe(before);
    expect(readdirSync(folder)).toEqual(["file.json"]);
  });

  test.skipIf(UID !== 0)("onto a mount point is rejected, with a hint", async () => {
    const source = join(folder, "source");
    writeFileSync(source, "{}");
    writeFileSync(file, "{}");
    try {
      execFileSync("mount", ["--bind", source, file], { stdio: "ignore" });
    } catch {
      // A container may not mount; torture shows the same with a kernel that lets it.
      return;
    }
    try {
      for (const attempt of [
        () => replaceFile(file, "x", PLACE),
        () => rehearseReplacing(file, { ...PLACE, secret: false }),
      ]) {
        await expect(attempt()).rejects.toMatchObject({
          exit: "local-state",
          code: "folder_not_writable",
          message: `${file} is a mount point or in use, and can't be replaced`,
          hint: expect.stringContaining("mount its folder instead"),
        });
      }
    } finally {
      execFileSync("umount", [file]);
    }
    expect(readdirSync(folder).sort()).toEqual(["file.json", "source"]);
  });
});

test("a file is removed with what was left beside it, and only from a safe folder", () => {
  expect(removeFile(file, PLACE)).toBe(false);
  expect(removeFile(join(folder, "none", "file.json"), PLACE)).toBe(false);
  for (const name of ["file.json", "file.json.tmp-0a"]) writeFileSync(join(folder, name), "x");
  chmodSync(folder, 0o777);
  expect(() => removeFile(file, PLACE)).toThrow(
    expect.objectContaining({ code: "unsafe_permissions" }),
  );
  chmodSync(folder, 0o700);
  expect(removeFile(file, PLACE)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

test("what a killed writer left goes when its lock is taken over, and nothing else does", async () => {
  const left = ["file.json.tmp-3986570879", "file.json.tmp-544059781438e635"];
  const others = [
    "file.json.2026",
    "file.json.away",
    "file.json.damaged",
    "file.json.tmp-x",
    "file.jsonx.tmp-12",
    "other.json.tmp-12",
  ];
  for (const name of [...left, ...others]) writeFileSync(join(folder, name), "marked");
  mkdirSync(`${file}.tmp-7`);
  const names = () => leftoversOf(file).map((path) => path.slice(folder.length + 1));
  expect(names().sort()).toEqual(left);
  mkdirSync(`${file}.lock`);
  utimesSync(`${file}.lock`, 0, 0);
  await withLock(file, PLACE, () => expect(names()).toEqual([]));
  expect(readdirSync(folder).sort()).toEqual(["file.json.tmp-7", ...others].sort());
  expect(removeLeftovers(join(folder, "nowhere", "file.json"))).toBe(0);
});
