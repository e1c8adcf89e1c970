/** `nectar emulator webhooks deliveries`: what the local emulator sent, and what became of it. */
import { defineCommand, option, schemaOf } from "../../../cli/define.ts";
import { listView } from "../../../cli/view.ts";
import type { LoggedDelivery } from "../../../emulator/webhooks/delivery-log.ts";
import type { Column } from "../../../terminal/table.ts";
import type { Context } from "../../context.ts";
import { countSpec } from "../../fields.ts";
import { folderWebhooks } from "./folder.ts";

const fields = {
  endpoint: option("--endpoint <ID>", {
    help: "only those to this webhook",
    schema: schemaOf((text) => text),
    allowed: "the ID of a webhook",
  }),
  limit: option("--limit <N>", {
    help: "at most this many, the newest",
    fallback: "50",
    ...countSpec,
  }),
} as const;

const COLUMNS: readonly Column<LoggedDelivery>[] = [
  { header: "TIME", value: ({ created }) => created },
  { header: "EVENT", value: ({ eventType }) => eventType },
  { header: "TO", value: ({ url }) => url ?? "removed", shrink: true, optional: true },
  { header: "STATE", value: ({ state }) => state },
  {
    header: "TRIES",
    value: ({ attempts }) => String(attempts.length),
    align: "right",
    optional: true,
  },
  { header: "LAST", value: lastText, shrink: true, optional: true },
  { header: "NEXT", value: ({ nextAttempt }) => nextAttempt ?? "", optional: true },
  { header: "MESSAGE", value: ({ messageId }) => messageId },
];

export const command = defineCommand({
  description:
    "Lists what the local emulator sent or is going to send, newest first. Waits between tries are Svix's: 5 s, 5 min,\n30 min, 2 h, 5 h, 10 h, 10 h, in the emulator's time. All times are the emulator's. The last 1000 that are finished\nare kept.",
  fields,
  examples: [
    { command: "nectar emulator webhooks deliveries --limit 10", note: "the last ten" },
    {
      command: "nectar emulator webhooks deliveries --json",
      note: "with every attempt and the payload",
    },
  ],
  async run({ endpoint, limit }, context: Context): Promise<readonly LoggedDelivery[]> {
    return (await folderWebhooks(context)).deliveries({ endpointId: endpoint, limit });
  },
  view: listView<readonly LoggedDelivery[], LoggedDelivery>({
    rows: (deliveries) => deliveries,
    columns: () => COLUMNS,
    id: ({ messageId }) => messageId,
    json: ({ created: createdAt, ...delivery }) => ({ createdAt, ...delivery }),
    none: () => "Nothing was sent.",
  }),
});

function lastText({ attempts }: LoggedDelivery): string {
  const last = attempts.at(-1);
  if (last === undefined) return "";
  return last.status === null ? (last.error ?? "") : String(last.status);
}
