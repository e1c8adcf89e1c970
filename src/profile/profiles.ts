/**
 * The profiles in `config.json`, written by conf under a lock. Reads bypass conf: it would follow links, block on a
 * pipe, accept any owner and mode, and cost every command 28 ms to load.
 */
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod/mini";
import { damaged, notReplaceable } from "../disk/disk-errors.ts";
import {
  describeIssue,
  type JsonObject,
  readJsonFile,
  rehearseReplacing,
  SCHEMA_VERSION,
} from "../disk/json-file.ts";
import { type LockingProcess, withLock } from "../disk/lock.ts";
import { CONFIG_FILE } from "../disk/own-files.ts";
import { NotFoundError, UsageError } from "../errors.ts";
import {
  carryOver,
  emptyProfile,
  type Profile,
  profileRecord,
  recordOf,
} from "./profile-record.ts";

export type { Profile, ProfileSite } from "./profile-record.ts";

export type ProfileStore = ReturnType<typeof openProfiles>;

export interface ProfileOptions {
  readonly configDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The process's user; when omitted, the file's owner is not checked. */
  readonly uid?: number | undefined;
  /** Shown to other processes that wait for this one's lock. */
  readonly by?: LockingProcess | undefined;
}

const DEFAULT_NAME = "default";
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** Names that are special in every JavaScript object. */
const RESERVED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

const storedFile = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  currentProfile: z.string(),
  profiles: z.looseObject({}),
});

interface Config {
  readonly raw: JsonObject;
  readonly current: string;
  readonly profiles: ReadonlyMap<string, { readonly raw: unknown; readonly profile: Profile }>;
}

/**
 * Checks a profile name: 1 to 64 letters, digits, `_` and `-`.
 *
 * @throws UsageError `invalid_input`
 */
export function checkProfileName(name: string): string {
  if (isProfileName(name)) return name;
  throw new UsageError(
    "invalid_input",
    "a profile name has 1 to 64 letters, digits, _ and -",
    RESERVED.has(name) ? { hint: "This name is reserved; choose another." } : {},
  );
}

function isProfileName(name: string): boolean {
  return NAME.test(name) && !RESERVED.has(name);
}

/**
 * Opens a folder's profiles. Touches nothing until a method is called. Every method throws LocalStateError if the file is
 * damaged, newer, unsafe, locked or not writable.
 */
export function openProfiles(options: ProfileOptions) {
  const { configDir, now } = options;
  // One command parses too little to make up for the time it takes to compile the schemas.
  z.config({ jitless: true });
  const file = join(configDir, CONFIG_FILE);
  const place = { movedBy: "NECTAR_CONFIG_DIR", uid: options.uid, by: options.by } as const;
  const fresh = () => readConfig(file, options.uid);
  // A command that reads several times sees one state of the file, until it writes.
  let cached: Config | null = null;
  const read = (): Config => {
    cached ??= fresh();
    return cached;
  };

  /** Reads under the lock and writes what `change` returns; null writes nothing. */
  const rewrite = async (change: (config: Config) => JsonObject | null): Promise<void> => {
    cached = null;
    // An unusable file is rejected before a lock is created next to it.
    fresh();
    await withLock(file, place, async (lock) => {
      const changed = change(fresh());
      if (changed === null) return;
      await writeConfig(file, changed);
      lock.check();
    });
  };

  return {
    /** The path of `config.json`. */
    file,
    /** The name of the profile used by default. */
    async current(): Promise<string> {
      return read().current;
    },
    /** All profiles, sorted by name. */
    async list(): Promise<readonly Profile[]> {
      return [...read().profiles.values()]
        .map(({ profile }) => profile)
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    },
    async find(name: string): Promise<Profile | null> {
      checkProfileName(name);
      return read().profiles.get(name)?.profile ?? null;
    },
    /**
     * Changes or creates a profile. `change` gets an empty profile if there is none, and runs under the lock. Nothing is
     * written if nothing changed.
     */
    async update(name: string, change: (old: Profile) => Profile): Promise<Profile> {
      checkProfileName(name);
      let result = emptyProfile(name);
      await rewrite((config) => {
        const stored = config.profiles.get(name);
        const old = stored?.profile ?? result;
        const wanted = recordOf({ ...change(old), name, updatedAt: old.updatedAt });
        if (stored !== undefined && isDeepStrictEqual(wanted, recordOf(old))) {
          result = old;
          return null;
        }
        const record = { ...wanted, updatedAt: new Date(now()).toISOString() };
        result = { name, ...record };
        const entry = carryOver(stored?.raw ?? {}, recordOf(old), record);
        return withProfiles(config, new Map([...entriesOf(config), [name, entry]]));
      });
      return result;
    },
    /** Makes a profile the current one. Throws NotFoundError `not_found` unless it exists or is `default`. */
    async use(name: string): Promise<void> {
      checkProfileName(name);
      await rewrite((config) => {
        if (name !== DEFAULT_NAME && !config.profiles.has(name)) {
          throw new NotFoundError("not_found", `there is no profile "${name}"`, {
            next: [{ words: ["nectar", "profiles", "list"], why: "the profiles" }],
          });
        }
        return config.current === name ? null : { ...config.raw, currentProfile: name };
      });
    },
    /** Removes a profile; if it was current, `default` becomes current. False if there was none. */
    async remove(name: string): Promise<boolean> {
      checkProfileName(name);
      if (!read().profiles.has(name)) return false;
      let removed = false;
      await rewrite((config) => {
        const entries = new Map(entriesOf(config));
        removed = entries.delete(name);
        if (!removed) return null;
        const left = withProfiles(config, entries);
        return config.current === name ? { ...left, currentProfile: DEFAULT_NAME } : left;
      });
      return removed;
    },
    /** Proves that the file can be written, by rewriting its content: before something is created whose ID is stored here. */
    rehearse: (): Promise<void> =>
      withLock(file, place, () => rehearseReplacing(file, { ...place, secret: false })),
  };
}

function entriesOf(config: Config): [name: string, raw: unknown][] {
  return [...config.profiles].map(([name, { raw }]) => [name, raw]);
}

function withProfiles(config: Config, entries: ReadonlyMap<string, unknown>): JsonObject {
  return { ...config.raw, profiles: Object.fromEntries(entries) };
}

function readConfig(file: string, uid: number | undefined): Config {
  const bad = (what: string) => damaged(file, "config", what);
  const options = { kind: "config", schema: storedFile, secret: false, uid } as const;
  const found = readJsonFile(file, { ...options, movedBy: "NECTAR_CONFIG_DIR" });
  if (found === null) {
    const raw = { schemaVersion: SCHEMA_VERSION, currentProfile: DEFAULT_NAME, profiles: {} };
    return { raw, current: DEFAULT_NAME, profiles: new Map() };
  }
  const { currentProfile: current } = found.value;
  if (!isProfileName(current)) throw bad("currentProfile: not a valid profile name");
  // Read from the raw file: the schema silently drops a key such as `__proto__`.
  const entries = Object.entries(found.raw["profiles"] ?? {}).map(([name, raw]) => {
    if (!isProfileName(name)) throw bad("profiles: contains an invalid profile name");
    const read = profileRecord.safeParse(raw);
    if (read.success) return [name, { raw, profile: { name, ...read.data } }] as const;
    throw bad(describeIssue(read.error.issues[0], ["profiles", name]));
  });
  return { raw: found.raw, current, profiles: new Map(entries) };
}

/** Writes the whole file atomically with conf, mode 0600. */
async function writeConfig(file: string, store: JsonObject): Promise<void> {
  const { default: Conf } = await import("conf");
  try {
    const conf = new Conf<Record<string, unknown>>({
      cwd: dirname(file),
      configName: "config",
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
      // conf would read the old file to compare it, and fail on a byte order mark; all of it is replaced anyway.
      deserialize: () => ({}),
    });
    conf.store = { ...store };
  } catch (error) {
    throw notReplaceable(file, error, "NECTAR_CONFIG_DIR") ?? error;
  }
}
