/** Makes foreign text safe to show. Pure. Whatever came from a server or a file name passes here before it reaches a terminal. */
import { ESCAPE_SEQUENCES } from "../errors.ts";

/** One space stands for a run of these: tab, the line ends, and the two Unicode separators. */
const BREAKS = /[\t\n\v\f\r\x85\u2028\u2029]+/gu;

/**
 * What must not reach a terminal: C0, DEL and C1 controls, marks that turn the reading direction
 * (Unicode Standard Annex #9), zero-width and invisible characters, and tags.
 */
const HIDDEN =
  "\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}";
const HIDDEN_ANYWHERE = new RegExp(`[${HIDDEN}]`, "gu");
/** The same without line feed, which `JSON.stringify` itself puts between the lines. */
const HIDDEN_IN_JSON = new RegExp(`(?!\\n)[${HIDDEN}]`, "gu");

const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * One line of harmless text.
 *
 * @param text anything
 * @param max longest result, in code points; a longer text is cut and ends in "…"
 * @returns the text without escape sequences, controls, direction marks and invisible characters; line ends
 *   and tabs are a space, half characters are U+FFFD
 */
export function printable(text: string, max = 500): string {
  const clean = text
    .replace(LONE_SURROGATES, "\ufffd")
    .replace(ESCAPE_SEQUENCES, "")
    .replace(BREAKS, " ")
    .replace(HIDDEN_ANYWHERE, "");
  if (clean.length <= max) return clean;
  // A code point is one or two units, so twice the length is certainly enough to cut from.
  const points = [...clean.slice(0, 2 * max + 2)];
  if (points.length <= max) return clean;
  return `${points.slice(0, Math.max(0, max - 1)).join("")}…`;
}

/**
 * JSON that can be shown on a terminal and is still faithful: what {@link printable} would remove is written as `\uXXXX`.
 *
 * @param value what `JSON.stringify` takes; what it can't write at all becomes `null`
 * @param indent spaces for each level
 */
export function jsonText(value: unknown, indent?: number): string {
  const text: string | undefined = JSON.stringify(value, undefined, indent);
  return (text ?? "null").replace(HIDDEN_IN_JSON, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
