/** The webhooks of one emulator: the store with events, the endpoints, and the sender. */
import { LocalStateError } from "../../errors.ts";
import type { SleepingClock } from "../clock.ts";
import { openWebhooks, type WebhookControl } from "./endpoints.ts";
import { withEvents } from "./outbox.ts";
import { openSender, type Sender, type SenderParts } from "./sender.ts";

/** How often a live emulator checks for time-driven events, in milliseconds. */
const BEAT_MS = 250;

/** How long closing a non-live emulator waits for deliveries in progress, in milliseconds. */
const CLOSING_MS = 3000;

/** Limits how long closing waits. */
export interface ClosingLimit {
  /** The deadline, in milliseconds since 1970. */
  until(): number;
  /** Ends the wait at once. */
  readonly signal: AbortSignal;
}

export interface WebhookOptions extends SenderParts {
  /** A further limit on closing a non-live emulator; without it, three seconds. */
  readonly closing?: ClosingLimit | undefined;
  /** Whether it sends continuously, not only on close; needs a clock that really sleeps. */
  readonly live: boolean;
}

export type Webhooks = WebhookControl & Pick<Sender, "deliver">;

/**
 * Starts queueing events, and sending them if live.
 *
 * @returns `store`, which all other code must use, and `close`, to be called before closing that store
 */
export function startWebhooks({ live, closing, ...parts }: WebhookOptions) {
  const { clock } = parts;
  const sender = openSender(parts);
  const store = withEvents(parts.store, parts, () => {
    if (live) sender.poke();
  });
  const webhooks: Webhooks = { ...openWebhooks(store, parts), deliver: sender.deliver };
  const running = live ? sender.run((signal) => clock.sleep(BEAT_MS, signal)) : null;
  return {
    ...{ store, webhooks },
    async close() {
      if (running === null) await waitBriefly(sender.deliver(), clock, closing);
      await sender.stop();
      await running;
    },
  };
}

/** Waits briefly for deliveries in progress; the next process that uses the folder sends the rest. */
async function waitBriefly(
  sending: Promise<void>,
  clock: SleepingClock,
  closing: ClosingLimit | undefined,
): Promise<void> {
  const done = new AbortController();
  const left = (closing?.until() ?? Number.POSITIVE_INFINITY) - clock.now();
  const signal = AbortSignal.any([done.signal, ...(closing ? [closing.signal] : [])]);
  const timeout =
    left <= 0 ? null : clock.sleep(Math.min(CLOSING_MS, left), signal).catch(() => undefined);
  try {
    await Promise.race([sending, timeout]);
  } catch (error) {
    if (!(error instanceof LocalStateError)) throw error;
  } finally {
    done.abort();
    sending.catch(() => undefined);
  }
}
