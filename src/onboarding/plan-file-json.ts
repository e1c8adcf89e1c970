/** Reads the text of a plan file in JSON. Pure. */
import { type Mistake, type Path, type PlanText, pathText } from "./plan-file-text.ts";

/** @returns null when it is not JSON */
export function readJson(text: string): PlanText | null {
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
      mistakes.push({ line, where: pathOf(places), what: "is given twice" });
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

/** The line of the value at a path; one that is missing belongs where its parent is. */
function findIn(lines: ReadonlyMap<string, number>, path: Path): number {
  for (let end = path.length; end > 0; end -= 1) {
    const line = lines.get(pathText(path.slice(0, end)));
    if (line !== undefined) return line;
  }
  return 1;
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

/** How deep a value of a plan file lies, as in `companies[0].sites[0].name`. */
const DEEPEST = 5;

/**
 * Goes through all members and items that a plan file may have.
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
      if (places.length <= DEEPEST) visit(places, line, inner.keys.has(key));
      inner.keys.add(key);
    } else {
      if (inner?.keys === null && places.length <= DEEPEST) visit(places, line, false);
      if (token === "{") places.push({ at: null, keys: new Set() });
      if (token === "[") places.push({ at: 0, keys: null });
    }
  }
}
