/** Parses the text of JSON files. Errors name the place, and never quote the text, which may hold a secret. */
import { readFileSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** Makes the error for damage. */
export type Bad = (what: string) => Error;

/** Far deeper than anything this tool writes; guards the recursive code that processes the value. */
const MAX_DEPTH = 100;
/** How much of a file is read at a time, in bytes. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Parses a file.
 *
 * @param list the file's last field, if it is a long list with each item on a line of its own. Then the text is never
 *   in memory as a whole, and equal texts in the items are kept once. A file in another form is parsed all the same.
 */
export function parseJson(handle: number, bad: Bad, list?: string): unknown {
  if (list === undefined) return parseText(readFileSync(handle, "utf8"), bad);
  const lines = linesOf(handle);
  const begin = lines.next().value ?? "";
  if (!begin.endsWith(`"${list}":[`)) return parseText([begin, ...lines].join("\n"), bad);
  const head = parseText(`${begin}]}`, bad);
  const items = [...itemsOf(lines, bad)];
  return typeof head === "object" ? { ...head, [list]: items } : head;
}

/** Parses the items up to the end of the list and of the file. */
function* itemsOf(lines: Iterable<string>, bad: Bad): Generator<unknown> {
  const texts = new Map<string, string>();
  let number = 1;
  let isOver = false;
  for (const line of lines) {
    number += 1;
    if (isOver && line !== "") throw bad(`it is not valid JSON (line ${number}, column 1)`);
    if (isOver) continue;
    isOver = line === "]}";
    if (!isOver) yield withSharedTexts(parseText(line.replace(/,$/, ""), bad, number), texts);
  }
  if (!isOver) throw bad("it is not valid JSON, its end is missing");
}

/** Replaces each text by an equal one that is known: repeated IDs and times would take half the memory of a large file. */
function withSharedTexts(value: unknown, texts: Map<string, string>): unknown {
  if (typeof value === "string") {
    const known = texts.get(value);
    if (known === undefined) texts.set(value, value);
    return known ?? value;
  }
  if (typeof value === "object" && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      if (typeof one === "string" || typeof one === "object") {
        Reflect.set(value, name, withSharedTexts(one, texts));
      }
    }
  }
  return value;
}

function* linesOf(handle: number): Generator<string, undefined> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for (;;) {
    const length = readSync(handle, chunk);
    const lines = (rest + decoder.write(chunk.subarray(0, length))).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (length > 0) continue;
    yield rest + decoder.end();
    return;
  }
}

/** @param firstLine where the text begins in its file */
function parseText(text: string, bad: Bad, firstLine = 1): unknown {
  // Some editors add a byte order mark.
  const bare = text.replace(/^\uFEFF/, "");
  if (isTooDeep(bare)) throw bad(`it is nested more than ${MAX_DEPTH} levels deep`);
  try {
    return JSON.parse(bare);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw bad(`it is not valid JSON${whereIn(bare, error.message, firstLine)}`);
  }
}

/** Whether brackets outside strings are nested too deep. Checked on the text, before anything recurses. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** The engine's message quotes the text, so only the position is used. */
function whereIn(text: string, message: string, firstLine: number): string {
  if (text.trim() === "") return ", it is empty";
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return "";
  const before = text.slice(0, Number(position)).split("\n");
  const line = firstLine + before.length - 1;
  return ` (line ${line}, column ${(before.at(-1) ?? "").length + 1})`;
}
