/** `nectar emulator reset`: deletes all data of the local emulator. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { objectOf, whole } from "../../cli/shape.ts";
import { recordView } from "../../cli/view.ts";
import { resetEmulator } from "../../emulator/emulator.ts";

export const command = defineCommand({
  description:
    "Removes all data of the local emulator, even while it is running: companies and everything in them, webhooks, faults,\nand changes to its clock; and the IDs stored in profiles of the emulator. The Nectar API is not affected.\nAsks for confirmation on a terminal; otherwise it needs --yes.",
  fields: {},
  examples: { "nectar emulator reset --yes": "without confirmation" },
  async confirm() {
    return "Remove all data of the local emulator?";
  },
  async run(_input, context: Context): Promise<Removed> {
    const removed = await resetEmulator(context.stateFolder);
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
  view: recordView<Removed>({
    fields: ({ companies, sites, connections }) => [
      ["Companies removed", String(companies)],
      ["Sites removed", String(sites)],
      ["Connections removed", String(connections)],
    ],
    ids: () => [],
    json: ({ companies, sites, connections }) => ({ companies, sites, connections }),
    shape: objectOf({ companies: whole, sites: whole, connections: whole }),
  }),
});

interface Removed {
  readonly companies: number;
  readonly sites: number;
  readonly connections: number;
}
