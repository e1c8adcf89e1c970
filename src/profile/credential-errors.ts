/** Errors for stored keys. Builds errors only; never sees a key. */
import { AuthError, LocalStateError } from "../errors.ts";
import type { KeySlot } from "./credential-file.ts";
import { API_KEY_VARIABLE } from "./secret-variables.ts";

/** The keyring's name in messages. */
export const KEYRING = "OS keyring";

/** The name of a key in the keyring. */
export function accountOf({ profile, origin }: KeySlot): string {
  return `${profile}@${origin}`;
}

const UNAVAILABLE = "keyring_unavailable";

export function keyringUnreachable({ profile, origin }: KeySlot, reason: string): LocalStateError {
  return new LocalStateError(
    UNAVAILABLE,
    `the key of the profile "${profile}" for ${origin} is in the ${KEYRING}, which is not available: ${reason}`,
    {
      hint: `Unlock the keyring and run the same command again, or set ${API_KEY_VARIABLE}, or store the key in a file.`,
      next: [
        {
          words: ["nectar", "auth", "login", "--store", "file"],
          why: "store the key in a file that only you can read",
        },
      ],
      retryable: true,
    },
  );
}

export function keyGone({ profile, origin }: KeySlot): AuthError {
  return new AuthError(
    "key_gone",
    `the ${KEYRING} no longer holds the key of the profile "${profile}" for ${origin}`,
    {
      next: [{ words: ["nectar", "auth", "login"], why: "store it again" }],
    },
  );
}

export function notStored(reason: string): LocalStateError {
  return new LocalStateError(UNAVAILABLE, `the ${KEYRING} is not available: ${reason}`, {
    hint: "Nothing was stored. Use --store file to store the key in a file that only you can read.",
  });
}

export function notRemoved(
  stuck: readonly KeySlot[],
  reason: string,
  file: string,
): LocalStateError {
  return new LocalStateError(
    UNAVAILABLE,
    `a key is still in the ${KEYRING}, which is not available: ${reason}`,
    {
      lines: stuck.map(accountOf),
      hint: `Unlock the keyring and run the same command again. If the keyring no longer exists, remove the entry from ${file}.`,
      retryable: true,
    },
  );
}
