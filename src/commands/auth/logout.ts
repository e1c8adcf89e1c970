/** `nectar auth logout`: removes a profile's stored keys. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { text, whole } from "../../cli/shape.ts";
import { resultView } from "../../cli/view.ts";

export const command = defineCommand({
  description: "Removes the keys stored for a profile. The profile's IDs stay.",
  fields: {},
  examples: { "nectar auth logout --profile acme": "remove this profile's key" },
  async run(_input, context: Context) {
    const profile = await context.profileName();
    const removed = await (await context.credentials()).remove(profile);
    if (removed === 0) context.note(`No key was stored for the profile "${profile}".`);
    if (context.env["NECTAR_API_KEY"]) {
      context.note("NECTAR_API_KEY is still set and will be used.");
    }
    return { profile, removed };
  },
  view: resultView(
    {
      profile: { label: "Profile", shape: text },
      removed: { label: "Keys removed", shape: whole },
    },
    "profile",
  ),
});
