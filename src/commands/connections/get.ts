/** `nectar connections get`: one connection, with its status explained. */
import { getCommand } from "../profiles/ids.ts";
import { detailView } from "./connections.ts";

export const command = getCommand("connection", {
  description: "Shows a connection and explains its status. Exits with 0 whatever the status is.",
  examples: {
    "nectar connections get": "the profile's connection",
    "nectar connections get 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --json": "as JSON",
  },
  get: async (id, api) => ({ connection: await api.getConnection(id), failure: null }),
  view: detailView,
});
