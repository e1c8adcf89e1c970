/** The ways in which the emulator's folder can fail, as errors that name the file and the way out. */
import { LocalStateError } from "../../errors.ts";

const RESET = {
  words: ["nectar", "emulator", "reset"],
  why: "start with an empty local emulator; nothing outside this machine is touched",
} as const;

/** Something in the file is not what this program writes. The file is left as it is. */
export function damaged(path: string, what: string): LocalStateError {
  return new LocalStateError(
    "emulator_state_damaged",
    `the local emulator's data is damaged: ${what} of ${path} can't be read`,
    {
      hint: "The file was left untouched. Repair it by hand, or reset the emulator.",
      next: [RESET],
    },
  );
}

/** Written by a newer release, which may keep things that this one would lose. */
export function tooNew(path: string, found: number, known: number): LocalStateError {
  return new LocalStateError(
    "emulator_state_newer",
    `the local emulator's data in ${path} has format ${found}, and this release knows formats up to ${known}`,
    { hint: "The file was left untouched. Update nectar, or reset the emulator.", next: [RESET] },
  );
}

/** Another process kept the lock for longer than any write takes. */
export function locked(path: string): LocalStateError {
  return new LocalStateError(
    "emulator_state_locked",
    `the local emulator's data in ${path} is being written by another process and did not come free`,
    { hint: "Run the command again.", retryable: true },
  );
}

/**
 * Turns an error of the file system into one that says what could not be done.
 * Errors that are ours already pass through.
 */
export function fileFailure(error: unknown, path: string): Error {
  if (error instanceof LocalStateError) return error;
  const code = codeOf(error);
  if (code === null) return error instanceof Error ? error : new Error("the file system failed");
  return new LocalStateError(
    "emulator_state_unwritable",
    `the local emulator can't use ${path} (${code})`,
    { hint: "Give the folder back to your user, or set NECTAR_STATE_DIR to another one." },
  );
}

/** The code of a Node system error, for instance `ENOENT`; null for anything else. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
