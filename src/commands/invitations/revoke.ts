/** `nectar invitations revoke`. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { text, yesNo } from "../../cli/shape.ts";
import { resultView } from "../../cli/view.ts";
import { idArgument, idOf } from "../profiles/ids.ts";

export const command = defineCommand({
  description:
    "Makes the link of an invitation unusable. Connections created through it stay.\nAsks for confirmation on a terminal; otherwise it needs --yes.",
  fields: { id: idArgument("invitation") },
  examples: {
    "nectar invitations revoke 5b0f9f0e-7d0c-4a44-9c58-0c3b9d6f2e11 --yes": "without confirmation",
  },
  async confirm(input, context: Context) {
    const id = await idOf("invitation", input.id, context);
    return { message: `Make the link of the invitation ${id} unusable?`, input: { id } };
  },
  async run(input, context: Context) {
    const id = await idOf("invitation", input.id, context);
    await (await context.session()).api.revokeInvitation(id);
    return { id, revoked: true };
  },
  view: resultView({ id: { label: "Revoked", shape: text }, revoked: { shape: yesNo } }, "id"),
});
