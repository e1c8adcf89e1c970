import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import { checkFolder, ensureFolder, openChecked } from "../../src/disk/checked.ts";
import { bundleChild, startChild, temporaryFolder } from "../support/children.ts";

const UID = process.getuid?.();
const PLACE = { uid: UID, movedBy: "NECTAR_STATE_DIR" } as const;

describe("ensureFolder", () => {
  let folder = "";
  let script = "";
  beforeAll(async () => {
    folder = temporaryFolder("paths");
    script = await bundleChild(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(["0", "077", "022", "0777"])("makes every level 0700 under umask %s", async (umask) => {
    const top = join(folder, `umask-${umask}`);
    const ended = await startChild(script, ["folder", join(top, "a", "b")], { umask }).ended;
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
    for (const path of [top, join(top, "a"), join(top, "a", "b")]) {
      expect(statSync(path).mode & 0o777).toBe(0o700);
    }
  });

  test("leaves a folder that exists as it is", async () => {
    const path = join(folder, "there");
    mkdirSync(path);
    chmodSync(path, 0o750);
    ensureFolder(path, PLACE);
    expect(statSync(path).mode & 0o777).toBe(0o750);
  });

  test("what is in the way is named, and so is the variable", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => ensureFolder(path, PLACE)).toThrow(
      expect.objectContaining({
        code: "unsafe_permissions",
        message: `${path} is not a folder, so it is not used`,
      }),
    );
    const below = join(path, "below");
    expect(() => ensureFolder(below, PLACE)).toThrow(
      expect.objectContaining({
        exit: "local-state",
        code: "folder_not_writable",
        message: expect.stringContaining(below),
        hint: expect.stringContaining("NECTAR_STATE_DIR"),
      }),
    );
  });

  test.each(["folder", "profile", "key"])(
    "a folder without write permission is named (%s)",
    async (job) => {
      const path = join(folder, `locked-${job}`);
      mkdirSync(path);
      chmodSync(path, 0o555);
      if (UID === 0) chownSync(path, 65534, 65534);
      // Root may write everywhere, so then the child runs as somebody else.
      const user = process.getuid?.() === 0 ? { user: 65534 } : {};
      const place = job === "folder" ? path : join(path, "nectar");
      const { stdout, stderr } = await startChild(script, [job, place], user).ended;
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toMatchObject({
        code: "folder_not_writable",
        message: expect.stringContaining(`${place}: permission denied`),
        hint: expect.stringContaining("NECTAR_CONFIG_DIR"),
      });
      expect(existsSync(join(path, "nectar"))).toBe(false);
    },
  );
});

describe("a folder of ours", () => {
  let folder = "";
  beforeEach(() => {
    folder = temporaryFolder("checked");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("may be missing, or be there for its user alone", () => {
    expect(checkFolder(join(folder, "none"), PLACE)).toBe(false);
    expect(checkFolder(folder, PLACE)).toBe(true);
  });

  test.each([0o770, 0o707, 0o777])("of mode %o is refused", (mode) => {
    chmodSync(folder, mode);
    expect(() => checkFolder(folder, PLACE)).toThrow(
      expect.objectContaining({
        code: "unsafe_permissions",
        next: [{ words: ["chmod", "700", folder], why: expect.any(String) }],
      }),
    );
  });

  const ANOTHER = "Set NECTAR_STATE_DIR to a folder of your own.";
  const SHARED = "It is marked as shared (sticky, or set-group-ID)";
  const own = (why: string) => ({
    hint: `${why}, so nothing is changed there. ${ANOTHER}`,
    next: [],
  });

  test.each([
    ["sticky, as /tmp is", () => chmodSync(folder, 0o1777), SHARED],
    ["of a group", () => chmodSync(folder, 0o2775), SHARED],
    [
      "with files of others",
      () => writeFileSync(join(folder, "foreign"), ""),
      'It holds "foreign", which is not nectar\'s',
    ],
    [
      "with a folder of others",
      () => mkdirSync(join(folder, "sub")),
      'It holds "sub", which is not nectar\'s',
    ],
  ])("that is shared is refused, and its mode is no advice: %s", (_, share, why) => {
    chmodSync(folder, 0o777);
    share();
    expect(() => checkFolder(folder, PLACE)).toThrow(
      expect.objectContaining({ code: "unsafe_permissions", ...own(why) }),
    );
  });

  test("of another user is refused", () => {
    mkdirSync(join(folder, "ledger"));
    const other = { ...PLACE, uid: (UID ?? 0) + 1 };
    expect(() => checkFolder(folder, other)).toThrow(
      expect.objectContaining({
        message: `${folder} belongs to another user, so it is not used`,
        next: [{ words: ["sudo", "chown", `${(UID ?? 0) + 1}`, folder], why: expect.any(String) }],
      }),
    );
    rmSync(join(folder, "ledger"), { recursive: true });
    expect(() => checkFolder(folder, other)).toThrow(
      expect.objectContaining(own("Others may use it")),
    );
  });

  test("that is a link, a device or a file is moved away only where the tool itself would put it", () => {
    const [link, named] = [join(folder, "link"), join(folder, "nectar")];
    symlinkSync(folder, link);
    writeFileSync(named, "");
    for (const path of [link, "/dev/full"]) {
      expect(() => checkFolder(path, PLACE)).toThrow(
        expect.objectContaining({ hint: ANOTHER, next: [] }),
      );
    }
    expect(() => checkFolder(named, PLACE)).toThrow(
      expect.objectContaining({
        next: [{ words: ["mv", named, `${named}.away`], why: "move it away" }],
      }),
    );
  });

  test("is checked from the top down before a file in it is opened", () => {
    const [top, below] = [join(folder, "top"), join(folder, "top", "below")];
    const file = join(below, "file");
    mkdirSync(below, { recursive: true, mode: 0o700 });
    writeFileSync(file, "", { mode: 0o600 });
    for (const unsafe of [top, below]) {
      chmodSync(unsafe, 0o777);
      const options = { ...PLACE, top, secret: false };
      expect(() => openChecked(file, constants.O_RDONLY, options)).toThrow(
        expect.objectContaining({ message: expect.stringContaining(`${unsafe} can be changed`) }),
      );
      expect(() => ensureFolder(below, { ...PLACE, top })).toThrow(
        expect.objectContaining({ code: "unsafe_permissions" }),
      );
      chmodSync(unsafe, 0o700);
    }
  });
});

describe("a file of ours", () => {
  let folder = "";
  let file = "";
  beforeEach(() => {
    folder = temporaryFolder("checked");
    file = join(folder, "file name");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (secret = false, flags = constants.O_RDONLY) => {
    const handle = openChecked(file, flags, { ...PLACE, secret });
    if (handle !== null) closeSync(handle);
    return handle !== null;
  };
  const refusal = (what: string, repair = "mv") =>
    expect.objectContaining({
      exit: "local-state",
      code: "unsafe_permissions",
      message: `${file} ${what}, so it is not used`,
      next: [
        { words: expect.arrayContaining([...repair.split(" "), file]), why: expect.any(String) },
      ],
    });

  test("may be missing, and is made for its user alone", () => {
    expect(open()).toBe(false);
    expect(open(true, constants.O_RDWR | constants.O_CREAT)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([
    [0o644, false, null],
    [0o644, true, "can be read by other users"],
    [0o622, false, "can be changed by other users"],
    [0o660, true, "can be changed by other users"],
  ])("of mode %o, secret %s: %s", (mode, secret, what) => {
    writeFileSync(file, "");
    chmodSync(file, mode);
    if (what === null) expect(open(secret)).toBe(true);
    else expect(() => open(secret)).toThrow(refusal(what, "chmod 600"));
  });

  test("with another name elsewhere is replaced by a copy, not changed", () => {
    const other = join(folder, "other");
    writeFileSync(other, "");
    chmodSync(other, 0o666);
    linkSync(other, file);
    expect(() => open()).toThrow(
      expect.objectContaining({
        message: `${file} can be changed by other users, so it is not used`,
        next: [
          { words: ["cp", file, `${file}.copy`], why: expect.any(String) },
          { words: ["mv", `${file}.copy`, file], why: expect.any(String) },
        ],
      }),
    );
  });

  test("is no link, and what a link points to stays as it is", () => {
    const target = join(folder, "target");
    symlinkSync(target, file);
    for (const flags of [constants.O_RDONLY, constants.O_RDWR | constants.O_CREAT]) {
      expect(() => open(false, flags)).toThrow(refusal("is a symbolic link"));
    }
    expect(existsSync(target)).toBe(false);
  });

  test("is no pipe, which is not waited for", () => {
    execFileSync("mkfifo", [file]);
    for (const flags of [constants.O_RDONLY, constants.O_RDWR | constants.O_CREAT]) {
      expect(() => open(false, flags)).toThrow(refusal("is not a regular file"));
    }
  });

  test("is no folder and no socket", async () => {
    mkdirSync(file);
    for (const flags of [constants.O_RDONLY, constants.O_RDWR | constants.O_CREAT]) {
      expect(() => open(false, flags)).toThrow(refusal("is not a regular file"));
    }
    rmSync(file, { recursive: true });
    const server = createServer().listen(file);
    onTestFinished(() => void server.close());
    await expect.poll(() => readdirSync(folder)).toEqual(["file name"]);
    expect(() => open()).toThrow(refusal("is not a regular file"));
  });
});
