/** `nectar sites get`. */
import { getCommand } from "../profiles/ids.ts";
import { siteView } from "./sites.ts";

export const command = getCommand("site", {
  examples: {
    "nectar sites get 1a2b3c4d-5d07-4c6b-9a41-2f1f6b0c9d11": "by its ID",
    "nectar sites get 'Cold Store'": "by its name",
  },
  get: (id, api) => api.getSite(id),
  view: siteView,
});
