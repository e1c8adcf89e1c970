/** `nectar emulator webhooks deliveries`: what the local emulator sent, and the results. */
import type { Context } from "../../../app/context.ts";
import { defineCommand, option } from "../../../cli/define.ts";
import { emptyLine, type FoundRows, listView } from "../../../cli/list-view.ts";
import { noun } from "../../../cli/noun.ts";
import {
  anything,
  listOf,
  objectOf,
  orNull,
  text,
  time,
  whole,
  wordOf,
} from "../../../cli/shape.ts";
import { countSpec } from "../../../cli/values.ts";
import type { LoggedDelivery } from "../../../emulator/emulator.ts";
import { openFolder } from "../drive.ts";

const fields = {
  endpoint: option("--endpoint <ID>", {
    help: "only deliveries to this webhook",
    read: (text) => text,
    allowed: "the ID of a webhook",
  }),
  limit: option("--limit <N>", {
    help: "at most this many, newest first",
    fallback: "50",
    ...countSpec,
  }),
} as const;

const deliveries = noun<LoggedDelivery>()({
  fields: {
    id: { shape: text },
    createdAt: { header: "TIME", value: ({ created }) => created, shape: time },
    eventType: { header: "EVENT", shape: text },
    to: { header: "TO", value: ({ url }) => url ?? "removed", shrink: true, optional: true },
    url: {},
    state: { header: "STATE", shape: wordOf(["waiting", "delivered", "failed"]) },
    tries: {
      header: "TRIES",
      value: ({ attempts }) => attempts.length,
      align: "right",
      optional: true,
    },
    last: { header: "LAST", value: lastText, shrink: true, optional: true },
    nextAttempt: { header: "NEXT", optional: true },
    messageId: { header: "MESSAGE", shape: text },
    endpointId: { shape: text },
    attempts: {
      shape: listOf(
        objectOf({ at: time, took: whole, status: orNull(whole), error: orNull(text) }),
      ),
    },
    payload: { shape: anything },
  },
  json: [
    ...(["createdAt", "id", "messageId", "endpointId", "state", "nextAttempt"] as const),
    ...(["attempts", "eventType", "url", "payload"] as const),
  ],
  table: ["createdAt", "eventType", "to", "state", "tries", "last", "nextAttempt", "messageId"],
});

export const command = defineCommand({
  description:
    "Lists what the local emulator sent or is going to send, newest first. The delays between attempts are Svix's: 5 s,\n5 min, 30 min, 2 h, 5 h, 10 h, 10 h. All times are on the emulator's clock. The last 1000 finished deliveries are\nstored.",
  fields,
  examples: {
    "nectar emulator webhooks deliveries --limit 10": "the last ten",
    "nectar emulator webhooks deliveries --json": "with every attempt and the payload",
  },
  async run(input, context: Context) {
    const { endpoint, limit } = input;
    const { webhooks } = await openFolder(context);
    const rows = await webhooks.deliveries({ endpointId: endpoint, limit });
    const none = () =>
      emptyLine(
        "deliveries",
        "the local emulator",
        [fields, input, ["endpoint"]],
        async function* () {
          yield* await webhooks.deliveries({});
        },
      );
    return { rows, none };
  },
  view: listView({
    noun: deliveries,
    rows: ({ rows }: Omit<FoundRows<LoggedDelivery>, "of">) => rows,
    id: ({ messageId }) => messageId,
    none: ({ none }) => none(),
  }),
});

function lastText({ attempts }: LoggedDelivery): string {
  const last = attempts.at(-1);
  if (last === undefined) return "";
  return last.status === null ? (last.error ?? "") : String(last.status);
}
