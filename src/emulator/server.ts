/** The emulator as an HTTP server on this machine: embedded in a command, or standing for other programs to use. */

import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { closeServer, LOOPBACK, listenOnLoopback } from "../api/loopback.ts";
import { createEmulator, type EmulatorOptions } from "./app.ts";
import { isoOf } from "./clock.ts";
import { openFaults } from "./faults/faults.ts";
import { type OperationOptions, type Operations, openOperations } from "./operations.ts";
import { DEFAULT_PORT } from "./options.ts";
import { ensureKey, newKey } from "./state/key.ts";
import {
  findStanding,
  type LivingFolder,
  type Registration,
  refuseSecond,
  register,
  unregister,
} from "./state/standing.ts";
import { createMemoryStore, type EmulatorStore, openStore } from "./store.ts";

const OTHER_PORT = [
  { words: ["nectar", "emulator", "start", "--port", "0"], why: "let the system pick a port" },
];

/** Longer than any pause between two requests of a command, so that a reused connection is not closed under one. */
const KEEP_ALIVE_MS = 60_000;

export interface StartOptions extends OperationOptions, Pick<EmulatorOptions, "delay" | "paths"> {
  /** 0 lets the system pick a free one. */
  readonly port: number;
  /** Whether it registers in the folder for other programs to find. */
  readonly standing: boolean;
  /** Whether the process runs only the emulator, so that its globals may be replaced; default false. */
  readonly ownProcess?: boolean | undefined;
  readonly pid: number;
  /** Whether a process is running; when not given, only a registered emulator's response counts. */
  readonly isAlive?: ((pid: number) => boolean) | undefined;
}

export interface RunningEmulator extends Operations {
  /** The base URL, for instance `http://127.0.0.1:4010/v2.2`. */
  readonly url: string;
  readonly key: string;
  readonly port: number;
  /** Resolves when `nectar emulator stop` asks a standing emulator to end. */
  readonly stopped: Promise<void>;
  /** Closes all connections at once and waits for pending writes. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an emulator on 127.0.0.1.
 *
 * @throws {UsageError} `port_in_use`, `port_not_allowed`, or `emulator_running` when the folder already has a standing emulator
 * @throws {LocalStateError} when the folder is damaged, locked or can't be used
 */
export async function startServer(options: StartOptions): Promise<RunningEmulator> {
  const { stateDir, uid, by, isAlive = () => true, ids } = options;
  if (stateDir === null) return run(options, null, createMemoryStore(), newKey(ids));
  const folder = { stateDir, uid, by, isAlive };
  if (options.standing) await refuseSecond(folder);
  await openFaults(options).list();
  const key = await ensureKey(folder, ids);
  return run(options, folder, await openStore(folder), key);
}

async function run(
  options: StartOptions,
  folder: LivingFolder | null,
  stored: EmulatorStore,
  key: string,
): Promise<RunningEmulator> {
  const { clock } = options;
  const registerIn = options.standing ? folder : null;
  const { store, close: closeOperations, ...operations } = openOperations(stored, options);
  const closing = new AbortController();
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const app = createEmulator({
    ...options,
    ...{ store, key, operations, closing: closing.signal },
    pageOrigin: pageOriginOf(options, folder),
    // After the response has been written: the server closes every connection at once.
    stop: registerIn === null ? undefined : () => setImmediate(stop),
  });
  const { ownProcess: overrideGlobalObjects = false } = options;
  // The adapter's Request and Response are faster, but replace the globals.
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects }));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listenOnLoopback(server, options.port, OTHER_PORT).catch(
    async (error: unknown) => {
      // Polling for events would keep the process alive.
      await closeOperations();
      throw error;
    },
  );
  const url = `http://${LOOPBACK}:${port}/v2.2`;
  const registration: Registration = { url, pid: options.pid, startedAt: isoOf(clock.now()) };
  let closed: Promise<void> | null = null;
  const end = async () => {
    if (registerIn !== null) unregister(registerIn, registration);
    closing.abort();
    await closeServer(server);
    await closeOperations();
  };
  const running: RunningEmulator = {
    ...operations,
    ...{ url, key, port, stopped },
    close: () => {
      closed ??= end();
      return closed;
    },
  };
  if (registerIn !== null) {
    try {
      await register(registerIn, registration);
    } catch (error) {
      await running.close();
      throw error;
    }
  }
  return running;
}

/**
 * The origin for links that the emulator hands out: this server, unless it is embedded in a command and ends with it. Then
 * the folder's standing emulator, or the default port where one would run.
 */
function pageOriginOf(
  { standing, live = false }: StartOptions,
  folder: LivingFolder | null,
): EmulatorOptions["pageOrigin"] {
  if (folder === null || standing || live) return undefined;
  return async () => {
    const found = await findStanding(folder);
    return found === null ? `http://${LOOPBACK}:${DEFAULT_PORT}` : new URL(found.url).origin;
  };
}
