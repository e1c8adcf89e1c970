/** `nectar emulator reset`: deletes all data of the local emulator. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { whole } from "../../cli/shape.ts";
import { resultView } from "../../cli/view.ts";
import { resetEmulator } from "../../emulator/emulator.ts";

export const command = defineCommand({
  description:
    "Removes all data of the local emulator, even while it is running: companies and everything in them, webhooks, faults,\nand changes to its clock; and the IDs stored in profiles of the emulator. The Nectar API is not affected.\nAsks for confirmation on a terminal; otherwise it needs --yes.",
  fields: {},
  examples: { "nectar emulator reset --yes": "without confirmation" },
  async confirm() {
    return { message: "Remove all data of the local emulator?" };
  },
  async run(_input, context: Context) {
    const removed = await resetEmulator(context.emulator);
    const profiles = await context.profiles();
    for (const profile of await profiles.list()) {
      if (profile.target !== "local") continue;
      await profiles.update(profile.name, (old) => ({
        ...old,
        company: null,
        sites: [],
        connection: null,
      }));
    }
    return removed;
  },
  view: resultView(
    {
      companies: { label: "Companies removed", shape: whole },
      sites: { label: "Sites removed", shape: whole },
      connections: { label: "Connections removed", shape: whole },
    },
    null,
  ),
});
