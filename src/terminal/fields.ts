/** Renders one object in full: `label  value` lines on a terminal, tab-separated lines in a pipe. */
import { printable } from "./sanitize.ts";
import type { Screen } from "./streams.ts";

/** A label and its value. An empty label continues the value above it. */
export type FieldPair = readonly [label: string, value: string];

const GAP = 2;

/**
 * Aligned `label  value` lines. A long value wraps between words, indented to its start; if a word, such as an ID,
 * does not fit there, the value moves below its label. Words are never split.
 *
 * @param screen its width in cells, and the left indent in cells (default 0)
 * @returns the text with a trailing line end; empty without pairs
 */
export async function renderFields(
  pairs: readonly FieldPair[],
  screen: Screen & { readonly indent?: number | undefined },
): Promise<string> {
  if (pairs.length === 0) return "";
  const [{ default: width }, { default: wrap }] = await Promise.all([
    import("string-width"),
    import("wrap-ansi"),
  ]);
  const margin = " ".repeat(screen.indent ?? 0);
  const total = (screen.columns ?? Number.POSITIVE_INFINITY) - margin.length;
  const clean = pairs.map(([label, value]): FieldPair => [whole(label), whole(value)]);
  const labelWidth = Math.max(...clean.map(([label]) => width(label)));

  const wrapped = (value: string, room: number): string[] =>
    Number.isFinite(room) ? wrap(value, Math.max(1, room)).split("\n") : [value];

  const lines = clean.flatMap(([label, value]) => {
    const painted = screen.palette.dim(label);
    if (value === "") return [painted];
    const room = total - labelWidth - GAP;
    const beside = wrapped(value, room);
    if (beside.every((part) => width(part) <= room)) {
      const hang = " ".repeat(labelWidth + GAP);
      const [first = "", ...rest] = beside;
      const start = `${painted}${" ".repeat(labelWidth + GAP - width(label))}${first}`;
      return [start, ...rest.map((part) => `${hang}${part}`)];
    }
    const below = wrapped(value, total - GAP);
    const indent = below.every((part) => width(part) + GAP <= total) ? " ".repeat(GAP) : "";
    const parts = indent === "" ? wrapped(value, total) : below;
    return [...(label === "" ? [] : [painted]), ...parts.map((part) => `${indent}${part}`)];
  });
  return lines.map((line) => `${`${margin}${line}`.trimEnd()}\n`).join("");
}

/**
 * `label<TAB>value` lines for another program: untruncated, no colour.
 *
 * @returns one line per pair, each with its line end
 */
export function renderFieldsTsv(pairs: readonly FieldPair[]): string {
  return pairs.map(([label, value]) => `${whole(label)}\t${whole(value)}\n`).join("");
}

function whole(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}
