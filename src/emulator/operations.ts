/** Operations on an emulator outside the API, shared by its control routes, the commands, and programs that embed it. */

import { NotFoundError } from "../errors.ts";
import { shorten } from "../words/shorten.ts";
import { checkOffset, emulatorTime, isoOf, moveAllowed, moveClock, parseMove } from "./clock.ts";
import { type FaultStore, openFaults } from "./faults/faults.ts";
import { notAllowed } from "./given.ts";
import { invalidInput } from "./options.ts";
import type { SeedResult, StatusChange, TimeMove } from "./public.ts";
import { applySeed } from "./seed/apply.ts";
import { seedOf } from "./seed/export.ts";
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
import { at, statusChangesBetween, withStatus } from "./statuses/timeline.ts";
import type { EmulatorStore } from "./store.ts";
import { startWebhooks, type WebhookOptions, type Webhooks } from "./webhooks/webhooks.ts";

export interface OperationOptions
  extends Omit<StateFolder, "stateDir">,
    ConnectingOptions,
    Pick<WebhookOptions, "clock" | "closing"> {
  /** The tool's state folder, where faults are stored as well; null keeps them in memory. */
  readonly stateDir: string | null;
  /** Whether webhooks are sent while it runs, not only on close; needs a clock that really sleeps. */
  readonly live?: boolean | undefined;
}

/** See `Emulator`. All methods throw a LocalStateError when a folder can't be read, written or locked. */
export interface Operations {
  /**
   * @param status in any letter case, with dashes or underscores
   * @throws {UsageError} `invalid_input` for an unknown status or a `detail` of the wrong length
   * @throws {NotFoundError} `not_found`
   */
  setStatus(id: unknown, status: unknown, detail?: unknown): Promise<StatusChange>;
  /** The emulator's time, and how far it is ahead of the machine's, in milliseconds; negative when it is behind. */
  time(): Promise<{ readonly now: string; readonly aheadMs: number }>;
  /** @throws {UsageError} `invalid_input` unless it moves forward, by at most a hundred years in all */
  advance(by: unknown): Promise<TimeMove>;
  /** @throws {UsageError} `invalid_seed` */
  seed(data: unknown): Promise<SeedResult>;
  /** The companies, sites and connections as a seed that brings them back. */
  exportSeed(): Promise<object>;
  /** @returns how many objects were removed */
  reset(): Promise<Counts>;
  readonly faults: FaultStore;
  readonly webhooks: Webhooks;
}

/** An emulator opened in this process, whether or not it serves requests. */
export interface OpenEmulator extends Operations {
  /** All changes must go through this one: it queues webhook events. */
  readonly store: EmulatorStore;
  /** Sends the webhooks that are due, and waits briefly for them. */
  close(): Promise<void>;
}

export function openOperations(stored: EmulatorStore, options: OperationOptions): OpenEmulator {
  const { clock, ids, closing, live = false } = options;
  const parts = { store: stored, clock, ids, closing, live };
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
      const next = { status: to, detail: readDetail(detail) ?? detailOf(to) };
      return store.write((view, changes) => {
        const connection = view.connection(String(id).toLowerCase());
        if (connection === undefined) throw connectionNotFound(String(id));
        const now = emulatorTime(view, clock);
        const before = at(connection, now);
        const value = withStatus({ ...before, script: [] }, next, now);
        changes.push({ op: "put", kind: "connection", value });
        const documented = stepKind(before.status, to) === "documented";
        return { id: value.id, from: before.status, to, documented, detail: next.detail };
      });
    },
    time: () =>
      store.read((view) => ({
        now: isoOf(emulatorTime(view, clock)),
        aheadMs: view.clockOffset(),
      })),
    advance: async (by) => {
      const advancedMs = readMove(by);
      return store.write((view, changes) => {
        const before = emulatorTime(view, clock);
        const after = before + advancedMs;
        checkOffset(view.clockOffset() + advancedMs);
        changes.push(moveClock(view.clockOffset() + advancedMs));
        const changed = view
          .connections()
          .flatMap((connection) =>
            statusChangesBetween(connection, { after: before, until: after }).map((step) => ({
              ...{ id: connection.id, ...step },
            })),
          )
          .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
        return { now: isoOf(after), advancedMs, changed };
      });
    },
    seed: async (data) => {
      const seed = parseSeed(data);
      return store.write((view, changes) =>
        applySeed(seed, view, changes, clock.now(), connectingParts(options)),
      );
    },
    exportSeed: () => store.read((view) => seedOf(view, emulatorTime(view, clock))),
    reset: async () => {
      // Those of a folder go with it.
      if (options.stateDir === null) await faults.clear();
      return store.reset();
    },
  };
}

/** Not only text: programs without TypeScript, and requests, may give anything. */
function readStatus(given: unknown): string {
  const status = typeof given === "string" ? readStatusName(given) : null;
  if (status !== null) return status;
  throw invalidInput([notAllowed("status", given, `one of ${STATUSES.join(", ")}`)]);
}

function readDetail(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "string" && given !== "" && given.length <= LONGEST_DETAIL) return given;
  throw invalidInput([notAllowed("detail", given, `text of 1 to ${LONGEST_DETAIL} characters`)]);
}

function readMove(given: unknown): number {
  const ms = parseMove(given);
  if (ms !== null) return ms;
  throw invalidInput([notAllowed("advance", given, moveAllowed(given)), "Time only goes forward"]);
}

function connectionNotFound(id: string): NotFoundError {
  return new NotFoundError("not_found", `no connection ${shorten(id)} on the local emulator`, {
    next: [
      {
        words: ["nectar", "connections", "list", "--local", "--all-companies"],
        why: "list its connections",
      },
    ],
  });
}
