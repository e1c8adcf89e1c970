/** `nectar emulator webhooks list`: where the local emulator sends events. */

import type { Context } from "../../../app/context.ts";
import { defineCommand, toggle } from "../../../cli/define.ts";
import { listView } from "../../../cli/view.ts";
import type { EndpointRecord } from "../../../emulator/state/entities.ts";
import type { Column } from "../../../terminal/table.ts";
import { folderWebhooks } from "./folder.ts";
import { endpointJson, eventsText, keptText } from "./view.ts";

const fields = {
  showSecret: toggle("--show-secret", { help: "show the signing secrets, too" }),
} as const;

interface Endpoints {
  readonly endpoints: readonly EndpointRecord[];
  readonly withSecret: boolean;
}

type Row = EndpointRecord & { readonly withSecret: boolean };

export const command = defineCommand({
  fields,
  examples: [
    { command: "nectar emulator webhooks list", note: "without secrets" },
    { command: "nectar emulator webhooks list --show-secret --json", note: "with them, as JSON" },
  ],
  async run(input, context: Context): Promise<Endpoints> {
    const webhooks = await folderWebhooks(context);
    return { endpoints: await webhooks.list(), withSecret: input.showSecret === true };
  },
  view: listView<Endpoints, Row>({
    rows: ({ endpoints, withSecret }) => endpoints.map((each) => ({ ...each, withSecret })),
    columns: (_now, { withSecret }) => columns(withSecret),
    id: ({ id }) => id,
    json: ({ withSecret, ...endpoint }) => endpointJson(endpoint, withSecret),
    none: () => "No webhooks are registered.",
  }),
});

function columns(withSecret: boolean): readonly Column<Row>[] {
  return [
    { header: "URL", value: ({ url }) => url, shrink: true },
    { header: "EVENTS", value: eventsText, shrink: true },
    { header: "KEPT", value: keptText, shrink: true },
    ...(withSecret ? [{ header: "SECRET", value: ({ secret }: Row) => secret }] : []),
    { header: "ID", value: ({ id }) => id },
  ];
}
