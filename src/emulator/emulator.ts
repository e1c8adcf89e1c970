/**
 * The emulator's entry point for commands, the app and the library, which import nothing else from this folder. Heavy
 * modules are loaded on demand, so that a command's help stays fast.
 */
import type { FaultStore } from "./faults/faults.ts";
import type { OpenEmulator, OperationOptions } from "./operations.ts";
import type { RunningEmulator, StartOptions } from "./server.ts";
import type { Counts } from "./state/entities.ts";
import type { StateFolder } from "./state/folder.ts";
import type { LivingFolder, Standing } from "./state/standing.ts";
import type { GivenEndpoint } from "./webhooks/endpoints.ts";
import type { Listening, ListeningOptions } from "./webhooks/listening.ts";

export { MOVE_ALLOWED, parseMove } from "./clock.ts";
export {
  combinationProblems,
  FAULT_ENTRIES,
  FAULT_KINDS,
  type Fault,
  faultWords,
} from "./faults/fault.ts";
export type { Operations } from "./operations.ts";
export { checkOptions, DEFAULT_PORT, PATH_FORMS } from "./options.ts";
export type { Seeded, SeedResult, SetFault, StatusChange, TimeMove } from "./public.ts";
export type { RunningEmulator, StartOptions } from "./server.ts";
export type { EndpointRecord } from "./state/entities.ts";
export type { StateFolder } from "./state/folder.ts";
export { LONGEST_DATA_DELAY_MS } from "./statuses/connecting.ts";
export {
  parseScenarioEntry,
  readScenario,
  SCENARIO_NAMES,
  scenarioOf,
} from "./statuses/scenario.ts";
export {
  LONGEST_DETAIL,
  readStatusName,
  STATUSES,
  stepKind,
  WRONG_PASSWORD_STATUSES,
} from "./statuses/statuses.ts";
export type { LoggedDelivery } from "./webhooks/delivery-log.ts";
export { ENDPOINT_URL_RULE, readEndpointUrl } from "./webhooks/endpoint-url.ts";
export { EVENT_TYPES } from "./webhooks/event-types.ts";

/** Starts an emulator on 127.0.0.1. See `startServer` in `server.ts`. */
export async function startEmulator(options: StartOptions): Promise<RunningEmulator> {
  const { startServer } = await import("./server.ts");
  return startServer(options);
}

/**
 * Opens the emulator of a state folder, whether or not one is running: a running one sees every change on its next request.
 * The folder is created on the first write.
 *
 * @throws {LocalStateError} when the folder is damaged or can't be read
 */
export async function openEmulator(options: StateFolder & OperationOptions): Promise<OpenEmulator> {
  const [{ openOperations }, { openStore }] = await Promise.all([
    import("./operations.ts"),
    import("./store.ts"),
  ]);
  return openOperations(await openStore(options), options);
}

/** Opens only the faults of a state folder, without loading its objects. See `faults/faults.ts`. */
export async function openFaults(
  options: StateFolder & Pick<OperationOptions, "ids">,
): Promise<FaultStore> {
  const faults = await import("./faults/faults.ts");
  return faults.openFaults(options);
}

/** Removes all objects and faults of a state folder, even a damaged one. See `store.ts`. */
export async function resetEmulator(folder: StateFolder): Promise<Counts> {
  const store = await import("./store.ts");
  return store.resetEmulator(folder);
}

/** Finds the folder's standing emulator: one that other programs can use. See `state/standing.ts`. */
export async function findStanding(options: LivingFolder): Promise<Standing | null> {
  const standing = await import("./state/standing.ts");
  return standing.findStanding(options);
}

/**
 * Finds the registration of a standing emulator whose process is gone.
 *
 * @returns a function that removes it, unless another has replaced it; null if there is none
 * @throws {LocalStateError} `unsafe_permissions`, `not_readable`
 */
export async function findDeadRegistration(options: LivingFolder): Promise<(() => void) | null> {
  const standing = await import("./state/standing.ts");
  const dead = standing.findDeadRegistration(options);
  return dead === null ? null : () => standing.unregister(options, dead);
}

/** Asks a standing emulator to end. @returns whether it will */
export async function stopStanding(standing: Pick<Standing, "url" | "key">): Promise<boolean> {
  const { stopStanding: stop } = await import("./state/standing.ts");
  return stop(standing);
}

/** Registers this process's URL for the webhooks of a folder's emulator, and delivers to it. See `webhooks/listening.ts`. */
export async function listenLocally(options: ListeningOptions): Promise<Listening> {
  const listening = await import("./webhooks/listening.ts");
  return listening.listenLocally(options);
}

/** Validates an endpoint from outside. See `webhooks/endpoints.ts`. */
export async function parseEndpoint(value: unknown): Promise<GivenEndpoint> {
  const endpoints = await import("./webhooks/endpoints.ts");
  return endpoints.parseEndpoint(value);
}

/** The schema of a seed file, for its JSON Schema. */
export async function seedSchema() {
  const seed = await import("./seed/schema.ts");
  return seed.seedSchema;
}
