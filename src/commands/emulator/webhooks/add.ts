/** `nectar emulator webhooks add`: registers a URL for events of the local emulator. The vendor has a portal for this. */
import type { Context } from "../../../app/context.ts";
import { argument, defineCommand } from "../../../cli/define.ts";
import { nounView } from "../../../cli/view.ts";
import { ENDPOINT_URL_RULE, readEndpointUrl } from "../../../emulator/emulator.ts";
import { openFolder } from "../drive.ts";
import { endpoints, eventList, type ShownEndpoint } from "./webhooks.ts";

const fields = {
  url: argument("<url>", {
    help: "an https URL, or http on 127.0.0.1 and localhost",
    read: readEndpointUrl,
    allowed: ENDPOINT_URL_RULE,
    required: true,
  }),
  events: eventList,
} as const;

export const command = defineCommand({
  description:
    "Registers a URL that the local emulator sends webhooks to, signed as Svix signs them, and prints the secret\nto verify them with. A URL that is already registered keeps its ID and its secret. Events are sent while an emulator\nis running, and at the end of each `nectar --local` command. Nectar has a portal instead of this command.\nAlso available over HTTP, with the emulator's key: GET and POST /_emulator/webhooks.",
  fields,
  examples: {
    "nectar emulator webhooks add http://127.0.0.1:3000/webhooks/nectar": "every event",
    "nectar emulator webhooks add http://localhost:3000/hook --event connection.validated.v2":
      "one event type",
  },
  async run(input, context: Context): Promise<ShownEndpoint> {
    const { webhooks } = await openFolder(context);
    const { endpoint, added } = await webhooks.add({ url: input.url, eventTypes: input.events });
    return { ...endpoint, withSecret: true, outcome: added ? "created" : "existing" };
  },
  view: nounView(endpoints, [...endpoints.json, "outcome"]),
});
