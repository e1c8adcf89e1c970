/** What a check is, and how its result is read: the one type that every check of `nectar doctor` has. */

import type { Context } from "../../app/context.ts";
import type { Inspection } from "../../app/own-folders.ts";
import type { Target } from "../../app/target.ts";
import { nectarError, UnexpectedError } from "../../cli/run.ts";
import type { ExitName, NectarError, NextCommand } from "../../errors.ts";
import { type Reach, SkippedError } from "./reach.ts";

/** `skipped`: it could not be looked at, because of another finding, or there is nothing to look at. */
export const STATES = ["ok", "warning", "failed", "skipped"] as const;
export type State = (typeof STATES)[number];

export interface Finding {
  readonly state: State;
  /** What was found, and what to do about it. */
  readonly message: string;
  readonly next?: readonly NextCommand[];
  /** The exit status of a finding that failed. */
  readonly exit?: ExitName;
  /** What can be repaired without a question; each says what it does. */
  readonly repairs?: readonly Repair[];
}

interface Repair {
  readonly what: string;
  readonly run: () => void | Promise<void>;
}

/** All that the checks look at; what several of them need is found once. */
export interface Subject {
  readonly context: Context;
  /** Aborts when the checks must have ended. */
  readonly signal: AbortSignal;
  folders(): ReturnType<typeof import("../../app/own-folders.ts").inspectOwnFolders>;
  /** Null when nothing decides it. */
  target(): Promise<Target | null>;
  readonly reach: Reach;
}

export interface Check {
  readonly name: string;
  readonly run: (subject: Subject) => Promise<Finding>;
  /** Its findings may have repairs. It sends no request. */
  readonly isRepairable?: true;
}

/** @throws SkippedError when the promise rejects */
export async function needed<Value>(promise: Promise<Value>, why: string): Promise<Value> {
  try {
    return await promise;
  } catch {
    throw new SkippedError(why);
  }
}

export const ok = (message: string): Finding => ({ state: "ok", message });
export const skipped = (message: string): Finding => ({ state: "skipped", message });

export const warning = (message: string): Finding => ({ state: "warning", message });

const FIX = { words: ["nectar", "doctor", "--fix"], why: "repair what is safe to repair" };

export function repairable(message: string, repairs: readonly Repair[]): Finding {
  return { ...warning(message), next: [FIX], repairs };
}

/** What a check that threw has found. */
export function findingOf(error: unknown): Finding {
  if (error instanceof SkippedError) return skipped(error.message);
  const known = nectarError(error);
  const message = known instanceof UnexpectedError ? known.message : sentencesOf(known);
  const next = known.next.filter(({ words }) => words[1] !== "doctor");
  return { state: "failed", message, next, exit: known.exit };
}

function sentencesOf({ message, lines, hint }: NectarError): string {
  return [message, ...lines, ...(hint === null ? [] : [hint])].map(ended).join(" ");
}

/** The finding about a folder: everything in it that is unsafe. */
export function unsafeFinding({ unsafe }: Inspection): Finding | null {
  if (unsafe.length === 0) return null;
  const repairs = unsafe.flatMap(({ error, repair }) =>
    repair === null ? [] : [{ what: `made it safe: ${error.message}`, run: repair }],
  );
  const byHand = unsafe.filter(({ repair }) => repair === null);
  return {
    ...{ state: "failed", exit: "local-state" },
    message: unsafe.map(({ error }) => sentencesOf(error)).join(" "),
    next: [...(repairs.length > 0 ? [FIX] : []), ...byHand.flatMap(({ error }) => error.next)],
    repairs,
  };
}

function ended(sentence: string): string {
  return /[.!?:]$/.test(sentence) ? sentence : `${sentence}.`;
}
