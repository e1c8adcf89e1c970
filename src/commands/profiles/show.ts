/** `nectar profiles show`. */
import type { Context } from "../../app/context.ts";
import { argument, defineCommand } from "../../cli/define.ts";
import { nameSpec, profileNamed, profileView } from "./profiles.ts";

export const command = defineCommand({
  fields: {
    name: argument("[name]", {
      help: "name of the profile; default: the current one",
      ...nameSpec,
    }),
  },
  examples: {
    "nectar profiles show": "the current one",
    "nectar profiles show local --json": "one by name, as JSON",
  },
  async run(input, context: Context) {
    const name = input.name ?? (await context.profileName());
    const profile = await profileNamed(name, context);
    return { ...profile, isCurrent: (await (await context.profiles()).current()) === name };
  },
  view: profileView,
});
