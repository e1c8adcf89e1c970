/** Reads and appends the lines of a file that is open. */
import { ftruncateSync, readSync, writeSync } from "node:fs";

/** @returns the bytes between two places of a file; fewer when it ends before */
export function readRange(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(file, bytes, length, bytes.length - length, from + length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

/** What is read at once of a long file, in bytes: all of it would be in memory twice. */
const PIECE = 256 * 1024;

/**
 * Reads the lines between two places of a file, one by one. What follows the last line's end is no line.
 * @returns each line without its end, and where in the file the next one begins
 */
export function* wholeLines(
  file: number,
  from: number,
  to: number,
): Generator<{ readonly text: string; readonly end: number }> {
  // The beginning of a line that goes on in the next piece: joined once, however many pieces it is in.
  let begun: Buffer[] = [];
  for (let offset = from; offset < to; ) {
    const piece = readRange(file, offset, Math.min(to, offset + PIECE));
    if (piece.length === 0) return;
    let start = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, start)) {
      const last = piece.subarray(start, end);
      const text = (begun.length === 0 ? last : Buffer.concat([...begun, last])).toString("utf8");
      begun = [];
      start = end + 1;
      yield { text, end: offset + start };
    }
    begun.push(piece.subarray(start));
    offset += piece.length;
  }
}

/** Appends all of it, or takes back what was written of it, for instance on a full disk. */
export function appendWhole(file: number, bytes: Buffer, offset: number): void {
  try {
    writeWhole(file, bytes);
  } catch (error) {
    ftruncateSync(file, offset);
    throw error;
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  let length = 0;
  while (length < bytes.length) {
    length += writeSync(file, bytes, length, bytes.length - length, null);
  }
}
