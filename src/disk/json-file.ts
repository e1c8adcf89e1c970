/** The JSON files of this tool: a checked read and an atomic write. Knows nothing of what is in them. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { type FileHandle, open, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
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

/** The version of the files' shape that this tool reads and writes. */
export const SCHEMA_VERSION = 1;

export interface JsonFileOptions<T> extends FileOptions {
  /** Begins the error's code: `config` → `config_damaged`. */
  readonly kind: string;
  readonly schema: z.ZodMiniType<T>;
  /** The newest `schemaVersion` that is understood; {@link SCHEMA_VERSION} when not given. */
  readonly version?: number | undefined;
  /** In bytes; 16 MiB when not given. */
  readonly maxBytes?: number | undefined;
  /** What helps when the file is damaged; moving it away when not given. */
  readonly repair?: NextCommand | undefined;
}

/** What a file is to hold, as a whole or in pieces. */
type Content = string | Uint8Array | Iterable<string>;

export interface ReplaceOptions extends FolderOptions {
  /** Called right before the old file goes; when it throws, that one stays. */
  readonly beforeReplacing?: (() => void) | undefined;
  /** Whether the content must survive a power loss, too; not given, it must. The end of a process it survives in any case. */
  readonly synced?: boolean | undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonFile<T> {
  /** As it stands in the file, with fields that this version does not know. */
  readonly raw: JsonObject;
  readonly value: T;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** Nothing that this tool writes is nested so deep; what works through a value calls itself for each level. */
const MAX_DEPTH = 100;
/** The names of temporary files: ours and conf's, and those of release 0.1.0. */
const TEMPORARY = /^(?:tmp-[0-9a-f]+|\d+)$/;

const versioned = z.looseObject({ schemaVersion: z.number() });

/**
 * Reads and checks one of our JSON files. Synchronous: nothing else is to be done before it is read, and it takes a third
 * of the time. Never changes the file.
 *
 * @returns null when it does not exist
 * @throws LocalStateError `…_damaged`, `…_newer`, and what {@link openChecked} throws
 */
export function readJsonFile<T>(file: string, options: JsonFileOptions<T>): JsonFile<T> | null {
  const { kind, schema, version: known = SCHEMA_VERSION, repair } = options;
  const bad = (what: string) => damaged(file, kind, what, repair);
  const { maxBytes = MAX_BYTES } = options;
  const bytes = readBytes(file, maxBytes, options);
  if (bytes === null) return null;
  if (bytes.length > maxBytes) throw bad(`it is longer than ${maxBytes} bytes`);
  // Editors of some systems begin a file with a byte order mark.
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  if (isDeep(text)) throw bad(`it is nested more than ${MAX_DEPTH} levels deep`);
  const raw = parse(text, bad);
  const version = versioned.safeParse(raw);
  if (version.success && version.data.schemaVersion > known) {
    const { schemaVersion: found } = version.data;
    throw newer(file, kind, { found, known }, options.movedBy, repair);
  }
  const read = schema.safeParse(raw);
  if (!read.success) throw bad(describeIssue(read.error.issues[0]));
  if (!isObject(raw)) throw bad("it is not an object");
  return { raw, value: read.data };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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

/**
 * Replaces a JSON file of ours as a whole; see {@link replaceFile}.
 *
 * @throws LocalStateError `folder_not_writable`, `unsafe_permissions`
 */
export function writeJsonFile(file: string, value: unknown, options: FolderOptions): Promise<void> {
  return replaceFile(file, `${JSON.stringify(value, undefined, 2)}\n`, options);
}

/**
 * Replaces a file so that it is whole or as it was; mode 0600. Its folder is made and checked first. The caller is the
 * file's one writer at that time, by its lock, which also removes what killed writers left.
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
 * Differs whenever a file was replaced by {@link replaceFile}, and whenever it may have changed otherwise.
 *
 * @returns null when there is no file
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
 * Proves that a file can be replaced, by replacing it with what is in it; where there is none, by a file beside its place
 * that is removed again. Needs the file's lock.
 *
 * @throws LocalStateError `folder_not_writable`, and what {@link openChecked} throws
 */
export async function rehearseReplacing(file: string, options: FileOptions): Promise<void> {
  const content = readBytes(file, Number.POSITIVE_INFINITY, options);
  if (content !== null) return replaceFile(file, content, options);
  ensureFolder(dirname(file), options);
  try {
    rmSync(await writeBeside(file, "", true));
  } catch (error) {
    throw notReplaceable(file, error, options.movedBy) ?? error;
  }
}

/**
 * Removes a file, and what killed writers left beside it.
 *
 * @returns whether there was one
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

/**
 * Removes the temporary files that writers of a file left beside it when they were killed; one of them may hold a key.
 * For the file's one writer: what stands there then belongs to no process that lives.
 *
 * @returns how many there were
 */
export function removeLeftovers(file: string): number {
  const left = leftoversOf(file);
  for (const one of left) rmSync(one, { force: true });
  return left.length;
}

/** The temporary files beside a file. */
export function leftoversOf(file: string): readonly string[] {
  const begin = `${basename(file)}.`;
  try {
    return readdirSync(dirname(file), { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .filter((name) => name.startsWith(begin) && TEMPORARY.test(name.slice(begin.length)))
      .map((name) => join(dirname(file), name));
  } catch {
    return [];
  }
}

/** At most one byte more than `maxBytes`, so that a longer file is told apart and never read as a whole. */
function readBytes(file: string, maxBytes: number, options: FileOptions): Buffer | null {
  const handle = openChecked(file, constants.O_RDONLY, options);
  if (handle === null) return null;
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(handle).size, maxBytes + 1));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(handle, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

/** Whether brackets outside of strings are nested too deep; by the text, before anything works through the value. */
function isDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function parse(text: string, bad: (what: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw bad(`it is not valid JSON${whereIn(text, error.message)}`);
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

/**
 * Gives a file a later time than the one that it is to replace: two that are written in one tick of the system's clock
 * may have the same number and size, and would be taken for one.
 */
function makeNewer(temporary: string, file: string): void {
  const before = lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (lstatSync(temporary).mtimeMs > before) return;
  const later = (Math.floor(before) + 2) / 1000;
  utimesSync(temporary, later, later);
}

/** Writes a new file beside another one, on disk when it returns if it is `synced`. Its name can't be known before, and is nobody's yet. */
async function writeBeside(file: string, content: Content, synced: boolean): Promise<string> {
  const temporary = `${file}.tmp-${randomBytes(8).toString("hex")}`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      // The umask was taken off the mode.
      await handle.chmod(0o600);
      await writeFile(handle, content);
      if (synced) await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Without this a power loss may undo the renaming. Not every system lets a folder be synced; there it is left. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(folder, "r");
  } catch {
    return;
  }
  await handle.sync().catch(() => undefined);
  await handle.close();
}
