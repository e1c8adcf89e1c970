/** Shortens a text that somebody else wrote, for a message. */

/** In characters. */
const LONGEST = 60;

export function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}…` : text;
}
