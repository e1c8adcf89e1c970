/** An endpoint for as long as a program listens, and the sending to it, whether or not an emulator stands by. */
import { LocalStateError } from "../../errors.ts";
import { emulatorTime } from "../clock.ts";
import type { EndpointRecord } from "../state/entities.ts";
import type { StateFolder } from "../state/folder.ts";
import { type EmulatorStore, openStore } from "../store.ts";
import { isoOf } from "./delivery-log.ts";
import type { EventType } from "./event-types.ts";
import { DATA_SOURCES } from "./sources.ts";
import { startWebhooks, type WebhookOptions } from "./webhooks.ts";

/** How often it is looked whether the endpoint is still there, in milliseconds. */
const LOOK_MS = 1000;

export interface ListeningOptions extends StateFolder {
  readonly clock: WebhookOptions["clock"];
  readonly ids: () => string;
  /** The process that listens. */
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  readonly url: string;
  /** None takes every event. */
  readonly eventTypes: readonly EventType[];
  /** Made when not given. */
  readonly secret: string | undefined;
}

export interface Listening {
  readonly endpoint: EndpointRecord;
  close(): Promise<void>;
}

/**
 * Registers a URL of this process and sends to it what happens on the emulator of a folder, in whichever process.
 * What a killed one left behind is removed first. A reset of the emulator takes the endpoint away; it comes back by itself.
 *
 * @returns `close` takes the endpoint away
 * @throws {LocalStateError} when the folder can't be read, written or locked
 */
export async function listenLocally(options: ListeningOptions): Promise<Listening> {
  const { stateDir, uid, by, clock, ids, pid, isAlive, ...given } = options;
  const store = await openStore({ stateDir, uid, by });
  const { webhooks, close } = startWebhooks({
    ...{ store, clock, ids },
    ...{ sources: DATA_SOURCES, live: true },
  });
  const end = async () => {
    await close();
    await store.close();
  };
  try {
    for (const { id, listenerPid } of await webhooks.list()) {
      if (listenerPid !== null && !isAlive(listenerPid)) await webhooks.remove(id);
    }
    const { endpoint } = await webhooks.add({ ...given, listenerPid: pid });
    const closing = new AbortController();
    const keeping = keepRegistered(endpoint, store, clock, closing.signal);
    return {
      endpoint,
      async close() {
        closing.abort();
        await keeping;
        try {
          if (endpoint.listenerPid === pid) await webhooks.remove(endpoint.id);
        } finally {
          await end();
        }
      },
    };
  } catch (error) {
    // What sends would keep the process alive.
    await end();
    throw error;
  }
}

async function keepRegistered(
  endpoint: EndpointRecord,
  store: EmulatorStore,
  clock: WebhookOptions["clock"],
  closing: AbortSignal,
): Promise<void> {
  while (!closing.aborted) {
    await clock.sleep(LOOK_MS, closing).catch(() => undefined);
    if (closing.aborted) return;
    try {
      if ((await store.read((view) => view.endpoint(endpoint.id))) !== undefined) continue;
      await store.write((view, changes) => {
        if (view.endpoint(endpoint.id) !== undefined) return;
        // A reset brings the time back, too: what happens from here on is not before the endpoint.
        const created = isoOf(Math.min(Date.parse(endpoint.created), emulatorTime(view, clock)));
        changes.push({ op: "put", kind: "endpoint", value: { ...endpoint, created } });
      });
    } catch (error) {
      // Met again at the next look.
      if (!(error instanceof LocalStateError)) throw error;
    }
  }
}
