/**
 * What this machine created or adopted for one company at one target, and every create whose outcome is unknown. Saved
 * before a create is sent and after its response, and locked during a run: exactly-once creation, resuming and deleting
 * rely on it. Holds no secrets. One small file per target and company.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { Create } from "../api/call.ts";
import { id } from "../api/resources/wire.ts";
import { readJsonFile, SCHEMA_VERSION, writeJsonFile } from "../disk/json-file.ts";
import { type LockOptions, takeLock } from "../disk/lock.ts";
import { LEDGER_FILE } from "../disk/own-files.ts";
import { LocalStateError } from "../errors.ts";
import { onboardingPlan } from "./plan.ts";

const kind = z.enum(["company", "site", "connection"]);
export type Kind = z.infer<typeof kind>;

const object = z.object({
  kind,
  /** Identifies it: see plan.ts. */
  key: z.string(),
  id,
  /** The company that it belongs to; its own ID for a company. */
  companyId: id,
  /** As requested. */
  name: z.string(),
  made: z.enum(["created", "adopted"]),
  /** Milliseconds since the epoch, as are all times here. */
  at: z.number(),
});
export type LedgerObject = z.infer<typeof object>;

/** A create that may have reached the server and whose outcome is unknown. */
const intent = z.object({
  kind,
  key: z.string(),
  name: z.string(),
  companyId: z.nullable(id),
  sentAt: z.number(),
  /** Until this time the object may still appear. */
  until: z.number(),
  /** SHA-256 of the request, without its secrets. */
  request: z.string(),
  /** The IDs of matching objects that existed before. */
  before: z.array(id),
  /** A message about what happened to the request; null if the run ended first. */
  failure: z.nullable(z.string()),
});
export type Intent = z.infer<typeof intent>;
type Named = Pick<Intent, "kind" | "key">;

const run = z.object({
  profile: z.string(),
  plan: onboardingPlan,
  newConnection: z.boolean(),
  startedAt: z.number(),
  /** With `newConnection`: the connection that this run created. */
  connectionId: z.nullable(id),
});
/** A run that has not finished yet. */
export type UnfinishedRun = z.infer<typeof run>;

const ledgerState = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  target: z.string(),
  company: z.string(),
  createdAt: z.number(),
  objects: z.array(object),
  intents: z.array(intent),
  /**
   * IDs that this tool deleted; a stale list may still show them. Not confirmed: the request may have been lost, so
   * the company may still exist.
   */
  deleted: z.array(z.object({ id, at: z.number(), isConfirmed: z._default(z.boolean(), true) })),
  run: z.nullable(run),
});
export type LedgerState = z.infer<typeof ledgerState>;

export type Ledger = ReturnType<typeof createLedger>;

/** A ledger's storage and lock. */
export interface LedgerFile {
  readonly state: LedgerState | null;
  write(state: LedgerState): Promise<void>;
  check(): void;
  close(): Promise<void>;
}

export interface LedgerKey {
  /** `local`, or a base URL. */
  readonly target: string;
  /** See `companyKey`. */
  readonly company: string;
}

export interface LedgerPlace {
  /** The folder of all ledgers. */
  readonly folder: string;
  /** The tool's top folder; it and each folder below it are checked. */
  readonly top: string;
  /** The process's user; when undefined, owners are not checked. */
  readonly uid: number | undefined;
}

/** Creates a ledger on top of its storage. Every change is on disk when its promise resolves. */
export function createLedger(file: LedgerFile, key: LedgerKey, now: () => number) {
  const found = file.state;
  let state: LedgerState = found ?? {
    schemaVersion: SCHEMA_VERSION,
    ...key,
    createdAt: now(),
    objects: [],
    intents: [],
    deleted: [],
    run: null,
  };
  let begun: UnfinishedRun | null = null;
  let waiting: Promise<void> | null = null;
  let writing: Promise<void> = Promise.resolve();
  /** Saves the current state; calls made during a write share the next one. */
  const save = (): Promise<void> => {
    waiting ??= writing.then(() => {
      waiting = null;
      return file.write(state);
    });
    writing = waiting.catch(() => {});
    return waiting;
  };
  const change = (changes: Partial<LedgerState>): Promise<void> => {
    state = { ...state, ...(begun === null ? {} : { run: begun }), ...changes };
    return save();
  };
  const isOf = (one: Named) => (other: Named) => one.kind === other.kind && one.key === other.key;
  const without = (one: Named) => state.intents.filter((other) => !isOf(one)(other));
  const deletion = (id: string) => state.deleted.find((one) => one.id === id);
  const isDeleted = (id: string) => deletion(id)?.isConfirmed === true;
  const mayBeDeleted = (id: string) => deletion(id)?.isConfirmed === false;
  const others = (id: string) => state.deleted.filter((one) => one.id !== id);

  return {
    /** The company's key: see `companyKey`. */
    company: key.company,
    /** Null unless an earlier run did not finish. */
    unfinished: found?.run ?? null,
    /** The objects of a kind and key, newest first, without those that this tool deleted. */
    known: (kind: Kind, key: string): readonly LedgerObject[] =>
      state.objects.filter((one) => isOf({ kind, key })(one) && !isDeleted(one.id)).toReversed(),
    isDeleted,
    /** Whether this tool sent a delete whose outcome is unknown. */
    mayBeDeleted,
    /** When this tool created an object, in milliseconds since the epoch; null if it did not. */
    createdAt: (id: string): number | null =>
      state.objects.find((one) => one.id === id && one.made === "created")?.at ?? null,
    /** Whether a site with this ID was seen in that company. */
    hasSite: (id: string, companyId: string): boolean =>
      state.objects.some(
        (one) => one.kind === "site" && one.id === id && one.companyId === companyId,
      ),
    /** The object's create whose outcome is unknown, if any. */
    open: (kind: Kind, key: string): Intent | null =>
      state.intents.find(isOf({ kind, key })) ?? null,
    /** Until when the object of any open create may appear, in milliseconds since the epoch; null without one. */
    openUntil: (): number | null =>
      state.intents.length === 0 ? null : Math.max(...state.intents.map(({ until }) => until)),
    /** Starts a run. It is saved with the first change, so that a run without changes writes nothing. */
    begin(started: Omit<UnfinishedRun, "startedAt" | "connectionId">): void {
      begun = { ...started, startedAt: now(), connectionId: null };
    },
    intend(
      intended: Omit<Intent, "failure" | "request">,
      { path, body }: Pick<Create<unknown>, "path" | "body">,
    ): Promise<void> {
      const request = createHash("sha256").update(JSON.stringify({ path, body })).digest("hex");
      return change({ intents: [...without(intended), { ...intended, request, failure: null }] });
    },
    /** The create failed with an unknown outcome; its object may appear until `until`. */
    leaveOpen: (one: Omit<Intent, "request">): Promise<void> =>
      change({
        intents: state.intents.map((other) => (isOf(one)(other) ? { ...other, ...one } : other)),
      }),
    /** The create definitely had no effect. */
    drop: (one: Named): Promise<void> => change({ intents: without(one) }),
    /** The object exists: replaces its earlier record, and closes its create and a delete whose outcome is unknown. */
    async settle(settled: Omit<LedgerObject, "at">): Promise<void> {
      const earlier = state.objects.filter(({ id }) => id === settled.id);
      const before = earlier.find(isOf(settled));
      const isNew = before === undefined || before.companyId !== settled.companyId;
      const wasOpen = state.intents.some(isOf(settled));
      if (begun?.newConnection && settled.kind === "connection" && settled.made === "created") {
        begun = { ...begun, connectionId: settled.id };
      } else if (!isNew && !wasOpen && !mayBeDeleted(settled.id)) return;
      // Once created, it stays `created`, even if a later run finds it again by ID or name.
      const wasCreated = earlier.some(({ made }) => made === "created");
      const made = wasCreated ? "created" : settled.made;
      const rest = state.objects.filter((one) => one.id !== settled.id || !isOf(settled)(one));
      const at = earlier[0]?.at ?? now();
      await change({
        objects: [...rest, { ...settled, made, at }],
        intents: without(settled),
        deleted: isDeleted(settled.id) ? state.deleted : others(settled.id),
      });
    },
    /** This tool is about to delete a company. */
    markDeleted: (id: string): Promise<void> =>
      change({ deleted: [...others(id), { id, at: now(), isConfirmed: false }] }),
    /** It was not deleted after all. */
    unmarkDeleted: (id: string): Promise<void> => change({ deleted: others(id) }),
    /** It no longer exists: also drops the creates that were open in it, and the unfinished run. */
    confirmDeleted(id: string): Promise<void> {
      begun = null;
      return change({
        deleted: [...others(id), { id, at: now(), isConfirmed: true }],
        intents: state.intents.filter(({ companyId }) => companyId !== id),
        run: null,
      });
    },
    /** The run has finished and reported its result. */
    async finish(): Promise<void> {
      begun = null;
      if (state.run !== null) await change({ run: null });
    },
    /** @throws LocalStateError `lock_lost` if another run has taken over; this one must not create anything more */
    check: (): void => file.check(),
    async close(): Promise<void> {
      await writing;
      await file.close();
    },
  };
}

/**
 * Opens and locks a ledger for a run. Other runs for the same company are locked out until it is closed.
 *
 * @param what the company, as shown in the message of a run that is locked out
 * @param synced whether each change is flushed to disk, to survive a power loss too; it always survives the end of the
 *   process
 * @throws LocalStateError `locked`, naming the run that holds it; `ledger_damaged`, `ledger_newer`,
 *   `unsafe_permissions`, `folder_not_writable`
 */
export async function openLedger(
  place: LedgerPlace,
  key: LedgerKey,
  what: string,
  lock: LockOptions,
  synced = true,
): Promise<Ledger> {
  const file = join(place.folder, fileName(key));
  const held = await takeLock(file, what, { ...lock, ...optionsOf(place) });
  try {
    const state = read(file, place);
    return createLedger(
      {
        state,
        write: async (changed) => {
          // After a long stall another run may have taken over, and the file may be newer than this state.
          held.check();
          await writeJsonFile(file, changed, { ...optionsOf(place), synced });
        },
        check: () => held.check(),
        close: () => held.release(),
      },
      key,
      lock.clock.now,
    );
  } catch (error) {
    await held.release();
    throw error;
  }
}

const UNSAVED = { write: async () => {}, check: () => {}, close: async () => {} };

/** A ledger in memory only, for `--no-save`. */
export function memoryLedger(key: LedgerKey, now: () => number): Ledger {
  return createLedger({ ...UNSAVED, state: null }, key, now);
}

/** A read-only ledger without a lock; changes to it are not saved. */
export function readLedger(place: LedgerPlace, key: LedgerKey, now: () => number): Ledger {
  const state = read(join(place.folder, fileName(key)), place);
  return createLedger({ ...UNSAVED, state }, key, now);
}

/** Whether this machine has a ledger with this key; it is not read. */
export function hasLedger(place: LedgerPlace, key: LedgerKey): boolean {
  return existsSync(join(place.folder, fileName(key)));
}

/**
 * All ledgers of a target. Skips unreadable files; they are reported when their company is used.
 *
 * @param skipped called for each of those
 * @throws LocalStateError `unsafe_permissions`
 */
export function ledgersOf(
  place: LedgerPlace,
  target: string,
  skipped: (error: LocalStateError) => void = () => {},
): readonly LedgerState[] {
  return namesIn(place.folder).flatMap((name) => {
    try {
      const state = read(join(place.folder, name), place);
      return state?.target === target ? [state] : [];
    } catch (error) {
      if (!(error instanceof LocalStateError && error.code.startsWith("ledger_"))) throw error;
      skipped(error);
      return [];
    }
  });
}

function optionsOf({ top, uid }: LedgerPlace) {
  return { top, uid, movedBy: "NECTAR_STATE_DIR" } as const;
}

function read(file: string, place: LedgerPlace): LedgerState | null {
  const options = { ...optionsOf(place), kind: "ledger", schema: ledgerState, secret: false };
  return readJsonFile(file, options)?.value ?? null;
}

function fileName({ target, company }: LedgerKey): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([target, company]))
    .digest("hex");
  return `${hash.slice(0, 32)}.json`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => LEDGER_FILE.test(name));
  } catch {
    return [];
  }
}
