/** Keeps a key that the API has accepted, and binds the profile to the target that it is for. */

import type { Context } from "../../app/context.ts";
import { checkBinding, type RemoteTarget } from "../../app/target.ts";
import type { KeptKey, KeyStore } from "../../profile/credentials.ts";

/**
 * @param store where to keep it; when not given, the OS keyring, or a file where that does not work, with a note
 * @returns where the key is kept
 * @throws LocalStateError `profile_bound` when the profile belongs to another target, `keyring_unavailable`; nothing is
 *   stored then
 */
export async function storeKey(
  key: string,
  target: RemoteTarget,
  context: Context,
  store?: KeyStore,
): Promise<KeptKey> {
  const profileName = await context.profileName();
  const profiles = await context.profiles();
  const bound = (await profiles.find(profileName))?.target ?? null;
  checkBinding(target, bound, profileName);
  const kept = await (await context.credentials()).save(profileName, target.origin, key, store);
  await profiles.update(profileName, (old) => {
    checkBinding(target, old.target, profileName);
    return { ...old, target: target.name };
  });
  const { refusal, leftover } = kept;
  if (refusal !== null) {
    context.note(
      `The OS keyring is not available: ${refusal}. The key is in a file that you alone can read.`,
    );
  }
  if (leftover !== null) {
    context.note(`An older key is still in the OS keyring: ${leftover}.`);
  }
  return kept;
}
