/** Fields that the commands about webhooks share. */
import { list } from "../../../cli/define.ts";
import { oneOf } from "../../../cli/values.ts";
import { EVENT_TYPES } from "../../../emulator/emulator.ts";

export const eventList = list("--event <TYPE>", {
  help: `only this event (repeatable); default: all of ${EVENT_TYPES.join(", ")}`,
  schema: oneOf(EVENT_TYPES),
  allowed: `one of ${EVENT_TYPES.join(", ")}`,
});
