/** What `plan` and `apply` share: their options, and which companies of a file they take. */
import { createHash } from "node:crypto";
import type { Context } from "../../app/context.ts";
import { argument, type InputOf, list, option } from "../../cli/define.ts";
import { readInputFile } from "../../cli/input-file.ts";
import { countText } from "../../cli/list-view.ts";
import { nonEmpty, pathSpec, wholeNumber } from "../../cli/values.ts";
import { UsageError } from "../../errors.ts";
import { type FileEntry, readPlanFile } from "../../onboarding/plan-file.ts";
import { printable } from "../../terminal/sanitize.ts";
import { didYouMean } from "../../words/nearest.ts";

/** One of several parts of a file; `index` counts from 1. */
interface Shard {
  readonly index: number;
  readonly count: number;
}

export const fileFields = {
  file: argument("<file>", {
    help: "a plan file, as YAML, JSON or CSV, of at most 64 MiB; - is stdin",
    ...pathSpec,
    required: true,
  }),
  concurrency: option("--concurrency <N>", {
    help: "requests at once, over all companies; the vendor asks for at most ten",
    read: wholeNumber(1, 10),
    allowed: "a number from 1 to 10",
    fallback: "8",
  }),
  shard: option("--shard <I/N>", {
    help: "only the companies whose keys fall to part I of N, whatever their order in the file",
    read: readShard,
    allowed: "a part and how many there are, such as 2/5",
  }),
  only: list("--only <KEY>", {
    help: "only this company, by its external ID, else its name; repeatable",
    read: nonEmpty,
    allowed: "the key of a company in the file",
  }),
} as const;

export type FileInput = InputOf<typeof fileFields>;

export interface Selection {
  readonly all: readonly FileEntry[];
  /** Those that this run takes. */
  readonly entries: readonly FileEntry[];
}

/** The companies of a plan file. @throws UsageError for a file with mistakes */
export async function readEntries(path: string, context: Context): Promise<readonly FileEntry[]> {
  const text = await readInputFile("<file>", path, context);
  return readPlanFile(text, path === "-" ? "stdin" : path);
}

/**
 * Reads the file and takes the companies that the options name.
 *
 * @throws UsageError for a file with mistakes, and for a key that is not in it
 */
export async function readSelection(input: FileInput, context: Context): Promise<Selection> {
  const all = await readEntries(input.file, context);
  const { shard } = input;
  const chosen = named(all, input.only);
  if (shard === undefined) return { all, entries: chosen };
  const entries = chosen.filter(({ key }) => partOf(key, shard.count) === shard.index);
  context.note(shardNote(shard, entries, all));
  return { all, entries };
}

function named(all: readonly FileEntry[], only: readonly string[]): readonly FileEntry[] {
  if (only.length === 0) return all;
  const keys = new Set(all.map(({ key }) => key));
  const unknown = only.filter((key) => !keys.has(key));
  if (unknown.length > 0) {
    const lines = unknown.map(
      (key) => `"${key}"${didYouMean(key, [...keys], Math.ceil(key.length / 3))}`,
    );
    throw new UsageError(
      "invalid_input",
      `--only: no company of the file has the key ${lines[0]}`,
      { lines: lines.slice(1), hint: "A company's key is its external ID, else its name." },
    );
  }
  return all.filter(({ key }) => only.includes(key));
}

/** A key always falls to the same part, whatever else is in the file. */
export function partOf(key: string, count: number): number {
  const hash = createHash("sha256").update(key).digest();
  return (hash.readUIntBE(0, 6) % count) + 1;
}

/** With at most this many companies, their keys are named. */
const FEW = 10;

function shardNote(
  { index, count }: Shard,
  entries: readonly FileEntry[],
  all: readonly FileEntry[],
): string {
  const keys = entries
    .slice(0, FEW)
    .map(({ key }) => printable(key, 60))
    .join(", ");
  const named = entries.length > 0 && entries.length <= FEW ? `: ${keys}` : "";
  return `Part ${index} of ${count}: ${entries.length} of ${countText(all.length, "company")}${named}.`;
}

function readShard(text: string): Shard | null {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  return index >= 1 && index <= count ? { index, count } : null;
}
