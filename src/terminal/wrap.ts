/** Breaks talk at words for a narrow terminal. Commands and IDs are not for this: they stay whole, to be copied. */
import type { Screen } from "./streams.ts";

/**
 * Wraps painted text at words.
 *
 * @param indent goes before every line, in cells
 * @returns the text as it is where the width is not known; a word that is too long stays whole
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
