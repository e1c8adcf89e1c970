/** The webhooks of one emulator: its store with events, its endpoints, and what sends. */
import { LocalStateError } from "../../errors.ts";
import type { EmulatorStore } from "../store.ts";
import { openWebhooks, type WebhookControl } from "./endpoints.ts";
import { withEvents } from "./outbox.ts";
import { openSender } from "./sender.ts";
import type { DataSources } from "./sources.ts";

/** How often a live emulator looks for what happened by itself, in milliseconds. */
const BEAT_MS = 250;

/** How long the closing of one that is not live waits for what is being sent, in milliseconds. */
const CLOSING_MS = 3000;

/** What limits how long closing waits. */
export interface ClosingLimit {
  /** When it must be over, in milliseconds since 1970. */
  until(): number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

export interface WebhookOptions {
  readonly store: EmulatorStore;
  /** `sleep` waits so many milliseconds, and rejects when the signal aborts. */
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  /** Gives a new UUID each time. */
  readonly ids: () => string;
  readonly sources: DataSources;
  /** Closing one that is not live waits no longer than this; not given, some seconds. */
  readonly closing?: ClosingLimit | undefined;
  /** Whether it sends all the time; else only when it is closed. A live one needs a clock whose sleep takes time. */
  readonly live: boolean;
}

export interface Webhooks extends WebhookControl {
  /** Sends all that is due by now, and waits for it; see `Sender`. */
  deliver(): Promise<void>;
}

/**
 * Begins to notice events, and to send them if it is live.
 *
 * @returns `store` to be used by everybody else, and `close` to be called before that is closed
 */
export function startWebhooks({ live, closing, ...parts }: WebhookOptions): {
  readonly store: EmulatorStore;
  readonly webhooks: Webhooks;
  close(): Promise<void>;
} {
  const { clock } = parts;
  const sender = openSender(parts);
  const store = withEvents(parts.store, parts, () => {
    if (live) sender.poke();
  });
  const running = live ? sender.run((signal) => clock.sleep(BEAT_MS, signal)) : null;
  return {
    store,
    webhooks: { ...openWebhooks(store, parts), deliver: sender.deliver },
    async close() {
      if (running === null) await waitFor(sender.deliver(), clock, closing);
      await sender.stop();
      await running;
    },
  };
}

/** Waits for what is being sent, but not for long; the rest is sent by the next process that uses the folder. */
async function waitFor(
  sending: Promise<void>,
  clock: WebhookOptions["clock"],
  closing: ClosingLimit | undefined,
): Promise<void> {
  const done = new AbortController();
  const left = (closing?.until() ?? Number.POSITIVE_INFINITY) - clock.now();
  const signal =
    closing === undefined ? done.signal : AbortSignal.any([done.signal, closing.signal]);
  const isOver =
    left <= 0 ? null : clock.sleep(Math.min(CLOSING_MS, left), signal).catch(() => undefined);
  try {
    await Promise.race([sending, isOver]);
  } catch (error) {
    if (!(error instanceof LocalStateError)) throw error;
  } finally {
    done.abort();
    sending.catch(() => undefined);
  }
}
