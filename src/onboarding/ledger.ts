/**
 * What this machine created or adopted at one target for one company, and each create whose fate is open. On disk before
 * a create is sent and after its answer, kept after the run, and locked for the time of a run: the one memory that
 * exactly-once, resuming and deleting rest on. Holds no secret. One small file a target and company.
 */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { readJsonFile, SCHEMA_VERSION, writeJsonFile } from "../disk/json-file.ts";
import { type LockOptions, takeLock } from "../disk/lock.ts";
import { LocalStateError } from "../errors.ts";
import { onboardingPlan } from "./plan.ts";

const kind = z.enum(["company", "site", "connection"]);
export type Kind = z.infer<typeof kind>;

const object = z.object({
  kind,
  /** What it is known by: see plan.ts. */
  key: z.string(),
  id: z.string(),
  /** The company that it belongs to; its own ID for a company. */
  companyId: z.string(),
  /** As it was asked for. */
  name: z.string(),
  made: z.enum(["created", "adopted"]),
  /** Milliseconds since the epoch, as are all times here. */
  at: z.number(),
});
export type LedgerObject = z.infer<typeof object>;

/** A create that may have reached the server, and of which no answer said what came of it. */
const intent = z.object({
  kind,
  key: z.string(),
  name: z.string(),
  companyId: z.nullable(z.string()),
  sentAt: z.number(),
  /** Until then the object may still appear. */
  until: z.number(),
  /** SHA-256 of the request without its secrets. */
  request: z.string(),
  /** The objects that could be taken for it and were there before. */
  before: z.array(z.string()),
  /** What happened to the request, in words; null where the run ended first. */
  failure: z.nullable(z.string()),
});
export type Intent = z.infer<typeof intent>;

const run = z.object({
  profile: z.string(),
  plan: onboardingPlan,
  newConnection: z.boolean(),
  startedAt: z.number(),
  /** With `newConnection`: the one that this run has created. */
  connectionId: z.nullable(z.string()),
});
/** A run that has not ended yet. */
export type UnfinishedRun = z.infer<typeof run>;

const ledgerState = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  target: z.string(),
  company: z.string(),
  createdAt: z.number(),
  objects: z.array(object),
  intents: z.array(intent),
  /** IDs of what this tool deleted: a list that lags may show them still. */
  deleted: z.array(z.object({ id: z.string(), at: z.number() })),
  run: z.nullable(run),
});
export type LedgerState = z.infer<typeof ledgerState>;

/** Every writing method is on disk when it resolves. */
export interface Ledger {
  /** The company's key: see `companyKey`. */
  readonly company: string;
  /** Null unless an earlier run has not ended. */
  readonly unfinished: UnfinishedRun | null;
  /** The objects of a kind and key, the newest first, without those that this tool deleted. */
  known(kind: Kind, key: string): readonly LedgerObject[];
  isDeleted(id: string): boolean;
  /** Whether a site of this ID was seen in a company of that one. */
  hasSite(id: string, companyId: string): boolean;
  /** The create of this object whose fate is not known. */
  open(kind: Kind, key: string): Intent | null;
  /** Notes a run with the first thing that it writes, so that one that changes nothing writes nothing. */
  begin(run: Omit<UnfinishedRun, "startedAt" | "connectionId">): void;
  intend(intent: Omit<Intent, "failure" | "request">, body: unknown): Promise<void>;
  /** The create failed in a way that says little; until then it may still appear. */
  leaveOpen(intent: Omit<Intent, "request">): Promise<void>;
  /** The create surely came to nothing. */
  drop(intent: Pick<Intent, "kind" | "key">): Promise<void>;
  /** An object is there: replaces what was known of it, and ends its create. */
  settle(object: Omit<LedgerObject, "at">): Promise<void>;
  /** An object is about to be deleted by this tool. */
  markDeleted(id: string): Promise<void>;
  /** It was not deleted after all. */
  unmarkDeleted(id: string): Promise<void>;
  /** The run has ended and said how. */
  finish(): Promise<void>;
  /** @throws LocalStateError `lock_lost` when another run has taken over: this one must create nothing more */
  check(): void;
  close(): Promise<void>;
}

/** Where a ledger is kept, and what keeps others out of it. */
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
  /** Where the ledgers are. */
  readonly folder: string;
  /** The tool's own folder that it is in, from which on each folder is checked. */
  readonly top: string;
  /** The process's user; without it owners are not checked. */
  readonly uid: number | undefined;
}

/** A ledger over what keeps it. */
export function ledgerOver(file: LedgerFile, key: LedgerKey, now: () => number): Ledger {
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
  /** Writes what stands at that time; those who ask while a write is under way share the next one. */
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
  const isOf = (one: Pick<Intent, "kind" | "key">) => (other: Pick<Intent, "kind" | "key">) =>
    one.kind === other.kind && one.key === other.key;
  const without = (one: Pick<Intent, "kind" | "key">) =>
    state.intents.filter((other) => !isOf(one)(other));
  const isDeleted = (id: string) => state.deleted.some((one) => one.id === id);

  return {
    company: key.company,
    unfinished: found?.run ?? null,
    known: (kind, key) =>
      state.objects.filter((one) => isOf({ kind, key })(one) && !isDeleted(one.id)).toReversed(),
    isDeleted,
    hasSite: (id, companyId) =>
      state.objects.some(
        (one) => one.kind === "site" && one.id === id && one.companyId === companyId,
      ),
    open: (kind, key) => state.intents.find(isOf({ kind, key })) ?? null,
    begin(started) {
      begun = { ...started, startedAt: now(), connectionId: null };
    },
    intend: (intended, body) => {
      const request = createHash("sha256").update(JSON.stringify(body)).digest("hex");
      return change({ intents: [...without(intended), { ...intended, request, failure: null }] });
    },
    leaveOpen: (one) =>
      change({
        intents: state.intents.map((other) => (isOf(one)(other) ? { ...other, ...one } : other)),
      }),
    drop: (one) => change({ intents: without(one) }),
    async settle(settled) {
      const earlier = state.objects.filter(({ id }) => id === settled.id);
      const before = earlier.find(isOf(settled));
      const isNew = before === undefined || before.companyId !== settled.companyId;
      const wasOpen = state.intents.some(isOf(settled));
      if (begun?.newConnection && settled.kind === "connection" && settled.made === "created") {
        begun = { ...begun, connectionId: settled.id };
      } else if (!isNew && !wasOpen) return;
      // What was created stays created, also where a later run finds it again, by its ID or its name.
      const wasCreated = earlier.some(({ made }) => made === "created");
      const made = wasCreated ? "created" : settled.made;
      const others = state.objects.filter((one) => one.id !== settled.id || !isOf(settled)(one));
      const at = earlier[0]?.at ?? now();
      await change({
        objects: [...others, { ...settled, made, at }],
        intents: without(settled),
      });
    },
    markDeleted: (id) =>
      change({
        deleted: [...state.deleted, { id, at: now() }],
      }),
    unmarkDeleted: (id) => change({ deleted: state.deleted.filter((one) => one.id !== id) }),
    async finish() {
      begun = null;
      if (state.run !== null) await change({ run: null });
    },
    check: () => file.check(),
    async close() {
      await writing;
      await file.close();
    },
  };
}

/**
 * Opens a ledger for a run, and keeps every other run for the same company out of it until it is closed.
 *
 * @param what the company, as it is called to a person whom the lock keeps out
 * @throws LocalStateError `locked`, naming the run that holds it; `ledger_damaged`, `ledger_newer`,
 *   `unsafe_permissions`, `folder_not_writable`
 */
export async function openLedger(
  place: LedgerPlace,
  key: LedgerKey,
  what: string,
  lock: LockOptions,
): Promise<Ledger> {
  const file = join(place.folder, fileName(key));
  const held = await takeLock(file, what, { ...lock, ...optionsOf(place) });
  try {
    const state = read(file, place);
    return ledgerOver(
      {
        state,
        write: async (changed) => {
          // A run that stood still for long may have been taken over: what it knows is older than what is there.
          held.check();
          await writeJsonFile(file, changed, optionsOf(place));
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

/** A ledger that is forgotten with the run, for `--no-save`. */
export function memoryLedger(key: LedgerKey, now: () => number): Ledger {
  return ledgerOver(
    { state: null, write: async () => {}, check: () => {}, close: async () => {} },
    key,
    now,
  );
}

/** A ledger to look into without a lock; nothing that is written to it is kept. */
export function readLedger(place: LedgerPlace, key: LedgerKey, now: () => number): Ledger {
  const state = read(join(place.folder, fileName(key)), place);
  return ledgerOver(
    { state, write: async () => {}, check: () => {}, close: async () => {} },
    key,
    now,
  );
}

/**
 * Every ledger of a target.
 *
 * @throws LocalStateError `unsafe_permissions`; a file that can't be understood is passed over here, and named when its
 *   company is worked on
 */
export function ledgersOf(place: LedgerPlace, target: string): readonly LedgerState[] {
  return namesIn(place.folder).flatMap((name) => {
    try {
      const state = read(join(place.folder, name), place);
      return state?.target === target ? [state] : [];
    } catch (error) {
      if (error instanceof LocalStateError && error.code.startsWith("ledger_")) return [];
      throw error;
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
    return readdirSync(folder).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
  } catch {
    return [];
  }
}
