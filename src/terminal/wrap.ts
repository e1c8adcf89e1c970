/** Wraps prose at word boundaries for a narrow terminal. Not for commands and IDs, which stay whole so that they can be copied. */
import type { Screen } from "./streams.ts";

/**
 * Wraps coloured text at word boundaries.
 *
 * @param indent of every line, in cells
 * @returns the indented text, unwrapped if the width is unknown; words that are too long stay whole
 */
export async function wrapText(
  text: string,
  screen: Pick<Screen, "columns">,
  indent = 0,
): Promise<string> {
  const space = " ".repeat(indent);
  if (screen.columns === null) return `${space}${text}`;
  const { default: wrap } = await import("wrap-ansi");
  return wrap(text, Math.max(10, screen.columns - indent))
    .split("\n")
    .map((line) => `${space}${line}`)
    .join("\n");
}
