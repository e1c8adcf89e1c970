/** Makes untrusted text safe to display. Pure. All text from servers or file names must go through here before it reaches a terminal. */
import { ESCAPE_SEQUENCES } from "../errors.ts";

/** A run of these is replaced with one space: tab, line ends, and the two Unicode separators. */
const BREAKS = /[\t\n\v\f\r\x85\u2028\u2029]+/gu;

/**
 * What must not reach a terminal: C0, DEL and C1 controls, marks that change the text direction
 * (Unicode Standard Annex #9), zero-width and invisible characters, and tags.
 */
const HIDDEN =
  "\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}";
const HIDDEN_ANYWHERE = new RegExp(`[${HIDDEN}]`, "gu");
/** The same without line feed, which `JSON.stringify` itself inserts between lines. */
const HIDDEN_IN_JSON = new RegExp(`(?!\\n)[${HIDDEN}]`, "gu");

/**
 * Turns any text into one line that is safe to print.
 *
 * @param text anything
 * @param max maximum length in code points; longer text is truncated and ends in "…"
 * @returns the text without escape sequences, controls, direction marks and invisible characters; line ends
 *   and tabs become a space, lone surrogates become U+FFFD
 */
export function printable(text: string, max = 500): string {
  const clean = text
    .toWellFormed()
    .replace(ESCAPE_SEQUENCES, "")
    .replace(BREAKS, " ")
    .replace(HIDDEN_ANYWHERE, "");
  if (clean.length <= max) return clean;
  // A code point is one or two code units, so twice the length is always enough.
  const points = [...clean.slice(0, 2 * max + 2)];
  if (points.length <= max) return clean;
  return `${points.slice(0, Math.max(0, max - 1)).join("")}…`;
}

/**
 * JSON that is safe on a terminal and loses nothing: what {@link printable} would remove is written as `\uXXXX`.
 *
 * @param value anything for `JSON.stringify`; what it can't serialize becomes `null`
 * @param indent spaces per level
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
