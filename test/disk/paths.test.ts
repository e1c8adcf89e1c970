import { describe, expect, test } from "vitest";
import { findPlaces } from "../../src/disk/paths.ts";

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
      ledger: "C:\\L\\nectar\\State\\ledger",
    });
    expect(at({}).stateDir).toBe("C:\\Users\\ana\\AppData\\Local\\nectar\\State");
    expect(at({ NECTAR_CONFIG_DIR: "c" }).configDir).toBe("D:\\work\\c");
  });
});
