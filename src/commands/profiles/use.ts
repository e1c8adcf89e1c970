/** `nectar profiles use`: the profile that is used when nothing is said. */
import { defineCommand } from "../../cli/define.ts";
import type { Context } from "../context.ts";
import { nameArgument, profileNamed } from "./named.ts";
import { profileView } from "./view.ts";

export const command = defineCommand({
  description:
    "Makes a profile the one that is used when --profile and NECTAR_PROFILE say nothing.",
  fields: { name: nameArgument },
  examples: [{ command: "nectar profiles use acme", note: "from now on" }],
  async run(input, context: Context) {
    const profile = await profileNamed(input.name, context);
    await (await context.profiles()).use(input.name);
    return { ...profile, isCurrent: true };
  },
  view: profileView,
});
