import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureFolder, findPlaces } from "../../src/profile/paths.ts";
import { bundleChild, startChild, temporaryFolder } from "./children.ts";

const HOME = "/home/ana";

describe("findPlaces", () => {
  const find = (env: Record<string, string>, platform: NodeJS.Platform = "linux") => {
    const { configDir, stateDir } = findPlaces({ env, platform, home: HOME, cwd: "/place" });
    return [configDir, stateDir];
  };

  test.each([
    [{}, "/home/ana/.config/nectar", "/home/ana/.local/state/nectar"],
    [{ XDG_CONFIG_HOME: "/x", XDG_STATE_HOME: "/y" }, "/x/nectar", "/y/nectar"],
    [
      { XDG_CONFIG_HOME: "x", XDG_STATE_HOME: "./y" },
      "/home/ana/.config/nectar",
      "/home/ana/.local/state/nectar",
    ],
    [{ NECTAR_CONFIG_DIR: "/c", XDG_CONFIG_HOME: "/x" }, "/c", "/home/ana/.local/state/nectar"],
    [{ NECTAR_STATE_DIR: "/s", XDG_STATE_HOME: "/y" }, "/home/ana/.config/nectar", "/s"],
    [{ NECTAR_CONFIG_DIR: "c", NECTAR_STATE_DIR: "../s" }, "/place/c", "/s"],
    [
      { NECTAR_CONFIG_DIR: "", NECTAR_STATE_DIR: "", XDG_CONFIG_HOME: "", XDG_STATE_HOME: "" },
      "/home/ana/.config/nectar",
      "/home/ana/.local/state/nectar",
    ],
  ])("%j on Linux", (env, config, state) => {
    expect(find(env as Record<string, string>)).toEqual([config, state]);
  });

  test("on macOS", () => {
    expect(find({}, "darwin")).toEqual([
      "/home/ana/Library/Preferences/nectar",
      "/home/ana/Library/Application Support/nectar",
    ]);
    expect(find({ XDG_CONFIG_HOME: "/x" }, "darwin")[0]).toBe("/x/nectar");
  });

  test("on Windows, with and without its variables", () => {
    const at = (env: Record<string, string>) =>
      findPlaces({ env, platform: "win32", home: "C:\\Users\\ana", cwd: "D:\\work" });
    expect(at({ APPDATA: "C:\\R", LOCALAPPDATA: "C:\\L" })).toEqual({
      configDir: "C:\\R\\nectar\\Config",
      stateDir: "C:\\L\\nectar\\State",
      journals: "C:\\L\\nectar\\State\\journals",
      locks: "C:\\L\\nectar\\State\\locks",
    });
    expect(at({}).stateDir).toBe("C:\\Users\\ana\\AppData\\Local\\nectar\\State");
    expect(at({ NECTAR_CONFIG_DIR: "c" }).configDir).toBe("D:\\work\\c");
  });
});

describe("ensureFolder", () => {
  let folder = "";
  let script = "";
  beforeAll(() => {
    folder = temporaryFolder("paths");
    script = bundleChild(folder);
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
    await ensureFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o750);
  });

  test("a file in the way is named, and so is the variable", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    for (const place of [path, join(path, "below")]) {
      await expect(ensureFolder(place, "NECTAR_STATE_DIR")).rejects.toMatchObject({
        exit: "local-state",
        code: "folder_not_writable",
        message: expect.stringContaining(place),
        hint: expect.stringContaining("NECTAR_STATE_DIR"),
      });
    }
  });

  test.each(["folder", "profile", "key"])(
    "a folder without write permission is named (%s)",
    async (job) => {
      const path = join(folder, `locked-${job}`);
      mkdirSync(path);
      chmodSync(path, 0o555);
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
