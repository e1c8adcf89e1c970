/** `nectar profiles delete`: removes a profile's IDs and keys from this machine; nothing is deleted at Nectar. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { text, whole, yesNo } from "../../cli/shape.ts";
import { resultView } from "../../cli/view.ts";
import { nameArgument, profileNamed } from "./profiles.ts";

export const command = defineCommand({
  description:
    "Deletes a profile's IDs and its stored keys from this machine. Nothing is deleted at Nectar.\nAsks for confirmation on a terminal; otherwise it needs --yes.",
  fields: { name: nameArgument },
  examples: { "nectar profiles delete acme --yes": "without confirmation" },
  async confirm(input, context: Context) {
    await profileNamed(input.name, context);
    const message = `Delete the profile "${input.name}", its IDs and its keys from this machine?`;
    return { message };
  },
  async run(input, context: Context) {
    await profileNamed(input.name, context);
    const keysRemoved = await (await context.credentials()).remove(input.name);
    await (await context.profiles()).remove(input.name);
    return { name: input.name, deleted: true, keysRemoved };
  },
  view: resultView(
    {
      name: { label: "Forgotten", shape: text },
      deleted: { shape: yesNo },
      keysRemoved: { label: "Keys removed", shape: whole },
    },
    "name",
  ),
});
