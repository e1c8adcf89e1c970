/** A temporary endpoint for a listening program, and delivery to it, whether or not a standing emulator is running. */
import { LocalStateError } from "../../errors.ts";
import { emulatorTime, isoOf, type SleepingClock } from "../clock.ts";
import type { EndpointRecord } from "../state/entities.ts";
import type { StateFolder } from "../state/folder.ts";
import { type EmulatorStore, openStore } from "../store.ts";
import type { EventType } from "./event-types.ts";
import { startWebhooks, type WebhookOptions } from "./webhooks.ts";

/** How often to check that the endpoint is still registered, in milliseconds. */
const CHECK_EVERY_MS = 1000;

export interface ListeningOptions extends StateFolder, Pick<WebhookOptions, "clock" | "ids"> {
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  readonly url: string;
  /** Empty means every event. */
  readonly eventTypes: readonly EventType[];
  /** Generated when undefined. */
  readonly secret: string | undefined;
}

/**
 * Registers a URL of this process and delivers to it the events of a folder's emulator, whichever process causes them.
 * First removes endpoints left behind by killed listeners. If a reset of the emulator removes the endpoint, it is
 * registered again.
 *
 * @returns `close` removes the endpoint
 * @throws {LocalStateError} when the folder can't be read, written or locked
 */
export async function listenLocally(options: ListeningOptions) {
  const { stateDir, uid, by, clock, ids, pid, isAlive, ...given } = options;
  const store = await openStore({ stateDir, uid, by });
  const { webhooks, close } = startWebhooks({ store, clock, ids, live: true });
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
    const registering = keepRegistered(endpoint, store, clock, closing.signal);
    return {
      endpoint,
      async close() {
        closing.abort();
        await registering;
        try {
          if (endpoint.listenerPid === pid) await webhooks.remove(endpoint.id);
        } finally {
          await end();
        }
      },
    };
  } catch (error) {
    // The sender would keep the process alive.
    await end();
    throw error;
  }
}

async function keepRegistered(
  endpoint: EndpointRecord,
  store: EmulatorStore,
  clock: SleepingClock,
  closing: AbortSignal,
): Promise<void> {
  while (!closing.aborted) {
    await clock.sleep(CHECK_EVERY_MS, closing).catch(() => undefined);
    if (closing.aborted) return;
    try {
      if ((await store.read((view) => view.endpoint(endpoint.id))) !== undefined) continue;
      await store.write((view, changes) => {
        if (view.endpoint(endpoint.id) !== undefined) return;
        // A reset also sets the time back; later events must not appear to precede the endpoint.
        const created = isoOf(Math.min(Date.parse(endpoint.created), emulatorTime(view, clock)));
        changes.push({ op: "put", kind: "endpoint", value: { ...endpoint, created } });
      });
    } catch (error) {
      // If it persists, the next check hits it again.
      if (!(error instanceof LocalStateError)) throw error;
    }
  }
}
