/** Where this tool's files live. Computes paths; touches no file. */
import { posix, win32 } from "node:path";
import { LEDGER_FOLDER, OWN_FOLDER, type PlaceVariable } from "./own-files.ts";

export interface Places {
  /** Profiles, and keys if there is no keyring. */
  readonly configDir: string;
  /** The ledger and the local emulator's data. */
  readonly stateDir: string;
  /** What this machine created, per target and company. */
  readonly ledger: string;
}

export interface PlaceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home folder, absolute. */
  readonly home: string;
  /** The base for a relative `NECTAR_CONFIG_DIR` or `NECTAR_STATE_DIR`, absolute. */
  readonly cwd: string;
}

/**
 * Finds the folders: `NECTAR_CONFIG_DIR` and `NECTAR_STATE_DIR`, then the XDG variables, then the platform's default.
 * An empty variable counts as unset, and a relative XDG path is ignored, as the specification requires.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function findPlaces({ env, platform, home, cwd }: PlaceOptions): Places {
  const path = platform === "win32" ? win32 : posix;
  const choose = (own: PlaceVariable, xdg: string, otherwise: string): string => {
    const named = env[own];
    if (named) return path.resolve(cwd, named);
    const base = env[xdg];
    return base && path.isAbsolute(base) ? path.join(base, OWN_FOLDER) : otherwise;
  };
  const usual = usualPlaces(platform, home, env);
  const configDir = choose("NECTAR_CONFIG_DIR", "XDG_CONFIG_HOME", usual.config);
  const stateDir = choose("NECTAR_STATE_DIR", "XDG_STATE_HOME", usual.state);
  return { configDir, stateDir, ledger: path.join(stateDir, LEDGER_FOLDER) };
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
      config: win32.join(roaming, OWN_FOLDER, "Config"),
      state: win32.join(local, OWN_FOLDER, "State"),
    };
  }
  if (platform === "darwin") {
    return {
      config: posix.join(home, "Library", "Preferences", OWN_FOLDER),
      state: posix.join(home, "Library", "Application Support", OWN_FOLDER),
    };
  }
  return {
    config: posix.join(home, ".config", OWN_FOLDER),
    state: posix.join(home, ".local", "state", OWN_FOLDER),
  };
}
