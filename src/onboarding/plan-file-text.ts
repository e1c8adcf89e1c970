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
  const { lines, mistakes } = jsonLines(text);
  return {
    value,
    mistakes,
    companyLine: (index) => lines.get(`companies[${index}]`) ?? 1,
    find: (path) => ({ line: findIn(lines, path), where: pathText(path) }),
  };
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"{}[\],:]+|[{}[\],\n]/g;

/**
 * The line of every value, by its path, and the keys that occur twice.
 *
 * @param text valid JSON
 */
function jsonLines(text: string) {
  const lines = new Map<string, number>();
  const mistakes: Mistake[] = [];
  /** The objects and lists around the current place, and the key or index there; null before a key. */
  const around: { readonly path: string; readonly isList: boolean; at: string | number | null }[] =
    [];
  let line = 1;
  for (const [token] of text.matchAll(TOKENS)) {
    const inner = around.at(-1);
    if (token === "\n") line += 1;
    else if (token === "}" || token === "]") around.pop();
    else if (token === ",") {
      if (inner !== undefined) inner.at = typeof inner.at === "number" ? inner.at + 1 : null;
    } else if (inner !== undefined && inner.at === null) {
      inner.at = String(JSON.parse(token));
      const where = joinPath(inner.path, inner.at);
      if (lines.has(where)) mistakes.push({ line, column: null, where, what: "is given twice" });
      lines.set(where, line);
    } else {
      const path = inner === undefined ? "" : joinPath(inner.path, inner.at ?? "");
      if (inner?.isList) lines.set(path, line);
      if (token === "{" || token === "[") {
        around.push({ path, isList: token === "[", at: token === "[" ? 0 : null });
      }
    }
  }
  return { lines, mistakes };
}
