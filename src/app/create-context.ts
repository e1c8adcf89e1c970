/** Creates the context from what only `main.ts` can provide, and from the global options. */
import { setMaxListeners } from "node:events";
import type { Io } from "../cli/io.ts";
import { findPlaces } from "../disk/paths.ts";
import { NectarError, NetworkError } from "../errors.ts";
import type { OpenStreams } from "../terminal/open-streams.ts";
import { createProgress } from "../terminal/progress.ts";
import { coloredStreams, type Streams } from "../terminal/streams.ts";
import { showsUnicode } from "../terminal/unicode.ts";
import { formatDuration } from "../words/duration.ts";
import type { Call, Choice, Context, Machine, Session } from "./context.ts";
import { type Globals, isSet } from "./globals.ts";
import { commandLines } from "./hints.ts";
import { DEFAULT_PROFILE, LOCAL_PROFILE } from "./target.ts";

/** What `main.ts` provides; the rest is derived from it. */
export interface Given extends Machine, Pick<Context, "env" | "version" | "signal"> {
  readonly streams: OpenStreams;
}

const NO_CALL: Call = { name: "nectar", words: ["nectar"], registry: { groups: [], commands: [] } };

/**
 * @param given its signal aborts when the user stops the tool
 * @param call without it, no command has been called yet
 */
export function createContext(
  given: Given,
  globals: Globals,
  { name, words, registry }: Call = NO_CALL,
): Context {
  const { env, clock, uid, pid, host, isAlive, cwd, home, platform } = given;
  const streams = coloredStreams(given.streams, env, globals.color);
  const timeUp = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([given.signal, timeUp.signal]);
  // Of many companies, each may sleep until it aborts.
  setMaxListeners(0, signal);
  const releases: (() => void | Promise<void>)[] = [];
  const places = findPlaces({ env, platform, home, cwd });
  const { configDir, stateDir } = places;
  const by = { pid, host, isAlive, clock, command: name };
  let deadline = Number.POSITIVE_INFINITY;
  let choice: Choice | null = null;
  let session: Promise<Session> | null = null;

  const context: Context = {
    ...given,
    ...dialog(given, streams, globals, signal),
    ...{ globals, registry, words, commandName: name },
    streams,
    signal,
    commandLine: commandLines(
      given.startedAs,
      () => ({ ...globals, local: globals.local || choice?.target.kind === "local" }),
      home,
    ),
    places,
    lock: {
      ...{ ...by, uid, signal, waitMs: globals.waitLockMs },
      ...{ movedBy: "NECTAR_STATE_DIR", top: stateDir },
    },
    emulator: { stateDir, uid, by, clock, pid, isAlive, ids: given.newId },
    deadline: () => deadline,
    startDeadline() {
      if (deadline !== Number.POSITIVE_INFINITY) return;
      deadline = clock.now() + globals.timeoutMs;
      clock.sleep(globals.timeoutMs, ended.signal).then(
        () => timeUp.abort(timeUpError(globals.timeoutMs)),
        () => {},
      );
    },
    profiles: once(async () => {
      const { openProfiles } = await import("../profile/profiles.ts");
      return openProfiles({ configDir, now: clock.now, uid, by });
    }),
    credentials: once(async () => {
      const { openCredentials } = await import("../profile/credentials.ts");
      return openCredentials({
        ...{ configDir, env, now: clock.now, uid, by },
        keyring: {
          ...{ execPath: given.execPath, env, sleep: clock.sleep, signal },
          get toolFolder() {
            return given.toolFolder();
          },
        },
      });
    }),
    async temporaryFolder() {
      const { makeTemporaryFolder } = await import("../disk/temporary-file.ts");
      const { path, remove } = makeTemporaryFolder();
      context.onClose(remove);
      return path;
    },
    async profileName() {
      if (globals.profile !== null) return globals.profile;
      if (globals.local || choice?.target.kind === "local") return LOCAL_PROFILE;
      return (await (await context.profiles()).current()) || DEFAULT_PROFILE;
    },
    async profile() {
      return (await context.profiles()).find(await context.profileName());
    },
    session() {
      session ??= import("./client.ts").then(({ openSession }) => openSession(context, choice));
      return session;
    },
    choose(chosen) {
      const isSame = chosen.target.name === choice?.target.name && chosen.key === choice.key;
      if (!isSame) session = null;
      choice = chosen;
    },
    onClose(release) {
      releases.push(release);
    },
    async close() {
      context.progress.stop();
      ended.abort();
      for (const release of releases.reverse()) {
        try {
          await release();
        } catch (error) {
          // The result has been reported already. Anything left behind, such as a lock, is taken over by the next run.
          if (!(error instanceof NectarError)) throw error;
        }
      }
    },
  };
  return context;
}

/** Questions, progress and notes: all on stderr, and only where the options allow them. */
function dialog(
  given: Given,
  streams: Streams,
  globals: Globals,
  signal: AbortSignal,
): Pick<Io, "canAsk" | "progress" | "prompter" | "note" | "readStdin"> {
  const { env } = given;
  const { stderr } = streams;
  const inCi = isSet(env["CI"]);
  const { accessible } = globals;
  const unicode = showsUnicode(env, given.platform) && !accessible;
  const enabled = !globals.json && !globals.quiet;
  const forbidden = globals.yes || globals.noInput || globals.json || inCi;
  const shows = !stderr.isTTY || inCi ? "results" : accessible ? "lines" : "spinner";
  const progress = createProgress({ output: stderr, enabled, shows, unicode });
  return {
    progress,
    prompter: once(async () => {
      if (accessible) {
        const { createLinePrompter } = await import("../terminal/line-prompter.ts");
        return createLinePrompter({ streams, signal });
      }
      const { createPrompter } = await import("../terminal/prompter.ts");
      return createPrompter({ streams, signal, unicode });
    }),
    canAsk: once(async () => {
      if (forbidden || !stderr.isTTY || streams.stdin.isTTY !== true) return false;
      // Checked last because it is slow. With an agent on the terminal, nobody would ever answer the prompt.
      return !(await given.isAgent());
    }),
    note(line) {
      if (enabled) progress.note(line);
    },
    readStdin: once(async () => {
      const { readLine } = await import("../cli/input-file.ts");
      return readLine(streams, signal);
    }),
  };
}

/** Calls `create` at the first call, and keeps what comes of it. */
export function once<Value>(create: () => Promise<Value>): () => Promise<Value> {
  let promise: Promise<Value> | null = null;
  return () => {
    promise ??= create();
    return promise;
  };
}

function timeUpError(timeoutMs: number): NetworkError {
  return new NetworkError("deadline", `not done within ${formatDuration(timeoutMs)}`, {
    processed: "unknown",
    hint: "Run the same command again to continue. --timeout sets the time limit.",
  });
}
