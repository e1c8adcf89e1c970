/** What a terminal takes for a command and does not show. Pure data. */

/**
 * Escape sequences, whole: operating-system commands and the other strings up to their terminator, control
 * sequences (`ESC [`), and the short ones. A string without a terminator only loses its introducer, so that
 * it can't hide the text behind it. A string never runs over the next introducer, which keeps the search linear.
 * @see ECMA-48, section 5
 */
export const ESCAPE_SEQUENCES =
  /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/gu;
