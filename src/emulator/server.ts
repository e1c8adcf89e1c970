/** The emulator behind a socket of this machine: embedded in a command, or standing by for other programs. */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { closeServer, LOOPBACK, listenOnLoopback } from "../api/loopback.ts";
import { withLock } from "../disk/lock.ts";
import { UsageError } from "../errors.ts";
import { createEmulator, type EmulatorOptions } from "./app.ts";
import { openFaults } from "./faults/faults.ts";
import { drive, type OperationOptions, type Operations } from "./operations.ts";
import { isUseless, placeOf, type StateFolder } from "./state/folder.ts";
import { ensureKey, newKey } from "./state/key.ts";
import {
  findStanding,
  type Registration,
  register,
  registrationFile,
  unregister,
} from "./state/standing.ts";
import { createMemoryStore, type EmulatorStore, openStore } from "./store.ts";

const OTHER_PORT = [
  { words: ["nectar", "emulator", "start", "--port", "0"], why: "let the system pick a port" },
];

/** What `nectar emulator start` listens on unless it is told otherwise. */
export const DEFAULT_PORT = 4010;

/** Longer than any pause between two requests of a command, so that a kept connection does not end under one. */
const KEEP_ALIVE_MS = 60_000;

export interface StartOptions extends OperationOptions, Pick<EmulatorOptions, "delay" | "paths"> {
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Whether other programs may find it through the folder. */
  readonly standing: boolean;
  /** Whether the process is there for nothing else, so that its globals may be replaced; not, when not given. */
  readonly ownProcess?: boolean | undefined;
  /** The ID of this process. */
  readonly pid: number;
  /** Whether a process runs; when not given, only the answer of a registered emulator counts. */
  readonly isAlive?: ((pid: number) => boolean) | undefined;
}

export interface RunningEmulator extends Operations {
  /** The base URL, for instance `http://127.0.0.1:4010/v2.2`. */
  readonly url: string;
  readonly key: string;
  readonly port: number;
  /** Ends all connections at once and waits for writes that are under way. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an emulator on 127.0.0.1.
 *
 * @throws {UsageError} `port_in_use`, `port_not_allowed`, or `emulator_running` when the folder has a standing one already
 * @throws {LocalStateError} when the folder is damaged, locked or can't be used
 */
export async function startServer(options: StartOptions): Promise<RunningEmulator> {
  const folder = folderOf(options);
  if (folder === null) return run(options, createMemoryStore(), newKey(options.ids));
  if (options.standing) await refuseSecond(folder, options);
  await openFaults(options)
    .list()
    .catch((error: unknown) => {
      // Damage is told in the answers, until a reset. A file that is not safe is refused before anything else.
      if (!isUseless(error)) throw error;
    });
  const key = await ensureKey(folder, options.ids);
  return run(options, await openStore(folder), key);
}

async function run(
  options: StartOptions,
  kept: EmulatorStore,
  key: string,
): Promise<RunningEmulator> {
  const { clock } = options;
  const folder = folderOf(options);
  const registerIn = options.standing ? folder : null;
  const { store, close: closeDriven, ...operations } = drive(kept, options);
  const closing = new AbortController();
  const app = createEmulator({
    ...options,
    ...{ store, key, operations, pageOrigin: pageOriginOf(options) },
    faults: {
      faults: operations.faults,
      sleep: (ms, signal) => clock.sleep(ms, signal),
      closing: closing.signal,
    },
  });
  const { ownProcess: overrideGlobalObjects = false } = options;
  // The adapter's own Request and Response are faster, and take the place of the global ones.
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects }));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listenOnLoopback(server, options.port, OTHER_PORT).catch(
    async (error: unknown) => {
      // What looks for events would keep the process alive.
      await closeDriven();
      throw error;
    },
  );
  const url = `http://${LOOPBACK}:${port}/v2.2`;
  const registration: Registration = {
    url,
    pid: options.pid,
    startedAt: new Date(clock.now()).toISOString(),
  };
  let closed: Promise<void> | null = null;
  const end = async () => {
    if (registerIn !== null) unregister(registerIn, registration);
    closing.abort();
    await closeServer(server);
    await closeDriven();
  };
  const running: RunningEmulator = {
    ...operations,
    ...{ url, key, port },
    close: () => {
      closed ??= end();
      return closed;
    },
  };
  if (registerIn !== null) {
    try {
      // Two that start at once ask again inside the lock, so that only the first of them registers.
      await withLock(registrationFile(registerIn), placeOf(registerIn), async () => {
        await refuseSecond(registerIn, options);
        await register(registerIn, registration);
      });
    } catch (error) {
      await running.close();
      throw error;
    }
  }
  return running;
}

/**
 * Where a link works that is given out: here, unless this emulator is embedded in a command and gone with it. Then it is
 * where the folder's standing one is, or where it will be.
 */
function pageOriginOf(options: StartOptions): EmulatorOptions["pageOrigin"] {
  const { standing, live = false, isAlive = () => true } = options;
  const folder = folderOf(options);
  if (folder === null || standing || live) return undefined;
  return async () => {
    const found = await findStanding({ ...folder, isAlive });
    return found === null ? `http://${LOOPBACK}:${DEFAULT_PORT}` : new URL(found.url).origin;
  };
}

/** @returns null when everything is in memory */
function folderOf({ stateDir, uid, by }: StartOptions): StateFolder | null {
  return stateDir === null ? null : { stateDir, uid, by };
}

async function refuseSecond(
  folder: StateFolder,
  { isAlive = () => true }: Pick<StartOptions, "isAlive">,
): Promise<void> {
  const standing = await findStanding({ ...folder, isAlive });
  if (standing === null) return;
  throw new UsageError("emulator_running", `a local emulator runs already at ${standing.url}`, {
    hint: `Use that one, or end process ${standing.pid} first.`,
    next: [{ words: ["nectar", "emulator", "status"], why: "look at the one that runs" }],
  });
}
