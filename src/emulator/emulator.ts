/**
 * The emulator's entry point for commands, the app and the library, which import nothing else from this folder. Heavy
 * modules are loaded on demand, so that a command's help stays fast.
 */
import type { OperationOptions } from "./operations.ts";
import type { StartOptions } from "./server.ts";
import type { StateFolder } from "./state/folder.ts";
import type { LivingFolder, Standing } from "./state/standing.ts";
import type { ListeningOptions } from "./webhooks/listening.ts";

export { MOVE_ALLOWED, parseMove } from "./clock.ts";
export { combinationProblems, FAULT_ENTRIES, FAULT_KINDS, faultWords } from "./faults/fault.ts";
export type { Operations } from "./operations.ts";
export { checkOptions, DEFAULT_PORT, PATH_FORMS } from "./options.ts";
export type { Fault, Seeded, SeedResult, SetFault, StatusChange, TimeMove } from "./public.ts";
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

/** Starts an emulator on 127.0.0.1. See `server.ts`. */
export const startEmulator = async (options: StartOptions) =>
  (await import("./server.ts")).startServer(options);

/**
 * Opens the emulator of a state folder, whether or not one is running: a running one sees every change on its next request.
 * The folder is created on the first write.
 *
 * @throws {LocalStateError} when the folder is damaged or can't be read
 */
export const openEmulator = async (options: StateFolder & OperationOptions) => {
  const [{ openOperations }, { openStore }] = await Promise.all([
    import("./operations.ts"),
    import("./store.ts"),
  ]);
  return openOperations(await openStore(options), options);
};

/** Opens only the faults of a state folder, without loading its objects. See `faults/faults.ts`. */
export const openFaults = async (options: StateFolder & Pick<OperationOptions, "ids">) =>
  (await import("./faults/faults.ts")).openFaults(options);

/** Removes all objects and faults of a state folder, even a damaged one. See `store.ts`. */
export const resetEmulator = async (folder: StateFolder) =>
  (await import("./store.ts")).resetEmulator(folder);

/** Finds the folder's standing emulator: one that other programs can use. See `state/standing.ts`. */
export const findStanding = async (options: LivingFolder) =>
  (await import("./state/standing.ts")).findStanding(options);

/** Finds what a killed standing emulator has left behind. See `state/standing.ts`. */
export const findDeadRegistration = async (options: LivingFolder) =>
  (await import("./state/standing.ts")).findDeadRegistration(options);

/** Asks a standing emulator to end. @returns whether it will */
export const stopStanding = async (standing: Pick<Standing, "url" | "key">) =>
  (await import("./state/standing.ts")).stopStanding(standing);

/** Registers this process's URL for the webhooks of a folder's emulator, and delivers to it. See `webhooks/listening.ts`. */
export const listenLocally = async (options: ListeningOptions) =>
  (await import("./webhooks/listening.ts")).listenLocally(options);

/** Validates an endpoint from outside. See `webhooks/endpoints.ts`. */
export const parseEndpoint = async (value: unknown) =>
  (await import("./webhooks/endpoints.ts")).parseEndpoint(value);

/** The schema of a seed file, for its JSON Schema. */
export const seedSchema = async () => (await import("./seed/schema.ts")).seedSchema;
