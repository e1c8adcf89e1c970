/** Keeps a key that the API has accepted, and binds the profile to the target that it is for. */
import type { Context } from "../context.ts";
import { checkBinding, type RemoteTarget } from "../targets.ts";

/**
 * @returns where the key is kept
 * @throws LocalStateError `profile_bound` when the profile belongs to another target; nothing is stored then
 */
export async function storeKey(
  key: string,
  target: RemoteTarget,
  context: Context,
): Promise<{ readonly where: string }> {
  const profileName = await context.profileName();
  const profiles = await context.profiles();
  await profiles.update(profileName, (old) => {
    checkBinding(target, old.target, profileName);
    return { ...old, target: target.name };
  });
  return (await context.credentials()).save(profileName, target.origin, key);
}
