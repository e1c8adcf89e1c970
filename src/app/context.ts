/** The context: everything from outside that a command may use. Heavy modules are loaded on first use. */
import type { NectarApi } from "../api/client.ts";
import type { Clock } from "../api/http.ts";
import type { Runnable } from "../cli/define.ts";
import type { Io } from "../cli/io.ts";
import type { Node } from "../cli/tree.ts";
import type { LockOptions } from "../disk/lock.ts";
import type { Places } from "../disk/paths.ts";
import type { StateFolder } from "../emulator/emulator.ts";
import type { CredentialStore } from "../profile/credentials.ts";
import type { Profile, ProfileStore } from "../profile/profiles.ts";
import type { Ended } from "../terminal/child.ts";
import type { Globals } from "./globals.ts";
import type { Target } from "./target.ts";

/** Every command, and the groups that they are in. */
export interface Registry {
  readonly groups: readonly Node[];
  readonly commands: readonly (Node & {
    readonly load: () => Promise<{ readonly command: Runnable<Context> }>;
  })[];
}

/** What is outside this tool: the machine, and the process that it runs in. */
export interface Machine {
  readonly clock: Clock;
  /** At least 0, less than 1. */
  random(): number;
  newId(): string;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly cwd: string;
  readonly pid: number;
  readonly host: string;
  readonly uid: number | undefined;
  readonly execPath: string;
  readonly nodeVersion: string;
  /** Where this tool is installed, absolute. */
  toolFolder(): string;
  /** The words that started this run, such as `nectar`. */
  startedAs(): readonly string[];
  isAlive(pid: number): boolean;
  /** Whether a coding agent is running this tool. */
  isAgent(): Promise<boolean>;
  /**
   * Runs a program on this process's streams, and passes on signals to it. Its environment is the user's own, with these
   * variables; those that are undefined are left out.
   */
  runProgram(
    words: readonly string[],
    variables: Readonly<Record<string, string | undefined>>,
  ): Promise<Ended>;
  /** Opens a web page in the user's browser; rejects when that fails. */
  openUrl(url: string): Promise<void>;
}

/** Created from this process and the global options, once the command line is parsed. */
export interface Context extends Io, Machine {
  readonly clock: Clock;
  readonly globals: Globals;
  /** For commands about commands; empty where none was called. */
  readonly registry: Registry;
  /** Aborts when the user stops the tool or the command's deadline passes. */
  readonly signal: AbortSignal;
  /** A new folder of this run alone, which is removed when the command ends. */
  temporaryFolder(): Promise<string>;
  readonly places: Places;
  /** How this run takes a lock in the state folder. */
  readonly lock: LockOptions;
  readonly emulator: EmulatorHost;
  profiles(): Promise<ProfileStore>;
  credentials(): Promise<CredentialStore>;
  /** The profile of this command: from the flag or variable, else `local` for the emulator, else the current one. */
  profileName(): Promise<string>;
  /** The profile of this command as it is stored; null for a new one. */
  profile(): Promise<Profile | null>;
  /** The API client for this command's target and key; opened once for each choice. */
  session(): Promise<Session>;
  /** Sets the target and key from the wizard's answers. */
  choose(choice: Choice): void;

  /** When the command must have finished, in milliseconds since the epoch; infinite until the deadline is started. */
  deadline(): number;
  /** Registers a callback to run when the command ends, successfully or not. */
  onClose(release: () => void | Promise<void>): void;
  /** Runs the `onClose` callbacks, last registered first. */
  close(): Promise<void>;
}

/** The command that was called, among all commands. */
export interface Call {
  /** Such as `nectar companies list`. */
  readonly name: string;
  readonly words: readonly string[];
  readonly registry: Registry;
}

/** What each function of the local emulator takes: its state folder, and this process. */
export interface EmulatorHost extends StateFolder, Pick<Context, "clock" | "pid" | "isAlive"> {
  readonly ids: Context["newId"];
}

export interface Choice {
  readonly target: Target;
  readonly key?: string;
}

/** The API that a command uses, and its profile. */
export interface Session {
  readonly target: Target;
  readonly profileName: string;
  /** As stored when the session was opened; null for a new profile. */
  readonly profile: Profile | null;
  readonly api: NectarApi;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** How long after a create was sent its object may still appear, in milliseconds. */
  readonly fateMs: number;
  /**
   * Checks that the profile can be written, so that no ID is lost later.
   *
   * @throws LocalStateError `folder_not_writable`
   */
  rehearse(): Promise<void>;
  /** Updates the profile, binds it to this session's target, and stores the path forms. */
  save(change: (profile: Profile) => Profile): Promise<Profile>;
}
