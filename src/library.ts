/**
 * `nectar-cli/emulator`: the emulator for a user's own tests, in their process. The second composition root: it gives the
 * emulator its clock, its randomness and its timers, and knows neither commands nor terminals.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseFault } from "./emulator/faults/fault.ts";
import type {
  Emulator,
  EmulatorOptions,
  StartEmulator,
  WebhookEndpoint,
} from "./emulator/public.ts";
import { startEmulator as start } from "./emulator/server.ts";
import { LONGEST_DATA_DELAY_MS } from "./emulator/statuses/connecting.ts";
import { scenarioOf } from "./emulator/statuses/scenario.ts";
import { parseEndpoint } from "./emulator/webhooks/endpoints.ts";
import type { Webhooks } from "./emulator/webhooks/webhooks.ts";
import { UsageError } from "./errors.ts";

/**
 * Starts an emulator in this process, on 127.0.0.1; see `StartEmulator`.
 *
 * @throws {UsageError} `port_in_use`, `port_not_allowed`, `invalid_scenario`, `invalid_seed`, `invalid_input`
 * @throws {LocalStateError} when a state folder is damaged, locked or can't be used
 */
export const startEmulator: StartEmulator = async (options = {}) => {
  const { now = Date.now, seed, scenario = {}, wrongPasswordStatus, paths, dataDelayMs } = options;
  checkNumbers(options);
  const running = await start({
    stateDir: options.stateDir ?? null,
    port: options.port ?? 0,
    standing: false,
    live: true,
    clock: { now: () => now(), sleep: wait },
    ids: randomUUID,
    pid: process.pid,
    uid: process.getuid?.(),
    scenario: scenarioOf(scenario, wrongPasswordStatus),
    ...{ wrongPasswordStatus, paths, dataDelayMs },
  });
  const { url, key, port, faults, operations } = running;
  const close = () => running.close();
  try {
    if (seed !== undefined) await operations.seed(seed);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ url, key, port },
    reset: async () => {
      await operations.reset();
    },
    seed: (data) => operations.seed(data),
    setStatus: (id, status, detail) => operations.setStatus(id, status, detail),
    faults: {
      add: async (fault) => faults.add(parseFault(fault)),
      list: () => faults.list(),
      clear: () => faults.clear(),
    },
    webhooks: webhooksOf(running.webhooks),
    advance: (by) => operations.advance(by),
    close,
    [Symbol.asyncDispose]: close,
  };
};

/** The same objects without what is the emulator's own. */
function webhooksOf(webhooks: Webhooks): Emulator["webhooks"] {
  const shown = ({ id, url, secret, eventTypes }: WebhookEndpoint): WebhookEndpoint => ({
    ...{ id, url, secret, eventTypes },
  });
  return {
    add: async ({ secret, ...given }) => {
      const checked = parseEndpoint(given);
      return shown((await webhooks.add({ ...checked, secret })).endpoint);
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

/** What only the command line would have caught. */
function checkNumbers({ port = 0, dataDelayMs = 0 }: EmulatorOptions): void {
  if (!isWhole(port, 65_535)) throw invalid("port", port, "a port from 0 to 65535");
  if (!isWhole(dataDelayMs, LONGEST_DATA_DELAY_MS)) {
    throw invalid("dataDelayMs", dataDelayMs, "milliseconds from 0 to 30000");
  }
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

function invalid(name: string, value: number, allowed: string): UsageError {
  return new UsageError("invalid_input", `${name}: ${value} is not allowed; it takes ${allowed}`);
}

/** @throws the signal's reason when it aborts */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}
