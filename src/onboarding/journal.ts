/**
 * What a run is about to create, and what it has created, on disk before and after each create, so that the same command
 * goes on after a kill. Holds no secret. One file a profile, target and plan; a finished run leaves none.
 */
import { createHash } from "node:crypto";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { readJsonFile, removeLeftovers, SCHEMA_VERSION, writeJsonFile } from "../disk/json-file.ts";
import { LocalStateError } from "../errors.ts";
import { fingerprint, type OnboardingPlan, onboardingPlan } from "./plan.ts";

const intent = z.object({
  /** When the create was about to be sent, in milliseconds since the epoch. */
  at: z.number(),
  externalId: z.nullable(z.string()),
  /** SHA-256 of the request without its secrets. */
  requestHash: z.string(),
  /** What came of it; null as long as its fate is not known. */
  id: z.nullable(z.string()),
  /** The objects of this kind that were there before, where only that tells a new one from an old one. */
  before: z.optional(z.array(z.string())),
});
export type Intent = z.infer<typeof intent>;

const record = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  profile: z.string(),
  target: z.string(),
  fingerprint: z.string(),
  startedAt: z.number(),
  newConnection: z.boolean(),
  plan: onboardingPlan,
  steps: z.record(z.string(), intent),
});
export type JournalRecord = z.infer<typeof record>;

/** What the engine needs of a journal. */
export interface Journal {
  /** When the unfinished run that this one continues was begun, in milliseconds since the epoch; null when it is new. */
  readonly continues: number | null;
  /** What an earlier run, or this one, has noted of a step. */
  step(name: string): Intent | null;
  /** On disk when it returns. */
  intend(name: string, what: Pick<Intent, "externalId" | "before">, body: unknown): Promise<void>;
  /** The create surely came to nothing: there is no fate to look after. On disk when it returns. */
  drop(name: string): Promise<void>;
  /** On disk when it returns. */
  settle(name: string, id: string): Promise<void>;
  /** Everything is there: forgets the run. */
  finish(): Promise<void>;
}

/** A journal that keeps nothing: for single creates, and where nothing may be written. */
export const NO_JOURNAL: Journal = {
  continues: null,
  step: () => null,
  intend: async () => {},
  drop: async () => {},
  settle: async () => {},
  finish: async () => {},
};

export interface JournalPlace {
  readonly folder: string;
  readonly uid: number | undefined;
  readonly now: () => number;
}

export interface JournalKey {
  readonly profile: string;
  readonly target: string;
  readonly plan: OnboardingPlan;
  readonly newConnection: boolean;
}

/**
 * Opens the journal of a plan. A journal of another profile, target or plan is never looked at.
 *
 * @param fresh forget what an earlier run noted; a damaged journal is moved aside, not lost
 * @throws LocalStateError `journal_damaged`, `journal_newer`, `unsafe_permissions`
 */
export function openJournal(place: JournalPlace, key: JournalKey, fresh: boolean): Journal {
  const file = fileOf(place.folder, key);
  const found = fresh ? forget(file, place) : read(file, place);
  const steps: Record<string, Intent> = { ...found?.steps };
  const startedAt = found?.startedAt ?? place.now();
  const { profile, target, plan, newConnection } = key;
  const head = { profile, target, fingerprint: fingerprint(plan), startedAt, newConnection, plan };

  let waiting: Promise<void> | null = null;
  let writing: Promise<void> = Promise.resolve();
  /** Writes what stands at that time; those who ask while a write is under way share the next one. */
  const save = (): Promise<void> => {
    waiting ??= writing.then(() => {
      waiting = null;
      const content = { schemaVersion: SCHEMA_VERSION, ...head, steps };
      return writeJsonFile(file, content, { uid: place.uid, movedBy: "NECTAR_STATE_DIR" });
    });
    writing = waiting.catch(() => {});
    return waiting;
  };

  return {
    continues: found?.startedAt ?? null,
    step: (name) => steps[name] ?? null,
    async intend(name, { externalId, before }, body) {
      steps[name] = {
        at: place.now(),
        externalId,
        requestHash: createHash("sha256").update(JSON.stringify(body)).digest("hex"),
        id: null,
        ...(before === undefined ? {} : { before }),
      };
      await save();
    },
    async drop(name) {
      delete steps[name];
      await save();
    },
    async settle(name, id) {
      const noted = steps[name];
      if (noted === undefined) return;
      steps[name] = { ...noted, id };
      await save();
    },
    async finish() {
      await writing;
      rmSync(file, { force: true });
      removeLeftovers(file);
    },
  };
}

/**
 * The newest unfinished run, for somebody who gives no plan.
 *
 * @param target only of this target; null takes any
 * @returns null when there is none; a journal that can't be read is passed over here, and named when its plan is run
 */
export function latestRun(
  place: JournalPlace,
  profile: string,
  target: string | null,
): JournalRecord | null {
  const runs = filesOf(place.folder, profile).flatMap((file) => {
    try {
      const run = read(join(place.folder, file), place);
      return run !== null && (target === null || run.target === target) ? [run] : [];
    } catch (error) {
      if (error instanceof LocalStateError) return [];
      throw error;
    }
  });
  return runs.sort((one, other) => other.startedAt - one.startedAt)[0] ?? null;
}

function fileOf(folder: string, { profile, target, plan, newConnection }: JournalKey): string {
  const key = JSON.stringify([target, fingerprint(plan), newConnection]);
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return join(folder, `${profile}.${hash}.json`);
}

function filesOf(folder: string, profile: string): readonly string[] {
  try {
    // A profile's name has no dot.
    return readdirSync(folder).filter(
      (name) => /^[^.]+\.[0-9a-f]{16}\.json$/.test(name) && name.startsWith(`${profile}.`),
    );
  } catch {
    return [];
  }
}

function read(file: string, { uid }: JournalPlace): JournalRecord | null {
  const options = { kind: "journal", schema: record, secret: false, uid } as const;
  return readJsonFile(file, { ...options, movedBy: "NECTAR_STATE_DIR" })?.value ?? null;
}

function forget(file: string, place: JournalPlace): null {
  try {
    if (read(file, place) !== null) rmSync(file, { force: true });
  } catch (error) {
    // Only what was read and not understood is moved; an unsafe or unreadable place stays refused.
    if (!(error instanceof LocalStateError) || !error.code.startsWith("journal_")) throw error;
    renameSync(file, `${file}.damaged`);
  }
  return null;
}
