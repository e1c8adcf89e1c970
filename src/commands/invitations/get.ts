/** `nectar invitations get`: one invitation, with its event log. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { idOf } from "../profiles/ids.ts";
import { detailView, invitationArgument } from "./invitations.ts";

export const command = defineCommand({
  description:
    "Shows an invitation: its link, how often it was used, the connections created through it, and its event log.",
  fields: { id: invitationArgument },
  examples: {
    "nectar invitations get 5b0f9f0e-7d0c-4a44-9c58-0c3b9d6f2e11": "with its event log",
    "nectar invitations get 5b0f9f0e-7d0c-4a44-9c58-0c3b9d6f2e11 --json": "as JSON",
  },
  async run(input, context: Context) {
    const id = await idOf("invitation", input.id, context);
    return (await context.session()).api.getInvitation(id);
  },
  view: detailView,
});
