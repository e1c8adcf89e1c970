/** `nectar sites update`. */
import type { Context } from "../../app/context.ts";
import { defineCommand, option } from "../../cli/define.ts";
import { requireChange } from "../../cli/input.ts";
import { idArgument, idOf } from "../profiles/ids.ts";
import { keptSites } from "../profiles/keep.ts";
import { siteFields, siteNameSpec, siteView } from "./sites.ts";

const fields = {
  id: idArgument("site"),
  name: option("--name <NAME>", { help: "new name", ...siteNameSpec }),
  ...siteFields,
} as const;

export const command = defineCommand({
  description: "Changes only the fields that are given.",
  fields,
  examples: {
    "nectar sites update 1a2b3c4d-5d07-4c6b-9a41-2f1f6b0c9d11 --name 'Cold Store 2'":
      "rename a site",
  },
  async run(input, context: Context) {
    const { id: given, ...changes } = input;
    requireChange(changes, fields);
    const id = await idOf("site", given, context);
    const session = await context.session();
    const site = await session.api.updateSite(id, changes);
    if (session.profile?.sites.some((kept) => kept.id === site.id)) {
      await session.save((profile) => ({
        ...profile,
        sites: profile.sites.flatMap((kept) => (kept.id === site.id ? keptSites([site]) : [kept])),
      }));
    }
    return site;
  },
  view: siteView,
});
