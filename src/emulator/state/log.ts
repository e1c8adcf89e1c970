/**
 * The emulator's objects on disk: an append-only log that several processes share, read into memory as it grows.
 * Looks and commits are synchronous, so that nothing in this process can come between a look and a write;
 * a look at an unchanged file is one `stat`. Takes no lock itself: writing methods are called inside one.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  statSync,
} from "node:fs";
import { openChecked } from "../../disk/checked.ts";
import { notReadable, notReplaceable } from "../../disk/disk-errors.ts";
import { replaceFile } from "../../disk/json-file.ts";
import { Collections } from "./collections.ts";
import type { Change } from "./entities.ts";
import { appendWhole, readRange, wholeLines } from "./file.ts";
import { damagedLine, type FilePlace, tooNew } from "./folder.ts";
import {
  formatCommit,
  formatHeader,
  type Header,
  parseCommit,
  parseHeader,
  SCHEMA_VERSION,
} from "./record.ts";

/** A header is some 40 bytes long; a first line that is longer is none. */
const HEADER_LIMIT = 256;

/** A log that is shorter than this, in changes, is never worth rewriting. */
const COMPACT_FROM = 1000;

/** How far the file was read. */
interface Position {
  readonly file: string;
  readonly version: number;
  readonly generation: number;
  /** Bytes up to the end of the last whole line. */
  readonly offset: number;
  readonly lines: number;
  readonly changes: number;
}

export class ChangeLog {
  readonly #path: string;
  readonly #place: FilePlace;
  #state = new Collections();
  #position: Position | null = null;
  #stamp: string | null = null;

  constructor(path: string, place: FilePlace) {
    this.#path = path;
    this.#place = place;
  }

  get state(): Collections {
    return this.#state;
  }

  /**
   * Whether the log should be written anew: more than half of it tells of objects that are gone or were replaced since, or
   * its header promises an older format, so that an older release would take what is appended for damage.
   */
  get isOutworn(): boolean {
    if (this.#position === null) return false;
    const { version, changes } = this.#position;
    return version < SCHEMA_VERSION || (changes > COMPACT_FROM && this.#state.size * 2 < changes);
  }

  /**
   * Takes in what was committed since the last look, by any process.
   *
   * @throws {LocalStateError} `emulator_state_damaged`, `emulator_state_newer`, `unsafe_permissions`; what was read before
   *   stays as it was
   */
  refresh(): void {
    let stat: BigIntStats | undefined;
    try {
      stat = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    } catch (error) {
      throw notReadable(this.#path, error, this.#place.movedBy) ?? error;
    }
    if (stat === undefined) {
      this.#forget();
      return;
    }
    if (stampOf(stat) === this.#stamp) return;
    const isThere = this.#withFile(constants.O_RDONLY, (file) => {
      this.#read(file);
      return true;
    });
    if (isThere === null) this.#forget();
  }

  /** Reads the whole file anew, whatever was read before. */
  reload(): void {
    this.#forget();
    this.refresh();
  }

  /**
   * Decides on the newest state and appends the outcome as one line. Needs the lock.
   *
   * There is no fsync: a line that `write` took survives the end of this process, however it ends. Only a machine
   * that loses power can lose the last lines, which costs an emulator little and every write of it a disk turn.
   *
   * @param decide names the changes; when it throws, nothing is written
   * @param mayWrite is asked right before the file is touched
   * @returns false when `mayWrite` said no
   */
  commit(decide: () => readonly Change[], mayWrite: () => boolean): boolean {
    this.refresh();
    const changes = decide();
    if (changes.length === 0) return true;
    try {
      const { O_RDWR, O_APPEND, O_CREAT } = constants;
      const done = this.#withFile(O_RDWR | O_APPEND | O_CREAT, (file) => {
        const position = this.#read(file);
        if (!mayWrite()) return false;
        // What follows the last whole line is the torn write of a process that is gone.
        const offset = position?.offset ?? 0;
        if (Number(fstatSync(file).size) > offset) ftruncateSync(file, offset);
        const generation = position?.generation ?? 1;
        const header = position === null ? formatHeader(generation) : "";
        const bytes = Buffer.from(header + formatCommit(changes));
        appendWhole(file, bytes, offset);
        for (const change of changes) this.#state.apply(change);
        const stat = fstatSync(file, { bigint: true });
        this.#position = {
          file: identityOf(stat),
          version: position?.version ?? SCHEMA_VERSION,
          generation,
          offset: offset + bytes.length,
          lines: (position?.lines ?? 1) + 1,
          changes: (position?.changes ?? 0) + changes.length,
        };
        this.#stamp = stampOf(stat);
        return true;
      });
      return done ?? false;
    } catch (error) {
      throw notReplaceable(this.#path, error, this.#place.movedBy) ?? error;
    }
  }

  /** Replaces the log by one that holds only what is alive. Needs the lock. */
  async compact(): Promise<void> {
    this.refresh();
    if (!this.isOutworn) return;
    const generation = (this.#position?.generation ?? 0) + 1;
    const lines = this.#state.asChanges().map((change) => formatCommit([change]));
    await replaceFile(this.#path, formatHeader(generation) + lines.join(""), this.#place);
    this.reload();
  }

  #forget(): void {
    this.#state = new Collections();
    this.#position = null;
    this.#stamp = null;
  }

  /** @returns null when there is no file */
  #withFile<T>(flags: number, work: (file: number) => T): T | null {
    const file = openChecked(this.#path, flags, this.#place);
    if (file === null) return null;
    try {
      return work(file);
    } finally {
      closeSync(file);
    }
  }

  #read(file: number): Position | null {
    const stat = fstatSync(file, { bigint: true });
    const size = Number(stat.size);
    const first = readHeader(file, size, this.#path);
    if (first === null) {
      // An empty file, or one whose very first write was torn.
      this.#forget();
      return null;
    }
    const known = this.#position;
    const identity = identityOf(stat);
    const grown =
      known !== null &&
      known.file === identity &&
      known.generation === first.header.generation &&
      known.offset <= size;
    const from = grown ? known : { offset: first.length, lines: 1, changes: 0 };
    const state = grown ? this.#state : new Collections();
    const waiting: Change[] = [];
    let { offset, lines, changes } = from;
    for (const line of wholeLines(file, from.offset, size)) {
      lines += 1;
      const commit = parseCommit(line.text);
      if (commit === null) throw damagedLine(this.#path, lines);
      // What is in use gets nothing before all is read, so that damage leaves no half-applied state behind.
      for (const change of commit) {
        if (grown) waiting.push(change);
        else state.apply(change);
      }
      changes += commit.length;
      offset = line.end;
    }
    for (const change of waiting) state.apply(change);
    this.#state = state;
    const { schemaVersion: version, generation } = first.header;
    this.#position = { file: identity, version, generation, offset, lines, changes };
    this.#stamp = stampOf(stat);
    return this.#position;
  }
}

/**
 * @returns the header and its length in bytes, or null when there is no whole first line yet
 * @throws {LocalStateError} when the first line is no header, or one of a newer release
 */
function readHeader(
  file: number,
  size: number,
  path: string,
): { header: Header; length: number } | null {
  const bytes = readRange(file, 0, Math.min(size, HEADER_LIMIT));
  const end = bytes.indexOf(0x0a);
  if (end < 0) {
    if (size >= HEADER_LIMIT) throw damagedLine(path, 1);
    return null;
  }
  const header = parseHeader(bytes.toString("utf8", 0, end));
  if (header === null) throw damagedLine(path, 1);
  if (header.schemaVersion > SCHEMA_VERSION)
    throw tooNew(path, header.schemaVersion, SCHEMA_VERSION);
  return { header, length: end + 1 };
}

/** Tells one file from another of the same name. */
function identityOf(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`;
}

/** Differs whenever the file may have changed. */
function stampOf(stat: BigIntStats): string {
  return `${identityOf(stat)}:${stat.size}:${stat.mtimeNs}`;
}
