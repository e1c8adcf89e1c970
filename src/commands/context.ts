/** What a command gets from the outside, and the resources that it may ask for. Everything heavy is loaded when it is asked for. */
import type { KitContext } from "../cli/context.ts";
import type { LockOptions } from "../disk/lock.ts";
import type { Places } from "../disk/paths.ts";
import type { StateFolder } from "../emulator/emulator.ts";
import type { CredentialStore } from "../profile/credentials.ts";
import type { ProfileStore } from "../profile/profiles.ts";
import type { Session } from "./session.ts";
import type { Target } from "./targets.ts";

/** The options that every command takes. */
export interface Globals {
  readonly profile: string | null;
  readonly local: boolean;
  /** Without a trailing slash. */
  readonly apiUrl: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
  readonly timeoutMs: number;
  /** Whether `--timeout` was given, so that it counts from the start, questions included. */
  readonly hasTimeout: boolean;
  /** How long to wait for another run that writes with the same profile, in milliseconds. */
  readonly waitLockMs: number;
  /** False with `--no-save`: nothing is kept on this machine. */
  readonly save: boolean;
  readonly debug: boolean;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Facts of the machine and the process, read once by `main.ts`. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly cwd: string;
  readonly pid: number;
  readonly host: string;
  readonly uid: number | undefined;
  /** The Node binary, absolute. */
  readonly execPath: string;
  /** Where this tool is installed, absolute. */
  readonly toolFolder: string;
  /** The words that a person types to run this tool again; found out when a command is printed. */
  readonly startedAs: () => readonly string[];
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether a coding agent runs this tool. */
  readonly isAgent: () => Promise<boolean>;
  /** A fresh UUID. */
  readonly newId: () => string;
  readonly isAlive: (pid: number) => boolean;
  /** Opens a web page in the user's browser; rejects when that can't be done. */
  readonly openUrl: (url: string) => Promise<void>;
}

export interface Context extends KitContext {
  readonly globals: Globals;
  readonly machine: Machine;
  readonly version: string;
  readonly places: Places;
  /** How this run takes a lock in the state folder. */
  readonly lock: LockOptions;
  /** The state folder, for the local emulator. */
  readonly stateFolder: StateFolder;
  /** When the command must have ended, in milliseconds since the epoch; infinite until the deadline is started. */
  deadline(): number;
  profiles(): Promise<ProfileStore>;
  credentials(): Promise<CredentialStore>;
  /** The profile that this command is about: asked for, or current, or `local` for the emulator. */
  profileName(): Promise<string>;
  /** The way to the API for this command's target and key; opened once. */
  session(): Promise<Session>;
  /** Settles target and key by hand, before the session is opened: the wizard's answers. */
  choose(choice: { readonly target: Target; readonly key?: string }): void;
  /** Runs when the command has ended, however it ended. */
  onClose(release: () => void | Promise<void>): void;
}
