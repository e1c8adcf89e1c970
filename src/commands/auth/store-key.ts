/** Stores a key that the API has accepted, and binds the profile to its target. */
import type { Context } from "../../app/context.ts";
import { checkBinding, type RemoteTarget } from "../../app/target.ts";
import type { KeptKey, KeyStore } from "../../profile/credentials.ts";

/**
 * @param store where to store it; default: the OS keyring, or a file and a note when that does not work
 * @returns where the key is stored
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
  checkBinding(target, await context.profile(), profileName);
  const kept = await (await context.credentials()).save(profileName, target.origin, key, store);
  await (await context.profiles()).update(profileName, (old) => {
    checkBinding(target, old, profileName);
    return { ...old, target: target.name };
  });
  const { refusal, leftover } = kept;
  if (refusal !== null) {
    context.note(
      `The OS keyring is not available: ${refusal}. The key is stored in a file that only you can read.`,
    );
  }
  if (leftover !== null) {
    context.note(`An older key is still in the OS keyring: ${leftover}.`);
  }
  return kept;
}
