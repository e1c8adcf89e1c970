/** `nectar emulator export`: the state of the local emulator as a seed file. Our own, not Nectar's. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { documentView } from "../../cli/view.ts";
import { openLocal } from "./drive.ts";

export const command = defineCommand({
  description:
    "Prints the companies, sites and connections of the local emulator as a seed file, with their IDs, statuses and\naccount tracking, so that `nectar emulator seed` brings them back, here or elsewhere, with the same data. Passwords are\nnever stored, so none is in it. Webhooks, invitations, uploads and faults are left out.",
  fields: {},
  examples: { "nectar emulator export": "to be redirected to a file" },
  async run(_input, context: Context): Promise<object> {
    return (await openLocal(context)).exportSeed();
  },
  view: documentView("a seed file: nectar schema seed"),
});
