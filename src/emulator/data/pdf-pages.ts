/** Counts the pages of a PDF, as far as it takes to refuse one that has too many. Pure. */
import { inflateSync } from "node:zlib";

/** Longest text of one compressed stream that is looked at, in bytes. */
const MAX_STREAM_BYTES = 32 * 1024 * 1024;

const PAGE = /\/Type\s*\/Page(?![A-Za-z])/;

/**
 * Counts the page objects, each once, however often a later revision of the file replaces it.
 * Our choice: pages that can't be found, as in an encrypted file, do not count.
 *
 * @see ISO 32000-1 §7.5.7 (object streams) and §7.7.3 (page tree)
 */
export function pdfPages(file: Buffer): number {
  const pages = new Set<string>();
  for (const object of file.toString("latin1").split("endobj")) {
    const number = /(\d+)\s+\d+\s+obj\b/.exec(object)?.[1] ?? "";
    if (/\/Type\s*\/ObjStm\b/.test(object)) {
      for (const page of pagesInStream(object)) pages.add(page);
    } else if (PAGE.test(object)) pages.add(number);
  }
  return pages.size;
}

/** The numbers of the page objects in an object stream. */
function pagesInStream(object: string): string[] {
  const count = Number(/\/N\s+(\d+)/.exec(object)?.[1] ?? 0);
  const first = Number(/\/First\s+(\d+)/.exec(object)?.[1] ?? 0);
  const body = /stream\r?\n([\s\S]*)endstream/.exec(object)?.[1];
  const text = body === undefined ? "" : inflated(body, object);
  const header = text
    .slice(0, first)
    .trim()
    .split(/\s+/)
    .slice(0, 2 * count);
  const starts = header.filter((_, index) => index % 2 === 1).map(Number);
  return header
    .filter((_, index) => index % 2 === 0)
    .filter((_, index) => {
      const [start = 0, end] = starts.slice(index, index + 2);
      return PAGE.test(text.slice(first + start, end === undefined ? undefined : first + end));
    });
}

function inflated(body: string, object: string): string {
  if (!object.includes("/FlateDecode")) return body;
  try {
    const limit = { maxOutputLength: MAX_STREAM_BYTES };
    return inflateSync(Buffer.from(body, "latin1"), limit).toString("latin1");
  } catch {
    return "";
  }
}
