/** Counts the pages of a PDF, as far as it takes to refuse one that has too many. Pure. */
import { inflateSync } from "node:zlib";

/** The longest text of a compressed stream that is looked at, in bytes. */
const MAX_STREAM_BYTES = 4 * 1024 * 1024;

// Every repetition is bounded: a file may hold millions of digits or spaces.
const NUMBERED = /(\d{1,10})\s{1,9}\d{1,5}\s{1,9}obj\b/;
const STREAM_HEADER = /(\d{1,10})\s{1,9}(\d{1,10})/g;
const TYPE = /\/Type\s{0,9}\/(ObjStm|Pages|Page)\b/;

/**
 * Counts the pages by the page tree, or else the page objects. A later revision of an object replaces an earlier one.
 * Our choice: pages that can't be found, as in an encrypted file, do not count.
 *
 * @see ISO 32000-1 §7.5.7 (object streams) and §7.7.3 (page tree)
 */
export function pdfPages(file: Buffer): number {
  const pages = new Set<string>();
  /** For each node of the tree, how many pages are below it. */
  const nodes = new Map<string, number>();
  for (const [number, object] of objectsIn(file.toString("latin1"))) {
    const type = typeOf(object);
    if (type === "Pages") nodes.set(number, numberAt("Count", object));
    else if (type === "Page") pages.add(number);
  }
  if (nodes.size === 0) return pages.size;
  return [...nodes.values()].reduce((most, count) => Math.max(most, count), 0);
}

type NumberedObject = readonly [number: string, object: string];

function* objectsIn(file: string): Generator<NumberedObject> {
  for (const object of file.split("endobj")) {
    if (typeOf(object) === "ObjStm") yield* objectsInStream(object);
    else yield [NUMBERED.exec(object)?.[1] ?? "", object];
  }
}

/** The stream begins with the number of each object and where it starts. */
function objectsInStream(object: string): NumberedObject[] {
  const body = object
    .slice(object.indexOf("stream") + "stream".length, object.lastIndexOf("endstream"))
    .replace(/^\r?\n/, "");
  const text = object.includes("/FlateDecode") ? inflated(body) : body;
  const first = numberAt("First", object);
  const header = [...text.slice(0, first).matchAll(STREAM_HEADER)];
  return header.map(([, number = "", start], index) => {
    const end = header[index + 1]?.[2];
    const past = end === undefined ? undefined : first + Number(end);
    return [number, text.slice(first + Number(start), past)];
  });
}

function typeOf(object: string): string | undefined {
  return TYPE.exec(object)?.[1];
}

function numberAt(name: string, object: string): number {
  return Number(new RegExp(`/${name}\\s{1,9}(\\d{1,10})`).exec(object)?.[1] ?? 0);
}

function inflated(body: string): string {
  try {
    const limit = { maxOutputLength: MAX_STREAM_BYTES };
    return inflateSync(Buffer.from(body, "latin1"), limit).toString("latin1");
  } catch {
    return "";
  }
}
