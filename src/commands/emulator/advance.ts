/** `nectar emulator advance`: moves the local emulator's clock forward. Our own, not Nectar's. */
import type { Context } from "../../app/context.ts";
import { argument, defineCommand } from "../../cli/define.ts";
import { listOf, objectOf, text, time, whole } from "../../cli/shape.ts";
import { recordView } from "../../cli/view.ts";
import { MOVE_ALLOWED, parseMove, type TimeMove } from "../../emulator/emulator.ts";
import { formatDuration } from "../../words/duration.ts";
import { openLocal } from "./drive.ts";

export const command = defineCommand({
  description:
    "Moves the emulator's clock forward, so that what takes weeks happens at once: weekly checks, scenarios, expiry, new\nmonths of data. It only moves forward; `nectar emulator reset` sets it back to the machine's time and deletes all data.\nIt takes effect at once for `nectar --local` and for an emulator running with this state folder.\nAlso available over HTTP, with the emulator's key: GET and POST /_emulator/clock.",
  fields: {
    by: argument("<duration>", {
      help: "how far: a number with w, d, h, m or s, such as 7d",
      read: parseMove,
      allowed: `${MOVE_ALLOWED}; time only goes forward`,
      required: true,
    }),
  },
  examples: {
    "nectar emulator advance 7d": "to the next weekly check",
    "nectar emulator advance 13w --json": "by a quarter; the changes as JSON",
  },
  async run(input, context: Context): Promise<TimeMove> {
    return (await openLocal(context)).advance(input.by);
  },
  view: recordView<TimeMove>({
    fields: ({ now, advancedMs, changed }) => [
      ["Emulator's time", now],
      ["Advanced by", formatDuration(advancedMs)],
      ...changed.map(({ id, from, to, at }): [string, string] => [
        id,
        `${from} → ${to}, ${at.slice(0, 10)}`,
      ]),
    ],
    ids: ({ changed }) => [...new Set(changed.map(({ id }) => id))],
    json: (value) => value,
    shape: objectOf({
      ...{ now: time, advancedMs: whole },
      changed: listOf(objectOf({ id: text, from: text, to: text, at: time })),
    }),
    more: ({ changed }) => (changed.length === 0 ? "No connection changed its status." : null),
  }),
});
