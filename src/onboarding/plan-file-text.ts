/** The text of a plan file as plain values, and where each is written. JSON is read here. Pure. */
import { UsageError } from "../errors.ts";

export type Path = readonly PropertyKey[];

/** A mistake, and where it is. */
export interface Mistake {
  /** From 1. */
  readonly line: number;
  /** From 1; null where the line and `where` say enough. */
  readonly column: number | null;
  /** The path of a value, or the column of a CSV file; empty for the file as a whole. */
  readonly where: string;
  readonly what: string;
}

export interface PlanText {
  /** In the shape of a plan file, but not checked. */
  readonly value: unknown;
  /** Mistakes of syntax, of keys that occur twice, and of columns. */
  readonly mistakes: readonly Mistake[];
  /** The line on which a company begins. */
  companyLine(index: number): number;
  /** Where a value is written, or would be. */
  find(path: Path): Pick<Mistake, "line" | "where">;
}

/** Reads the text in the form that it begins with: JSON, CSV with a line of columns, else YAML. */
export async function readPlanText(text: string, name: string): Promise<PlanText> {
  if (text.trim() === "") throw new UsageError("invalid_input", `${name} is empty`);
  const isJson = text.trimStart().startsWith("{");
  const json = isJson ? readJson(text) : null;
  if (json !== null) return json;
  if (/\.csv$/i.test(name) || (!isJson && beginsWithColumns(text))) {
    return (await import("./plan-file-csv.ts")).readCsv(text);
  }
  // JSON is YAML, too, and that parser says where a mistake is.
  return (await import("./plan-file-yaml.ts")).readYaml(text, isJson ? "JSON" : "YAML");
}

/** A YAML file begins with a comment, a directive, a marker or a key, whatever it holds. */
function beginsWithColumns(text: string): boolean {
  const [, first = ""] = /^\s*(.*)/.exec(text) ?? [];
  return first.split(/[,;\t]/).some((cell) => /^[\s"]*(?:company|site)[\s"]*$/i.test(cell));
}

/** Whether a key or column seems to hold a password itself. */
export function isPassword(name: string): boolean {
  return /^pass(?:word|wd|phrase)?$|^secret$/i.test(name.replace(/[-_\s]/g, ""));
}

/** Such as `companies[3].sites[0].name`. */
export function pathText(path: Path): string {
  return path.reduce<string>(joinPath, "");
}

/** The path of a member or item. */
export function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === "number") return `${path}[${key}]`;
  const word = String(key);
  if (!/^[\w$-]+$/.test(word)) return `${path}[${JSON.stringify(word)}]`;
  return path === "" ? word : `${path}.${word}`;
}

/** Where a value is written, by the lines of all that are: one that is missing belongs where its parent is. */
export function findIn(lines: ReadonlyMap<string, number>, path: Path): number {
  for (let end = path.length; end > 0; end -= 1) {
    const line = lines.get(pathText(path.slice(0, end)));
    if (line !== undefined) return line;
  }
  return 1;
}

/** @returns null when it is not JSON */
function readJson(text: string): PlanText | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const companies: number[] = [];
  const mistakes: Mistake[] = [];
  walkJson(text, (places, line, isRepeated) => {
    if (places.length === 2 && places[0]?.at === "companies") companies.push(line);
    if (isRepeated) {
      mistakes.push({ line, column: null, where: pathOf(places), what: "is given twice" });
    }
  });
  let all: Map<string, number> | null = null;
  /** Only a mistake needs them: they take as long as everything else. */
  const allLines = () => {
    const lines = new Map<string, number>();
    walkJson(text, (places, line) => lines.set(pathOf(places), line));
    return lines;
  };
  return {
    value,
    mistakes,
    companyLine: (index) => companies[index] ?? 1,
    find(path) {
      all ??= allLines();
      return { line: findIn(all, path), where: pathText(path) };
    },
  };
}

/** An object or list around a place in the text, and the key or index in it; null before a key. */
interface Place {
  at: string | number | null;
  /** The keys so far; null for a list. */
  readonly keys: Set<string> | null;
}

function pathOf(places: readonly Place[]): string {
  return pathText(places.map(({ at }) => at ?? ""));
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"{}[\],:]+|[{}[\],\n]/g;

/**
 * Goes through all members and items.
 *
 * @param text valid JSON
 * @param visit called where each begins, with its place, its line, and whether the object had its key before
 */
function walkJson(
  text: string,
  visit: (places: readonly Place[], line: number, isRepeated: boolean) => void,
): void {
  const places: Place[] = [];
  let line = 1;
  for (const [token] of text.matchAll(TOKENS)) {
    const inner = places.at(-1);
    if (token === "\n") line += 1;
    else if (token === "}" || token === "]") places.pop();
    else if (token === ",") {
      if (inner !== undefined) inner.at = typeof inner.at === "number" ? inner.at + 1 : null;
    } else if (inner?.keys && inner.at === null) {
      const key = String(JSON.parse(token));
      inner.at = key;
      visit(places, line, inner.keys.has(key));
      inner.keys.add(key);
    } else {
      if (inner?.keys === null) visit(places, line, false);
      if (token === "{") places.push({ at: null, keys: new Set() });
      if (token === "[") places.push({ at: 0, keys: null });
    }
  }
}
