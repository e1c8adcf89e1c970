/** Fields that the commands about webhooks share. */
import { list, schemaOf } from "../../../cli/define.ts";
import {
  EVENT_TYPES,
  type EventType,
  isEventType,
} from "../../../emulator/webhooks/event-types.ts";

export const eventList = list("--event <TYPE>", {
  help: `only this event; may be repeated (default: all): ${EVENT_TYPES.join(", ")}`,
  schema: schemaOf((text): EventType => {
    if (!isEventType(text)) throw new Error("");
    return text;
  }),
  allowed: EVENT_TYPES.join(", "),
});
