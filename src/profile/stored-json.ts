/** Reads one of this tool's JSON files and says plainly what is wrong with a damaged one. Never changes it. */
import * as z from "zod/mini";
import { LocalStateError } from "../errors.ts";
import { type PrivateFileOptions, readPrivateFile } from "./private-file.ts";

/** The version of both files' shape that this tool reads and writes. */
export const SCHEMA_VERSION = 1;

/** Begins the error codes: `config_damaged`, `journal_newer`. */
type Kind = "config" | "credentials" | "journal";

export type JsonObject = Readonly<Record<string, unknown>>;

export interface StoredJson<T> {
  /** As it stands in the file, with fields that this version does not know. */
  readonly raw: JsonObject;
  readonly value: T;
}

export interface StoredJsonOptions<T> extends PrivateFileOptions {
  readonly kind: Kind;
  readonly schema: z.ZodMiniType<T>;
}

const versioned = z.looseObject({ schemaVersion: z.number() });

/**
 * Reads and checks a file.
 *
 * @returns null when it does not exist
 * @throws LocalStateError `…_damaged`, `…_newer`, and what {@link readPrivateFile} throws
 */
export function readStoredJson<T>(
  file: string,
  options: StoredJsonOptions<T>,
): StoredJson<T> | null {
  const text = readPrivateFile(file, options);
  if (text === null) return null;
  const raw = parse(text, file, options.kind);
  const version = versioned.safeParse(raw);
  if (version.success && version.data.schemaVersion > SCHEMA_VERSION) {
    throw newer(file, options.kind, version.data.schemaVersion);
  }
  const read = options.schema.safeParse(raw);
  if (!read.success) throw damaged(file, options.kind, describeIssue(read.error.issues[0]));
  if (!isObject(raw)) throw damaged(file, options.kind, "it is not an object");
  return { raw, value: read.data };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The error for a file that can't be understood. `what` must not quote the file: it may hold a secret. */
export function damaged(file: string, kind: Kind, what: string): LocalStateError {
  return new LocalStateError(`${kind}_damaged`, `${file} is damaged: ${what}`, {
    hint: "Nothing was changed. Repair the file by hand, or move it away and start again without it.",
    next: [{ words: ["mv", file, `${file}.damaged`], why: "move the file away" }],
  });
}

function newer(file: string, kind: Kind, version: number): LocalStateError {
  return new LocalStateError(
    `${kind}_newer`,
    `${file} was written by a newer nectar (schema version ${version}, this one knows ${SCHEMA_VERSION})`,
    { hint: "Update nectar, or name another folder with NECTAR_CONFIG_DIR. Nothing was changed." },
  );
}

function parse(text: string, file: string, kind: Kind): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw damaged(file, kind, `it is not valid JSON${whereIn(text, error.message)}`);
  }
}

/** The engine's message quotes the text, so only its position is taken over. */
function whereIn(text: string, message: string): string {
  if (text.trim() === "") return ", it is empty";
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return "";
  const before = text.slice(0, Number(position)).split("\n");
  return ` (line ${before.length}, column ${(before.at(-1) ?? "").length + 1})`;
}

/** What a schema found wrong, and where, without quoting the file. `above` is the path to what was checked. */
export function describeIssue(
  issue: z.core.$ZodIssue | undefined,
  above: readonly string[] = [],
): string {
  if (issue === undefined) return "its shape is not known";
  const place = [...above, ...issue.path.map(String)].join(".") || "the whole file";
  if (issue.code === "invalid_type") return `${place}: expected ${issue.expected}`;
  if (issue.code === "invalid_value") return `${place}: expected ${issue.values.join(" or ")}`;
  return `${place}: not allowed there`;
}
