/** The one person whom the emulator knows. */

/** Our choice: the caller's email is made up; a key does not tell whose it is. */
export const CALLER_EMAIL = "you@nectar.local";
