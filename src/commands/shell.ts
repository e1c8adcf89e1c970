/** Words of a shell command line that the tool prints for people to run. Pure. */
import { printable } from "../terminal/sanitize.ts";

/**
 * Quotes a word for a POSIX shell (POSIX.1-2017, Shell Command Language §2.2.2). What a terminal could not show safely,
 * such as a control character that a server sent, is left out.
 */
export function shellWord(word: string): string {
  const safe = printable(word, 2000);
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}
