/** `nectar connections get`: one connection, with its status explained. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { idArgument, idOf } from "../profiles/ids.ts";
import { type ConnectionDetail, detailView } from "./connections.ts";

export const command = defineCommand({
  description: "Shows a connection and explains its status. Exits with 0 whatever the status is.",
  fields: { id: idArgument("connection") },
  examples: {
    "nectar connections get": "the profile's connection",
    "nectar connections get 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --json": "as JSON",
  },
  async run(input, context: Context): Promise<ConnectionDetail> {
    const id = await idOf("connection", input.id, context);
    const { api } = await context.session();
    const connection = await api.getConnection(id);
    return { connection, failure: null };
  },
  view: detailView,
});
