/** Where this tool's files live. Finds places and makes folders; reads and writes no file. */
import { access, chmod, constants, mkdir, stat } from "node:fs/promises";
import { dirname, posix, win32 } from "node:path";
import { codeOf, notWritable, type PlaceVariable } from "./trouble.ts";

export interface Places {
  /** Profiles and, where there is no keyring, keys. */
  readonly configDir: string;
  /** Journals and the local emulator's data. */
  readonly stateDir: string;
  /** Unfinished runs. */
  readonly journals: string;
  /** Who writes with which profile. */
  readonly locks: string;
}

export interface PlaceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home folder, absolute. */
  readonly home: string;
  /** What a relative `NECTAR_CONFIG_DIR` or `NECTAR_STATE_DIR` is relative to, absolute. */
  readonly cwd: string;
}

/**
 * Finds the folders: `NECTAR_CONFIG_DIR` and `NECTAR_STATE_DIR`, then the XDG variables, then the platform's place.
 * An empty variable counts as unset, and a relative XDG path is ignored, as that specification asks.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function findPlaces({ env, platform, home, cwd }: PlaceOptions): Places {
  const path = platform === "win32" ? win32 : posix;
  const choose = (own: PlaceVariable, xdg: string, otherwise: string): string => {
    const named = env[own];
    if (named) return path.resolve(cwd, named);
    const base = env[xdg];
    return base && path.isAbsolute(base) ? path.join(base, "nectar") : otherwise;
  };
  const usual = usualPlaces(platform, home, env);
  const configDir = choose("NECTAR_CONFIG_DIR", "XDG_CONFIG_HOME", usual.config);
  const stateDir = choose("NECTAR_STATE_DIR", "XDG_STATE_HOME", usual.state);
  return {
    configDir,
    stateDir,
    journals: path.join(stateDir, "journals"),
    locks: path.join(stateDir, "locks"),
  };
}

function usualPlaces(
  platform: NodeJS.Platform,
  home: string,
  env: PlaceOptions["env"],
): { config: string; state: string } {
  if (platform === "win32") {
    const roaming = env["APPDATA"] || win32.join(home, "AppData", "Roaming");
    const local = env["LOCALAPPDATA"] || win32.join(home, "AppData", "Local");
    return {
      config: win32.join(roaming, "nectar", "Config"),
      state: win32.join(local, "nectar", "State"),
    };
  }
  if (platform === "darwin") {
    return {
      config: posix.join(home, "Library", "Preferences", "nectar"),
      state: posix.join(home, "Library", "Application Support", "nectar"),
    };
  }
  return {
    config: posix.join(home, ".config", "nectar"),
    state: posix.join(home, ".local", "state", "nectar"),
  };
}

/**
 * Makes a folder, and what is missing above it, with mode 0700 under any umask. One that exists is left as it is.
 *
 * @param movedBy the variable that moves this folder elsewhere, for the message
 * @throws LocalStateError `folder_not_writable` when it can't be made, is not a folder, or can't be written
 */
export async function ensureFolder(path: string, movedBy?: PlaceVariable): Promise<void> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(path, error, movedBy) ?? error;
  }
}

/** @param again whether what is above was made already: a place such as /proc takes no folder whatever is above */
async function makeFolder(path: string, again = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || again || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    // Another run may have made it in between.
    return makeFolder(path, true);
  }
  // `mkdir` takes the umask off its mode; a strict one would leave a folder that its owner can't enter.
  await chmod(path, 0o700);
}
