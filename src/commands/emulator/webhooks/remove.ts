/** `nectar emulator webhooks remove`: stops the local emulator from sending events to a URL. */

import type { Context } from "../../../app/context.ts";
import { argument, defineCommand } from "../../../cli/define.ts";
import { text, yesNo } from "../../../cli/shape.ts";
import { resultView } from "../../../cli/view.ts";
import { NotFoundError } from "../../../errors.ts";
import { shorten } from "../../../words/shorten.ts";
import { openFolder } from "../drive.ts";

export const command = defineCommand({
  description:
    "Removes a registered URL and its unsent events; events already sent stay in the list of deliveries.",
  fields: {
    id: argument("<id>", {
      help: "ID of the webhook, or its URL",
      read: (text) => text,
      allowed: "an ID or a URL",
      required: true,
    }),
  },
  examples: {
    "nectar emulator webhooks remove 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11": "by its ID",
    "nectar emulator webhooks remove http://127.0.0.1:3000/hook": "by its URL",
  },
  async run({ id: given }, context: Context) {
    const { webhooks } = await openFolder(context);
    const named = URL.canParse(given) ? new URL(given).href : null;
    const found = (await webhooks.list()).find(({ id, url }) => id === given || url === named);
    if (found === undefined || !(await webhooks.remove(found.id))) {
      throw new NotFoundError("not_found", `no webhook "${shorten(given)}" is registered`, {
        next: [
          { words: ["nectar", "emulator", "webhooks", "list"], why: "the registered webhooks" },
        ],
      });
    }
    return { id: found.id, removed: true };
  },
  view: resultView({ id: { label: "Removed", shape: text }, removed: { shape: yesNo } }, "id"),
});
