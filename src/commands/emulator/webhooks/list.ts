/** `nectar emulator webhooks list`: where the local emulator sends events. */
import type { Context } from "../../../app/context.ts";
import { defineCommand, toggle } from "../../../cli/define.ts";
import { listView } from "../../../cli/list-view.ts";
import { openFolder } from "../drive.ts";
import { endpoints, type ShownEndpoint } from "./webhooks.ts";

const fields = {
  showSecret: toggle("--show-secret", { help: "also show the signing secrets" }),
} as const;

export const command = defineCommand({
  fields,
  examples: {
    "nectar emulator webhooks list": "without secrets",
    "nectar emulator webhooks list --show-secret --json": "with them, as JSON",
  },
  async run(input, context: Context): Promise<readonly ShownEndpoint[]> {
    const found = await (await openFolder(context)).webhooks.list();
    return found.map((each) => ({ ...each, withSecret: input.showSecret === true }));
  },
  view: listView({
    noun: endpoints,
    rows: (rows: readonly ShownEndpoint[]) => rows,
    columns: ([first]) => endpoints.table.filter((name) => first?.withSecret || name !== "secret"),
    id: ({ id }) => id,
    none: () => "No webhooks are registered.",
  }),
});
