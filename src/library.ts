/**
 * `nectar-cli/emulator`: the emulator for a user's own tests, in their process. The second composition root: it provides
 * the clock, randomness and timers, and must not depend on commands or the terminal.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  checkOptions,
  type Operations,
  parseEndpoint,
  scenarioOf,
  startEmulator as start,
} from "./emulator/emulator.ts";
import type { Emulator, StartEmulator, WebhookEndpoint } from "./emulator/public.ts";

/**
 * Starts an emulator in this process, on 127.0.0.1; see `StartEmulator`.
 *
 * @throws {UsageError} `invalid_input` for unknown options and invalid values; `invalid_scenario`, `invalid_seed`;
 *   `port_in_use`, `port_not_allowed`
 * @throws {LocalStateError} when a state folder is damaged, locked or can't be used
 */
export const startEmulator: StartEmulator = async (options = {}) => {
  checkOptions(options);
  const { now = Date.now, seed, scenario = {}, wrongPasswordStatus, paths, dataDelayMs } = options;
  const running = await start({
    stateDir: options.stateDir ?? null,
    port: options.port ?? 0,
    standing: false,
    live: true,
    clock: { now: () => now(), sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    ids: randomUUID,
    pid: process.pid,
    uid: process.getuid?.(),
    scenario: scenarioOf(scenario),
    ...{ wrongPasswordStatus, paths, dataDelayMs },
  });
  const { url, key, port, setStatus, advance, close } = running;
  const { add, list, clear } = running.faults;
  try {
    if (seed !== undefined) await running.seed(seed);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ url, key, port, setStatus, advance, close },
    seed: running.seed,
    reset: async () => {
      await running.reset();
    },
    faults: { add, list, clear },
    webhooks: webhooksOf(running.webhooks),
    [Symbol.asyncDispose]: close,
  };
};

/** Exposes the public fields only. */
function webhooksOf(webhooks: Operations["webhooks"]): Emulator["webhooks"] {
  const shown = ({ id, url, secret, eventTypes }: WebhookEndpoint): WebhookEndpoint => ({
    ...{ id, url, secret, eventTypes },
  });
  return {
    add: async (given) => {
      // Copied, because a caller without TypeScript may give nothing at all.
      const { secret, ...rest } = { ...given };
      return shown((await webhooks.add({ ...(await parseEndpoint(rest)), secret })).endpoint);
    },
    list: async () => (await webhooks.list()).map(shown),
    remove: (id) => webhooks.remove(id),
    deliver: () => webhooks.deliver(),
    deliveries: async () =>
      (await webhooks.deliveries()).map(
        ({ messageId, endpointId, eventType, payload, state, nextAttempt, attempts }) => ({
          ...{ messageId, endpointId, eventType, payload, state, nextAttempt, attempts },
        }),
      ),
  };
}
