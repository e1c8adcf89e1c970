/** The lines of the log: a header, then one line a committed change. Text in, data out; touches no file. */
import type { Change, Kind } from "./entities.ts";

/** The version of the format below. A log with a higher one is refused, never guessed at. */
export const SCHEMA_VERSION = 3;

/** The fields that the indexes of each kind rest on. */
const INDEXES: ReadonlyMap<string, readonly string[]> = new Map<Kind, readonly string[]>([
  ["company", ["id"]],
  ["deletedCompany", ["id"]],
  ["site", ["id", "companyId"]],
  ["connection", ["id", "companyId"]],
  ["account", ["id", "companyId"]],
  ["invitation", ["id", "companyId", "token"]],
  ["endpoint", ["id"]],
  ["message", ["id"]],
  ["delivery", ["id"]],
  ["clock", ["id"]],
]);

export interface Header {
  readonly schemaVersion: number;
  /** Counts up whenever the file is replaced as a whole, so that a reader knows to start again. */
  readonly generation: number;
}

export function formatHeader(generation: number): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, generation } satisfies Header)}\n`;
}

/** One line for all changes of one commit: the line is there with its end, or none of them is. */
export function formatCommit(changes: readonly Change[]): string {
  return `${JSON.stringify({ ops: changes })}\n`;
}

/** @returns the header, or null when the line is none */
export function parseHeader(line: string): Header | null {
  const value = parseObject(line);
  if (value === null) return null;
  const { schemaVersion, generation } = value;
  return typeof schemaVersion === "number" && typeof generation === "number"
    ? { schemaVersion, generation }
    : null;
}

/** @returns the changes of one commit, or null when the line is none */
export function parseCommit(line: string): readonly Change[] | null {
  const ops = parseObject(line)?.["ops"];
  return Array.isArray(ops) && ops.every(isChange) ? ops.map(upgraded) : null;
}

/** A connection of version 1 has only the fields that version knew. */
function upgraded(change: Change): Change {
  if (change.op === "delete" || change.kind !== "connection") return change;
  const { value } = change;
  if (Object.hasOwn(value, "script")) return change;
  const collecting =
    value.status === "CONNECTED" ? [{ from: value.statusFirstSeenTime, until: null }] : [];
  const added = { datasourceTypes: [], script: [], collecting, dataDelayMs: 0 };
  return { ...change, value: { ...value, ...added, announcedUntil: value.updated } };
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Only what the indexes rest on is checked: this file has one writer, this program, and every start reads all of it.
function isChange(value: unknown): value is Change {
  if (!isObject(value)) return false;
  const { op, kind } = value;
  const index = INDEXES.get(String(kind));
  if (index === undefined) return false;
  if (op === "delete") return typeof value["id"] === "string";
  const object = value["value"];
  return (
    op === "put" && isObject(object) && index.every((field) => typeof object[field] === "string")
  );
}
