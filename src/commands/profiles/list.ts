/** `nectar profiles list`. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { profileListView } from "./profiles.ts";

export const command = defineCommand({
  fields: {},
  examples: { "nectar profiles list": "all profiles and their targets" },
  async run(_input, context: Context) {
    const store = await context.profiles();
    const current = await store.current();
    return (await store.list()).map((profile) => ({
      ...profile,
      isCurrent: profile.name === current,
    }));
  },
  view: profileListView,
});
