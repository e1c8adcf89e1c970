/**
 * Reads the text of a plan file in YAML. The parser needs so much memory that a long file would take several seconds: the
 * companies of one in the usual form are parsed a few at a time.
 */
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type YAMLError,
} from "yaml";
import { type Mistake, type Path, type PlanText, pathText } from "./plan-file-text.ts";

/** A plan file needs five levels; a parser that goes much deeper runs out of stack. */
const MAX_DEPTH = 50;

/** How often aliases may repeat what they stand for: far more than one login for every company needs. */
const MAX_ALIASES = 100_000;

/** How many companies are parsed at once. */
const PART = 10;

/** Mistakes are described without the text around them, which may be a password. */
const SENTENCES: Partial<Record<YAMLError["code"], string>> = {
  BAD_ALIAS: "there is no anchor of that name above; text that begins with & or * needs quotes",
  BAD_DQ_ESCAPE: "the text has an escape sequence that does not exist; a \\ itself is written \\\\",
  BAD_SCALAR_START: "text that begins with a special character needs quotes",
  BLOCK_AS_IMPLICIT_KEY: 'the indentation is wrong, or text with ": " in it needs quotes',
  DUPLICATE_KEY: "the key is given twice",
  MULTILINE_IMPLICIT_KEY: "the indentation is wrong, or a quote is missing",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
  TAG_RESOLVE_FAILED: "the tag is not known; text that begins with ! needs quotes",
  UNEXPECTED_TOKEN: "this is not expected here; text with special characters needs quotes",
};

/** All of the file, all but the companies, or some companies as a list. */
interface Part {
  readonly text: string;
  /** The line of the file on which the part begins, from 1. */
  readonly line: number;
}

interface Parsed {
  /** Undefined after a mistake of syntax. */
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** The line of the file on which the value at a path of the part is written; of one that is missing, its parent's. */
  lineOf(path: Path): number;
}

/** @param form what the file seems to be, for messages: YAML, or JSON with a mistake in it */
export function readYaml(text: string, form: string): PlanText {
  return readInParts(text) ?? readWhole(text, form);
}

function readWhole(text: string, form: string): PlanText {
  const { value, mistakes, lineOf } = parse({ text, line: 1 }, form);
  return {
    value,
    mistakes,
    companyLine: (index) => lineOf(["companies", index]),
    find: (path) => ({ line: lineOf(path), where: pathText(path) }),
  };
}

/** @returns null for a file in another form, with a mistake of syntax, or with aliases from one part to another */
function readInParts(text: string): PlanText | null {
  const split = splitCompanies(text);
  if (split === null) return null;
  const { starts, frame, partOf } = split;
  const outer = parse(frame);
  const file = outer.value;
  if (outer.mistakes.length > 0 || typeof file !== "object" || file === null) return null;
  if (Reflect.get(file, "companies") !== null) return null;
  const companies: unknown[] = [];
  for (let from = 0; from < starts.length; from += PART) {
    const { value, mistakes } = parse(partOf(from));
    const count = Math.min(PART, starts.length - from);
    if (mistakes.length > 0 || !Array.isArray(value) || value.length !== count) return null;
    companies.push(...value);
  }
  const lineOf = (path: Path): number => {
    const [list, index, ...rest] = path;
    if (list !== "companies" || typeof index !== "number") return outer.lineOf(path);
    // Parsed again: only a mistake needs it.
    const at = index % PART;
    return parse(partOf(index - at)).lineOf([at, ...rest]);
  };
  return {
    value: { ...file, companies },
    mistakes: [],
    companyLine: (index) => starts[index] ?? 1,
    find: (path) => ({ line: lineOf(path), where: pathText(path) }),
  };
}

/**
 * Splits a file in the usual form: a block list under `companies:` at the beginning of a line. By YAML's rules all that a
 * company holds is indented further than the list's `-`, so every line with a `-` in that column begins a company.
 *
 * @returns null for any other form
 */
function splitCompanies(text: string) {
  const lines = text.split("\n");
  const head = lines.findIndex((line) => /^companies:\s*(?:#.*)?$/.test(line));
  const first = lines.findIndex((line, at) => at > head && !/^\s*(?:#.*)?$/.test(line));
  const indent = /^( *)-(?=\s|$)/.exec(lines[first] ?? "")?.[1];
  if (head < 0 || indent === undefined || text.startsWith("%")) return null;
  /** The indexes of the lines on which companies begin. */
  const starts: number[] = [];
  let end = first;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? "";
    if (line.startsWith(`${indent}-`) && /^\s?$/.test(line.charAt(indent.length + 1))) {
      starts.push(end);
    } else if (/^[^\s#]/.test(line)) break;
  }
  const blank = new Array<string>(end - first).fill("");
  const frame = [...lines.slice(0, first), ...blank, ...lines.slice(end)].join("\n");
  return {
    /** From 1. */
    starts: starts.map((at) => at + 1),
    frame: { text: frame, line: 1 },
    partOf(from: number): Part {
      const at = starts[from] ?? end;
      return { text: lines.slice(at, starts[from + PART] ?? end).join("\n"), line: at + 1 };
    },
  };
}

function parse({ text, line: firstLine }: Part, form = "YAML"): Parsed {
  const counter = new LineCounter();
  const mistakes = new Map<number, Mistake>();
  /** One mistake of syntax leads to others: the first of a line is kept. */
  const add = (offset: number, what: string) => {
    const { line, col } = counter.linePos(offset);
    if (mistakes.has(line)) return;
    mistakes.set(line, { line: firstLine + line - 1, column: col, where: "", what });
  };
  const [document, another] = compose(text, counter, add);
  if (document === undefined) throw new Error("the parser returned no document");
  if (another !== undefined) add(another.range[0], "a second document begins; a plan file is one");
  let isReadable = mistakes.size === 0;
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    add(pos[0], SENTENCES[code] ?? `it is not valid ${form}: ${message}`);
    isReadable &&= code === "DUPLICATE_KEY";
  }
  let value: unknown;
  try {
    if (isReadable) value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    for (const offset of lostAliases(document)) add(offset, SENTENCES.BAD_ALIAS ?? "");
    if (mistakes.size === 0) add(0, "its aliases repeat too much");
  }
  return {
    value,
    mistakes: [...mistakes.values()],
    lineOf: (path) => firstLine + counter.linePos(offsetOf(document, path)).line - 1,
  };
}

function compose(
  text: string,
  counter: LineCounter,
  add: (offset: number, what: string) => void,
): readonly Document.Parsed[] {
  const parser = new Parser(counter.addNewLine);
  const composer = new Composer({ prettyErrors: false, stringKeys: true });
  function* tokens() {
    counter.addNewLine(0);
    for (const lexeme of new Lexer().lex(text)) {
      if (parser.stack.length > MAX_DEPTH) {
        add(parser.offset, SENTENCES.RESOURCE_EXHAUSTION ?? "");
        return;
      }
      yield* parser.next(lexeme);
    }
    yield* parser.end();
  }
  return [...composer.compose(tokens(), true, text.length)];
}

/** The offsets of aliases without an anchor above them. */
function lostAliases(document: Document): readonly number[] {
  const anchors = new Set<string>();
  const lost: number[] = [];
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor);
      } else if (!anchors.has(node.source)) lost.push(node.range?.[0] ?? 0);
    },
  });
  return lost;
}

/** Where the value at a path begins, or its key; of one that is missing, where its parent does. */
function offsetOf({ contents }: Document, path: Path): number {
  let node: unknown = contents;
  let offset = 0;
  for (const part of path) {
    let begin: unknown;
    if (isMap(node)) {
      // Of a key that is given twice, the last value is read.
      const pair = node.items.findLast(({ key }) => isScalar(key) && key.value === part);
      begin = pair?.key;
      node = pair?.value;
    } else {
      begin = isSeq(node) ? node.items[Number(part)] : undefined;
      node = begin;
    }
    if (!isNode(begin)) break;
    offset = begin.range?.[0] ?? offset;
  }
  return offset;
}
