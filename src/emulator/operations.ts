/** What drives an emulator from outside of the API: for its control routes, for the commands, and for programs that embed it. */
import { NotFoundError, UsageError } from "../errors.ts";
import { type FaultControl, openFaults } from "./faults/faults.ts";
import type { SeedResult, StatusChange, TimeMove } from "./public.ts";
import { plant } from "./seed/plant.ts";
import { parseSeed } from "./seed/schema.ts";
import type { Counts } from "./state/entities.ts";
import type { StateFolder } from "./state/folder.ts";
import { checkOffset, emulatorTime, moveClock, readMove } from "./statuses/clock.ts";
import { type ConnectingParts, connectingParts } from "./statuses/connecting.ts";
import { at, takenBetween, withStatus } from "./statuses/timeline.ts";
import {
  detailOf,
  LONGEST_DETAIL,
  readStatusName,
  STATUSES,
  stepKind,
} from "./statuses/transitions.ts";
import { type EmulatorStore, openStore } from "./store.ts";
import { DATA_SOURCES } from "./webhooks/sources.ts";
import { startWebhooks, type WebhookOptions } from "./webhooks/webhooks.ts";

interface OperationParts extends ConnectingParts {
  readonly store: EmulatorStore;
  /** The machine's. */
  readonly clock: { now(): number };
  /** Removed by a reset; none when not given. */
  readonly faults?: FaultControl | undefined;
}

/** All methods throw a LocalStateError when a folder can't be read, written or locked. */
export interface Operations {
  /**
   * Sets a connection's status, whatever it was. What it was scripted to do is dropped.
   *
   * @param status in any letter case, with dashes or underscores
   * @param detail our own sentence for an error status when not given
   * @throws {UsageError} `invalid_input` for a status that does not exist
   * @throws {NotFoundError} `not_found`
   */
  setStatus(id: string, status: string, detail?: string): Promise<StatusChange>;
  /** The emulator's time, and how far it is ahead of the machine's, in milliseconds; below zero it is behind. */
  time(): Promise<{ readonly now: string; readonly aheadMs: number }>;
  /**
   * Moves the emulator's time ahead.
   *
   * @param by a duration such as `7d`, or milliseconds
   * @throws {UsageError} `invalid_input` for anything but a time forward, and beyond a hundred years
   */
  advance(by: string | number): Promise<TimeMove>;
  /**
   * Creates what a seed names and what is not there yet, all of it or nothing.
   * @throws {UsageError} `invalid_seed`
   */
  seed(data: unknown): Promise<SeedResult>;
  /** Removes all objects and faults, and brings the time back to the machine's. Tells how many objects there were. */
  reset(): Promise<Counts>;
}

/** The operations on a folder that perhaps no emulator serves. */
export interface FolderOperations extends Operations {
  /** Sends the webhooks that are due by now, and waits for them, but not for long. */
  close(): Promise<void>;
}

/**
 * Opens the emulator of a state folder, whether or not one runs: one that does sees every change with its next request.
 * The folder is only made with the first write.
 *
 * @throws {LocalStateError} when the folder is damaged or can't be read
 */
export async function openOperations(
  options: StateFolder & Pick<WebhookOptions, "clock" | "ids" | "patience">,
): Promise<FolderOperations> {
  const { clock, ids, patience } = options;
  const kept = await openStore(options);
  const { store, close } = startWebhooks({
    ...{ store: kept, clock, ids, sources: DATA_SOURCES, patience, live: false },
  });
  const faults = openFaults(options);
  return { ...operationsOf({ ...connectingParts({ ids }), store, clock, faults }), close };
}

/**
 * The time of a folder's emulator, whether or not one runs.
 *
 * @returns milliseconds since 1970
 * @throws {LocalStateError} when the folder is damaged or can't be read
 */
export async function folderTime(
  options: StateFolder & { readonly clock: { now(): number } },
): Promise<number> {
  const store = await openStore(options);
  return store.read((view) => emulatorTime(view, options.clock));
}

export function operationsOf(parts: OperationParts): Operations {
  const { store, clock, faults } = parts;
  return {
    setStatus: async (id, status, detail) => {
      const to = readStatus(status);
      checkDetail(detail);
      return store.write((view, changes) => {
        const connection = view.connection(id.toLowerCase());
        if (connection === undefined) throw noConnection(id);
        const now = emulatorTime(view, clock);
        const before = at(connection, now);
        const next = { status: to, detail: detail ?? detailOf(to) };
        const value = withStatus({ ...before, script: [] }, next, now);
        changes.push({ op: "put", kind: "connection", value });
        const documented = stepKind(before.status, to) === "documented";
        return { id: value.id, from: before.status, to, documented, detail: next.detail };
      });
    },
    time: () =>
      store.read((view) => ({
        now: new Date(emulatorTime(view, clock)).toISOString(),
        aheadMs: view.clockOffset(),
      })),
    advance: async (by) => {
      const advancedMs = readMove(by);
      return store.write((view, changes) => {
        const before = emulatorTime(view, clock);
        const after = before + advancedMs;
        checkOffset(view.clockOffset() + advancedMs);
        changes.push(moveClock(view.clockOffset() + advancedMs));
        const changed = [...view.connections()]
          .flatMap((connection) =>
            takenBetween(connection, before, after).map((step) => ({ id: connection.id, ...step })),
          )
          .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
        return { now: new Date(after).toISOString(), advancedMs, changed };
      });
    },
    seed: async (data) => {
      const seed = parseSeed(data);
      return store.write((view, changes) => plant(seed, view, changes, clock.now(), parts));
    },
    reset: async () => {
      await faults?.clear();
      const counts = await store.counts();
      await store.write((_, changes) => {
        changes.push({ op: "clear" });
      });
      return counts;
    },
  };
}

function readStatus(text: string): string {
  const status = readStatusName(text);
  if (status !== null) return status;
  throw new UsageError(
    "invalid_input",
    `status: "${text.slice(0, 60)}" is not allowed; it takes one of ${STATUSES.join(", ")}`,
  );
}

function checkDetail(detail: string | undefined): void {
  if (detail === undefined || (detail !== "" && detail.length <= LONGEST_DETAIL)) return;
  throw new UsageError("invalid_input", `detail: it takes 1 to ${LONGEST_DETAIL} characters`);
}

function noConnection(id: string): NotFoundError {
  return new NotFoundError("not_found", `no connection ${id.slice(0, 60)} on the local emulator`, {
    next: [
      {
        words: ["nectar", "connections", "list", "--local", "--all-companies"],
        why: "the connections there",
      },
    ],
  });
}
