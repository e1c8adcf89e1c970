/** `nectar profiles use`: sets the current profile. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { emptyProfile } from "../../profile/profile-record.ts";
import { nameArgument, profileView } from "./profiles.ts";

export const command = defineCommand({
  description: "Sets the profile that commands use without --profile and NECTAR_PROFILE.",
  fields: { name: nameArgument },
  examples: { "nectar profiles use acme": "from now on" },
  async run(input, context: Context) {
    const store = await context.profiles();
    await store.use(input.name);
    // `default` can be used before it is stored.
    return { ...((await store.find(input.name)) ?? emptyProfile(input.name)), isCurrent: true };
  },
  view: profileView,
});
