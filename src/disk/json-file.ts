/** Checked reads and atomic writes of the tool's JSON files. Knows nothing about their contents. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { dirname } from "node:path";
import * as z from "zod/mini";
import type { NextCommand } from "../errors.ts";
import {
  checkFolder,
  ensureFolder,
  type FileOptions,
  type FolderOptions,
  foldersOf,
  openChecked,
} from "./checked.ts";
import { damaged, newer, notReadable, notReplaceable } from "./disk-errors.ts";
import { parseJson } from "./json-text.ts";
import { type Content, removeLeftovers, sync, writeBeside } from "./temporary-file.ts";

/** The schema version that this tool reads and writes. */
export const SCHEMA_VERSION = 1;

export interface JsonFileOptions<T> extends FileOptions {
  /** The prefix of the error code: `config` → `config_damaged`. */
  readonly kind: string;
  readonly schema: z.ZodMiniType<T>;
  /** The newest supported `schemaVersion`; defaults to {@link SCHEMA_VERSION}. */
  readonly version?: number | undefined;
  /** In bytes; defaults to 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** The file's last field, if it is a long list with each item on a line of its own; see {@link parseJson}. */
  readonly list?: string | undefined;
  /** The command that fixes a damaged file; defaults to moving it away. */
  readonly repair?: NextCommand | undefined;
}

export interface ReplaceOptions extends FolderOptions {
  /** Called right before the old file is replaced; if it throws, the old file stays. */
  readonly beforeReplacing?: (() => void) | undefined;
  /** Whether the content must also survive a power loss; defaults to true. It always survives a process exit. */
  readonly synced?: boolean | undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonFile<T> {
  /** The file's content as parsed, including fields that this version does not know. */
  readonly raw: JsonObject;
  readonly value: T;
}

const MAX_BYTES = 16 * 1024 * 1024;
const versioned = z.looseObject({ schemaVersion: z.number() });

/**
 * Reads and checks a JSON file. Synchronous, because nothing else can be done until then and it takes a third of the
 * time. Never changes the file.
 *
 * @returns null if it does not exist
 * @throws LocalStateError `…_damaged`, `…_newer`, and what {@link openChecked} throws
 */
export function readJsonFile<T>(file: string, options: JsonFileOptions<T>): JsonFile<T> | null {
  const { kind, schema, version: known = SCHEMA_VERSION, repair } = options;
  const bad = (what: string) => damaged(file, kind, what, repair);
  const { maxBytes = MAX_BYTES } = options;
  const found = openAndRead(file, options, (handle) => {
    if (fstatSync(handle).size > maxBytes) throw bad(`it is longer than ${maxBytes} bytes`);
    return { raw: parseJson(handle, bad, options.list) };
  });
  if (found === null) return null;
  const { raw } = found;
  const written = versioned.safeParse(raw).data?.schemaVersion ?? known;
  if (written > known) throw newer(file, kind, { written, known }, options.movedBy, repair);
  const read = schema.safeParse(raw);
  if (!read.success) throw bad(describeIssue(read.error.issues[0]));
  if (!isObject(raw)) throw bad("it is not an object");
  return { raw, value: read.data };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Describes a schema issue and where it is, without quoting the file. `above` is the path to the checked value. */
export function describeIssue(
  issue: z.core.$ZodIssue | undefined,
  above: readonly string[] = [],
): string {
  if (issue === undefined) return "its format is not known";
  const place = [...above, ...issue.path.map(String)].join(".") || "the whole file";
  if (issue.code === "invalid_type") return `${place}: expected ${issue.expected}`;
  if (issue.code === "invalid_value") return `${place}: expected ${issue.values.join(" or ")}`;
  return `${place}: not allowed there`;
}

/**
 * Writes a whole JSON file; see {@link replaceFile}.
 *
 * @throws LocalStateError `folder_not_writable`, `unsafe_permissions`
 */
export function writeJsonFile(
  file: string,
  value: unknown,
  options: ReplaceOptions,
): Promise<void> {
  return replaceFile(file, `${JSON.stringify(value, undefined, 2)}\n`, options);
}

/**
 * Replaces a file atomically, with mode 0600, after creating and checking its folder. The caller must hold the file's
 * lock; taking it also removes what killed writers left.
 *
 * @throws LocalStateError `folder_not_writable`, `unsafe_permissions`
 */
export async function replaceFile(
  file: string,
  content: Content,
  options: ReplaceOptions,
): Promise<void> {
  const { synced = true, beforeReplacing = () => {} } = options;
  ensureFolder(dirname(file), options);
  try {
    const temporary = await writeBeside(file, content, synced);
    try {
      makeNewer(temporary, file);
      beforeReplacing();
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    if (synced) await syncFolder(dirname(file));
  } catch (error) {
    throw notReplaceable(file, error, options.movedBy) ?? error;
  }
}

/**
 * A stamp that differs whenever {@link replaceFile} replaced the file, or it may have changed in another way.
 *
 * @returns null if the file does not exist
 * @throws LocalStateError `not_readable`
 */
export function stampOf(file: string, { movedBy }: FolderOptions): string | null {
  try {
    const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return null;
    const { dev, ino, birthtimeNs, size, mtimeNs } = found;
    return [dev, ino, birthtimeNs, size, mtimeNs].join(":");
  } catch (error) {
    throw notReadable(file, error, movedBy) ?? error;
  }
}

/**
 * Proves that a file can be replaced, by rewriting its content; if it does not exist, by creating and removing a
 * temporary file next to it. Needs the file's lock.
 *
 * @throws LocalStateError `folder_not_writable`, and what {@link openChecked} throws
 */
export async function rehearseReplacing(file: string, options: FileOptions): Promise<void> {
  const content = openAndRead(file, options, (handle) => readFileSync(handle));
  if (content !== null) return replaceFile(file, content, options);
  ensureFolder(dirname(file), options);
  try {
    rmSync(await writeBeside(file, "", true));
  } catch (error) {
    throw notReplaceable(file, error, options.movedBy) ?? error;
  }
}

/**
 * Removes a file and the temporary files that killed writers left.
 *
 * @returns whether the file existed
 * @throws LocalStateError `folder_not_writable`, `unsafe_permissions`
 */
export function removeFile(file: string, options: FolderOptions): boolean {
  for (const folder of foldersOf(dirname(file), options)) {
    if (!checkFolder(folder, options)) return false;
  }
  try {
    removeLeftovers(file);
    const found = lstatSync(file, { throwIfNoEntry: false }) !== undefined;
    rmSync(file, { force: true });
    return found;
  } catch (error) {
    throw notReplaceable(file, error, options.movedBy) ?? error;
  }
}

function openAndRead<T>(file: string, options: FileOptions, read: (handle: number) => T): T | null {
  const handle = openChecked(file, constants.O_RDONLY, options);
  if (handle === null) return null;
  try {
    return read(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Gives a file a later mtime than the one it replaces: two files written within one clock tick may have the same inode
 * number and size, and would get the same stamp.
 */
function makeNewer(temporary: string, file: string): void {
  const before = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (lstatSync(temporary).mtimeMs > before) return;
  const later = (Math.floor(before) + 2) / 1000;
  utimesSync(temporary, later, later);
}

/** Without this, a power loss may undo the rename. Skipped on systems that can't sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  let handle: number;
  try {
    handle = openSync(folder, constants.O_RDONLY);
  } catch {
    return;
  }
  await sync(handle).catch(() => undefined);
  closeSync(handle);
}
