/** `nectar connections get`: one connection, its status explained. */

import type { Connection } from "../../api/schemas/connection.ts";
import { readStatus } from "../../api/status.ts";
import { defineCommand } from "../../cli/define.ts";
import { recordView } from "../../cli/view.ts";
import type { Context } from "../context.ts";
import { idArgument } from "../fields.ts";
import { idOf } from "../ids.ts";
import { explanation } from "./explain.ts";
import { connectionFields, connectionJson } from "./view.ts";

export const command = defineCommand({
  description: "Shows a connection and explains its status. Ends with 0 whatever the status is.",
  fields: { id: idArgument("connection") },
  examples: [
    { command: "nectar connections get", note: "the profile's connection" },
    {
      command: "nectar connections get 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --json",
      note: "as JSON",
    },
  ],
  async run(input, context: Context) {
    const id = await idOf("connection", input.id, context);
    return (await context.session()).api.getConnection(id);
  },
  view: recordView<Connection>({
    fields: (connection) => [
      ...connectionFields(connection),
      ["Meaning", readStatus(connection.status).meaning],
      ["What to do", readStatus(connection.status).advice],
    ],
    ids: ({ id }) => [id],
    json: connectionJson,
    more: (connection, screen) => explanation(connection, "", screen),
  }),
});
