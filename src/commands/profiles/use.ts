/** `nectar profiles use`: the profile that is used when nothing is said. */

import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { emptyProfile } from "../../profile/profile-record.ts";
import { nameArgument } from "./named.ts";
import { profileView } from "./profiles.ts";

export const command = defineCommand({
  description: "Makes a profile the default for commands without --profile and NECTAR_PROFILE.",
  fields: { name: nameArgument },
  examples: [{ command: "nectar profiles use acme", note: "from now on" }],
  async run(input, context: Context) {
    const store = await context.profiles();
    await store.use(input.name);
    // `default` may be used before it holds anything.
    return { ...((await store.find(input.name)) ?? emptyProfile(input.name)), isCurrent: true };
  },
  view: profileView,
});
