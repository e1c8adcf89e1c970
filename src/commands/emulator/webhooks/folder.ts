/** The webhooks of the local emulator's folder, for commands: an emulator that runs reads the same folder, so there is nobody else to tell. */

import type { Context } from "../../../app/context.ts";
import type { WebhookControl } from "../../../emulator/webhooks/endpoints.ts";

/** @throws LocalStateError when the folder is damaged or can't be read */
export async function folderWebhooks({
  clock,
  newId,
  stateFolder,
}: Context): Promise<WebhookControl> {
  const [{ openStore }, { openWebhooks }] = await Promise.all([
    import("../../../emulator/state/store.ts"),
    import("../../../emulator/webhooks/endpoints.ts"),
  ]);
  const store = await openStore(stateFolder);
  return openWebhooks(store, { clock, ids: newId });
}
