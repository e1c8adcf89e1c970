/** The emulator behind a socket of this machine: embedded in a command, or standing by for other programs. */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { closeServer, LOOPBACK, listenOnLoopback } from "../api/loopback.ts";
import { type LockingProcess, withLock } from "../disk/lock.ts";
import { UsageError } from "../errors.ts";
import { createEmulator, type EmulatorOptions } from "./app.ts";
import { type FaultControl, openFaults } from "./faults/faults.ts";
import { type Operations, operationsOf } from "./operations.ts";
import { isUseless, placeOf, type StateFolder } from "./state/folder.ts";
import { ensureKey, newKey } from "./state/key.ts";
import {
  findStanding,
  type Registration,
  register,
  registrationFile,
  unregister,
} from "./state/standing.ts";
import { connectingParts } from "./statuses/connecting.ts";
import { createMemoryStore, type EmulatorStore, openStore } from "./store.ts";
import { DATA_SOURCES } from "./webhooks/sources.ts";
import { type Patience, startWebhooks, type Webhooks } from "./webhooks/webhooks.ts";

export { findStanding } from "./state/standing.ts";
export { resetEmulator } from "./store.ts";

const OTHER_PORT = [
  { words: ["nectar", "emulator", "start", "--port", "0"], why: "let the system pick a port" },
];

/** What `nectar emulator start` listens on unless it is told otherwise. */
export const DEFAULT_PORT = 4010;

/** Longer than any pause between two requests of a command, so that a kept connection does not end under one. */
const KEEP_ALIVE_MS = 60_000;

export interface StartOptions
  extends Pick<
    EmulatorOptions,
    "ids" | "delay" | "paths" | "wrongPasswordStatus" | "scenario" | "dataDelayMs"
  > {
  /** `now` in milliseconds since 1970; `sleep` waits so many milliseconds, and rejects when the signal aborts. */
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  /** The tool's state folder; null keeps everything in memory. */
  readonly stateDir: string | null;
  /** The process's user; without it the owner of the folder's files is not checked. */
  readonly uid?: number | undefined;
  /** Named to others that wait for the folder's locks. */
  readonly by?: LockingProcess | undefined;
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Whether other programs may find it through the folder. */
  readonly standing: boolean;
  /**
   * Whether webhooks are sent while it runs, and not only when it is closed; not, when not given.
   * Needs a clock whose sleep takes time.
   */
  readonly live?: boolean | undefined;
  /** Whether the process is there for nothing else, so that its globals may be replaced; not, when not given. */
  readonly ownProcess?: boolean | undefined;
  /** How long its end may wait for webhooks that are on their way; some seconds when not given. */
  readonly patience?: Patience | undefined;
  /** The ID of this process. */
  readonly pid: number;
  /** Whether a process runs; when not given, only the answer of a registered emulator counts. */
  readonly isAlive?: ((pid: number) => boolean) | undefined;
}

export interface RunningEmulator {
  /** The base URL, for instance `http://127.0.0.1:4010/v2.2`. */
  readonly url: string;
  readonly key: string;
  readonly port: number;
  /** Sets what goes wrong with the next requests. Kept in the state folder, where there is one. */
  readonly faults: FaultControl;
  /** Drives it from this program. */
  readonly operations: Operations;
  readonly webhooks: Webhooks;
  /** Ends all connections at once and waits for writes that are under way. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an emulator on 127.0.0.1.
 *
 * @throws {UsageError} `port_in_use`, `port_not_allowed`, or `emulator_running` when the folder has a standing one already
 * @throws {LocalStateError} when the folder is damaged, locked or can't be used
 */
export async function startEmulator(options: StartOptions): Promise<RunningEmulator> {
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
  const { clock, ids, patience, live = false } = options;
  const folder = folderOf(options);
  const registerIn = options.standing ? folder : null;
  const parts = { store: kept, clock, ids, sources: DATA_SOURCES, patience, live };
  const { store, webhooks, close: closeWebhooks } = startWebhooks(parts);
  const faults = openFaults(options);
  const closing = new AbortController();
  const app = createEmulator({
    ...options,
    ...{ store, key, webhooks, pageOrigin: pageOriginOf(options) },
    faults: { faults, sleep: (ms, signal) => clock.sleep(ms, signal), closing: closing.signal },
  });
  const { ownProcess: overrideGlobalObjects = false } = options;
  // The adapter's own Request and Response are faster, and take the place of the global ones.
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects }));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listenOnLoopback(server, options.port, OTHER_PORT).catch(
    async (error: unknown) => {
      // What looks for events would keep the process alive.
      await closeWebhooks();
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
    await closeWebhooks();
    await store.close();
  };
  const running: RunningEmulator = {
    url,
    key,
    port,
    faults,
    operations: operationsOf({ store, clock, ...connectingParts(options), faults }),
    webhooks,
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
