/** `nectar companies delete`. */

import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { recordView } from "../../cli/view.ts";
import { NectarError, NetworkError } from "../../errors.ts";
import { lockLedger } from "../onboard/ports.ts";
import { idArgument, idOf } from "../profiles/ids.ts";

export const command = defineCommand({
  description:
    "Deletes a company with its sites and connections. The API responds at once and deletes in the background.\nAsks for confirmation on a terminal; otherwise it needs --yes.",
  fields: { id: idArgument("company") },
  examples: [
    {
      command: "nectar companies delete 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11 --yes",
      note: "without confirmation",
    },
  ],
  async confirm(input, context: Context) {
    return `Delete the company ${await idOf("company", input.id, context)}, its sites and its connections?`;
  },
  async run(input, context: Context) {
    const id = await idOf("company", input.id, context);
    const session = await context.session();
    const ledger = await lockLedger({ id }, session, context);
    // Before the request: a list that still shows the company afterwards is then known to be stale.
    await ledger.markDeleted(id);
    try {
      await session.api.deleteCompany(id);
    } catch (error) {
      const mayBeDone = error instanceof NetworkError && error.processed !== "no";
      if (error instanceof NectarError && !mayBeDone) await ledger.unmarkDeleted(id);
      throw error;
    }
    if (session.profile?.company?.id.toLowerCase() === id.toLowerCase()) {
      await session.save((profile) => ({ ...profile, company: null, sites: [], connection: null }));
      context.note(`The profile "${session.profileName}" no longer has a company.`);
    }
    return { id, deleted: true };
  },
  view: recordView<{ readonly id: string; readonly deleted: boolean }>({
    fields: ({ id }) => [["Deleted", id]],
    ids: ({ id }) => [id],
    json: (value) => value,
  }),
});
