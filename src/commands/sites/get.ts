/** `nectar sites get`. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { idArgument, idOf } from "../profiles/ids.ts";
import { siteView } from "./sites.ts";

export const command = defineCommand({
  fields: { id: idArgument("site") },
  examples: {
    "nectar sites get 1a2b3c4d-5d07-4c6b-9a41-2f1f6b0c9d11": "by its ID",
    "nectar sites get 'Cold Store'": "by a name stored in the profile",
  },
  async run(input, context: Context) {
    const id = await idOf("site", input.id, context);
    return (await context.session()).api.getSite(id);
  },
  view: siteView,
});
