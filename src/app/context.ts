/** The context: everything outside of a command that it may use. What is heavy is loaded on first use. */
import type { NectarApi } from "../api/client.ts";
import type { Io } from "../cli/io.ts";
import type { LockOptions } from "../disk/lock.ts";
import type { Places } from "../disk/paths.ts";
import type { StateFolder } from "../emulator/emulator.ts";
import type { CredentialStore } from "../profile/credentials.ts";
import type { Profile, ProfileStore } from "../profile/profiles.ts";
import type { Globals } from "./globals.ts";
import type { Target } from "./target.ts";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Made by `main.ts` from this process, and again with the global options once the command line is parsed. */
export interface Context extends Io {
  readonly globals: Globals;
  readonly clock: Clock;
  /** Aborts when the user stops the tool, or the command's deadline has come. */
  readonly signal: AbortSignal;
  /** From 0 up to 1. */
  random(): number;
  /** A fresh UUID. */
  newId(): string;

  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly cwd: string;
  readonly pid: number;
  readonly host: string;
  readonly uid: number | undefined;
  /** The Node binary, absolute. */
  readonly execPath: string;
  /** Where this tool is installed, absolute. */
  toolFolder(): string;
  /** The words that start this tool the way it was started now, such as `nectar`. */
  startedAs(): readonly string[];
  isAlive(pid: number): boolean;
  /** Whether a coding agent runs this tool. */
  isAgent(): Promise<boolean>;
  /** Opens a web page in the user's browser; rejects when that can't be done. */
  openUrl(url: string): Promise<void>;

  readonly places: Places;
  /** How this run takes a lock in the state folder. */
  readonly lock: LockOptions;
  /** The state folder, for the local emulator. */
  readonly stateFolder: StateFolder;
  profiles(): Promise<ProfileStore>;
  credentials(): Promise<CredentialStore>;
  /** The profile of this command: from the flag or variable, else `local` for the emulator, else the current one. */
  profileName(): Promise<string>;
  /** The API of this command's target, with its key; opened once. */
  session(): Promise<Session>;
  /** Sets the target, and its key, before the session is opened: the wizard's answers. */
  choose(choice: Choice): void;

  /** When the command must have ended, in milliseconds since the epoch; infinite until the deadline is started. */
  deadline(): number;
  /** Runs when the command has ended, however it ended. */
  onClose(release: () => void | Promise<void>): void;
  /** Releases everything that was opened, last first. */
  close(): Promise<void>;
  /** The same context with the options of one command line. */
  forCommand(globals: Globals, commandName: string): Context;
}

export interface Choice {
  readonly target: Target;
  readonly key?: string;
}

/** The API that a command talks to, and the profile that goes with it. */
export interface Session {
  readonly target: Target;
  readonly profileName: string;
  /** As it was when the session was opened; null when it is new. */
  readonly profile: Profile | null;
  readonly api: NectarApi;
  /** How long after it was sent a create may still appear, in milliseconds. */
  readonly fateMs: number;
  /**
   * Proves that the profile can be written, so that no ID is lost later.
   *
   * @throws LocalStateError `folder_not_writable`
   */
  rehearse(): Promise<void>;
  /** Changes the profile, binds it to this session's target, and remembers the path forms. */
  save(change: (profile: Profile) => Profile): Promise<Profile>;
}
