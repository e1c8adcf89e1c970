/** Builds the context of one command from the machine, the streams and the global options. */
import { commandLines } from "../app/hints.ts";
import { readStdin, TooMuch } from "../cli/input-file.ts";
import { formatDuration } from "../cli/values.ts";
import type { LockOptions } from "../disk/lock.ts";
import { findPlaces } from "../disk/paths.ts";
import { NectarError, NetworkError, UsageError } from "../errors.ts";
import type { ProfileStore } from "../profile/profiles.ts";
import { createProgress } from "../terminal/progress.ts";
import { createPrompter } from "../terminal/prompter.ts";
import type { Streams } from "../terminal/streams.ts";
import { showsUnicode } from "../terminal/unicode.ts";
import type { Context, Globals, Machine } from "./context.ts";
import { isSet } from "./globals.ts";
import { type Choice, openSession, type Session } from "./session.ts";
import { DEFAULT_PROFILE, LOCAL_PROFILE } from "./targets.ts";

/** Everything outside the tool that a command may touch. */
export interface World {
  readonly machine: Machine;
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly globals: Globals;
  /** The words of the command, such as `nectar companies list`. */
  readonly commandName: string;
  readonly version: string;
  /** Aborts when the user stops the tool. */
  readonly signal: AbortSignal;
}

export interface OwnedContext extends Context {
  /** Releases everything that was opened, last first. */
  close(): Promise<void>;
}

const LONGEST_STDIN = 64 * 1024;

export function createContext(options: World): OwnedContext {
  const { machine, streams, env, globals } = options;
  const { clock } = machine;
  const timeUp = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, timeUp.signal]);
  const releases: (() => void | Promise<void>)[] = [];
  const places = findPlaces({
    env,
    platform: machine.platform,
    home: machine.home,
    cwd: machine.cwd,
  });
  const { pid, host, isAlive } = machine;
  const by = { pid, host, isAlive, clock, command: options.commandName };
  const once = <Thing>(make: () => Promise<Thing>): (() => Promise<Thing>) => {
    let made: Promise<Thing> | null = null;
    return () => {
      made ??= make();
      return made;
    };
  };

  const inCi = isSet(env["CI"]);
  const dumb = env["TERM"] === "dumb";
  const unicode = showsUnicode(env, machine.platform);
  const talks = !globals.json && !globals.quiet;
  const forbidden = globals.yes || globals.noInput || globals.json || inCi;
  const isTerminal = !forbidden && streams.stderr.isTTY && streams.stdin.isTTY === true;
  const progress = createProgress({
    output: streams.stderr,
    enabled: talks,
    spinner: streams.stderr.isTTY && !inCi && !dumb,
    unicode,
  });
  const prompter = createPrompter({
    get input() {
      return streams.stdin;
    },
    output: streams.stderr.raw,
    signal,
    colorLevel: streams.stderr.palette.level,
    unicode,
  });

  let deadline = Number.POSITIVE_INFINITY;
  let choice: Choice | null = null;
  let session: Promise<Session> | null = null;

  const context: OwnedContext = {
    streams,
    env,
    commandLine: commandLines(machine.startedAs, () => ({
      profile: globals.profile,
      local: globals.local || choice?.target.kind === "local",
      apiUrl: globals.apiUrl,
    })),
    mode: { json: globals.json, quiet: globals.quiet, yes: globals.yes },
    // Looked for last: on a terminal a coding agent would wait for an answer for ever.
    canAsk: once(async () => isTerminal && !(await machine.isAgent())),
    countsQuestions: globals.hasTimeout,
    progress,
    prompter,
    signal,
    globals,
    machine,
    version: options.version,
    places,
    lock: {
      ...by,
      ...{ signal, waitMs: globals.waitLockMs },
      ...{ uid: machine.uid, movedBy: "NECTAR_STATE_DIR", top: places.stateDir },
    } satisfies LockOptions,
    stateFolder: { stateDir: places.stateDir, uid: machine.uid, by },
    now: () => clock.now(),
    deadline: () => deadline,
    startDeadline() {
      if (deadline !== Number.POSITIVE_INFINITY) return;
      deadline = clock.now() + globals.timeoutMs;
      clock.sleep(globals.timeoutMs, ended.signal).then(
        () => timeUp.abort(timeUpError(globals.timeoutMs)),
        () => {},
      );
    },
    profiles: once(async (): Promise<ProfileStore> => {
      const { openProfiles } = await import("../profile/profiles.ts");
      return openProfiles({ configDir: places.configDir, now: clock.now, uid: machine.uid, by });
    }),
    credentials: once(async () => {
      const { openCredentials } = await import("../profile/credentials.ts");
      return openCredentials({
        configDir: places.configDir,
        env,
        now: clock.now,
        uid: machine.uid,
        by,
        keyring: {
          execPath: machine.execPath,
          get toolFolder() {
            return machine.toolFolder;
          },
          env,
          sleep: clock.sleep,
          signal,
        },
      });
    }),
    async profileName() {
      if (globals.profile !== null) return globals.profile;
      if (globals.local || choice?.target.kind === "local") return LOCAL_PROFILE;
      return (await (await context.profiles()).current()) || DEFAULT_PROFILE;
    },
    session() {
      session ??= openSession(context, choice);
      return session;
    },
    choose(made) {
      choice = made;
    },
    note(line) {
      if (talks) progress.note(line);
    },
    onClose(release) {
      releases.push(release);
    },
    readStdin: once(() => readLine(streams, signal)),
    async close() {
      progress.stop();
      ended.abort();
      for (const release of releases.reverse()) {
        try {
          await release();
        } catch (error) {
          // The command has ended and said how. What is left behind, such as a lock, is taken over by the next run.
          if (!(error instanceof NectarError)) throw error;
        }
      }
    },
  };
  return context;
}

function timeUpError(timeoutMs: number): NetworkError {
  return new NetworkError("deadline", `not done within ${formatDuration(timeoutMs)}`, {
    processed: "unknown",
    hint: "Run the same command again: it continues. --timeout sets the time.",
  });
}

/** All of stdin, one trailing line end removed, spaces kept. */
async function readLine(streams: Streams, signal: AbortSignal): Promise<string> {
  try {
    const bytes = await readStdin(streams, signal, LONGEST_STDIN);
    return bytes.toString("utf8").replace(/\r?\n$/, "");
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    throw new UsageError("invalid_input", "more than 64 KiB came on stdin; it takes one line");
  }
}
