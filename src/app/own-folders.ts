/** Inspects the tool's two folders. */
import { inspect } from "../disk/inspection.ts";
import type { Context } from "./context.ts";

export type { Inspection } from "../disk/inspection.ts";

/** The config folder and the state folder, as they are found. */
export function inspectOwnFolders(context: Context) {
  const { places, uid, lock: by } = context;
  return {
    config: inspect(places.configDir, { uid, by, movedBy: "NECTAR_CONFIG_DIR" }),
    state: inspect(places.stateDir, { uid, by, movedBy: "NECTAR_STATE_DIR" }),
  };
}
