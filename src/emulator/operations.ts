/** What drives an emulator from outside of the API, written once: for its control routes, the commands, and programs that embed it. */
import { NotFoundError, UsageError } from "../errors.ts";
import { checkOffset, emulatorTime, MOVE_ALLOWED, moveClock, parseMove } from "./clock.ts";
import { type FaultStore, openFaults } from "./faults/faults.ts";
import type { SeedResult, StatusChange, TimeMove } from "./public.ts";
import { plant } from "./seed/plant.ts";
import { parseSeed } from "./seed/schema.ts";
import type { Counts } from "./state/entities.ts";
import type { StateFolder } from "./state/folder.ts";
import { type ConnectingOptions, connectingParts } from "./statuses/connecting.ts";
import {
  detailOf,
  LONGEST_DETAIL,
  readStatusName,
  STATUSES,
  stepKind,
} from "./statuses/statuses.ts";
import { at, takenBetween, withStatus } from "./statuses/timeline.ts";
import type { EmulatorStore } from "./store.ts";
import { DATA_SOURCES } from "./webhooks/sources.ts";
import { startWebhooks, type WebhookOptions, type Webhooks } from "./webhooks/webhooks.ts";

/** What an emulator is driven with, and what it goes by. */
export interface OperationOptions
  extends Omit<StateFolder, "stateDir">,
    ConnectingOptions,
    Pick<WebhookOptions, "clock" | "closing"> {
  /** The tool's state folder, where faults are kept, too; null keeps them in memory. */
  readonly stateDir: string | null;
  /** Whether webhooks are sent while it runs, and not only when it is closed; needs a clock whose sleep takes time. */
  readonly live?: boolean | undefined;
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
  /** What goes wrong with the next requests. */
  readonly faults: FaultStore;
  /** Where events are sent, and what became of them. */
  readonly webhooks: Webhooks;
}

/** An emulator that is driven from this program, whether or not it serves. */
export interface Driven extends Operations {
  /** For everybody who changes objects: tells the webhooks. */
  readonly store: EmulatorStore;
  /** Sends the webhooks that are due by now, and waits for them, but not for long. */
  close(): Promise<void>;
}

/** Drives the emulator whose objects are in a store. */
export function drive(kept: EmulatorStore, options: OperationOptions): Driven {
  const { clock, ids, closing, live = false } = options;
  const parts = { store: kept, clock, ids, sources: DATA_SOURCES, closing, live };
  const { store, webhooks, close } = startWebhooks(parts);
  const faults = openFaults(options);
  return {
    ...{ store, webhooks, faults },
    close: async () => {
      await close();
      await store.close();
    },
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
      const advancedMs = parseMove(by);
      if (advancedMs === null) throw noMove(by);
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
      return store.write((view, changes) =>
        plant(seed, view, changes, clock.now(), connectingParts(options)),
      );
    },
    reset: async () => {
      await faults.clear();
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

function noMove(by: string | number): UsageError {
  return new UsageError(
    "invalid_input",
    `advance: "${String(by).slice(0, 60)}" is not allowed; it takes ${MOVE_ALLOWED}. Time only goes forward`,
  );
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
