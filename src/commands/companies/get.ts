/** `nectar companies get`. */
import { getCommand } from "../profiles/ids.ts";
import { companyView } from "./companies.ts";

export const command = getCommand("company", {
  examples: {
    "nectar companies get": "the profile's company",
    "nectar companies get 8f1c2f3a-5d07-4c6b-9a41-2f1f6b0c9d11 --json": "one by its ID",
  },
  get: (id, api) => api.getCompany(id),
  view: companyView,
});
