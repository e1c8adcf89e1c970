/** The emulator's app without a server, for tests that need no socket. */
import type { Hono } from "hono";
import { createEmulator, type EmulatorOptions } from "../../src/emulator/app.ts";
import { openOperations } from "../../src/emulator/operations.ts";
import { createMemoryStore } from "../../src/emulator/store.ts";

export function bareApp(
  given: Partial<Pick<EmulatorOptions, "store" | "clock" | "ids" | "key">> = {},
): Hono {
  const {
    store = createMemoryStore(),
    clock = { now: () => 0, sleep: async () => {} },
    ids = () => "",
    key = "",
  } = given;
  const operations = openOperations(store, { clock, ids, stateDir: null });
  const { signal: closing } = new AbortController();
  return createEmulator({ store, clock, ids, key, operations, closing });
}
