/** `nectar emulator status`: whether an emulator is running for this state folder. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { orNull, text, time, whole, yesNo } from "../../cli/shape.ts";
import { resultView } from "../../cli/view.ts";
import { findStanding, type Operations, openEmulator } from "../../emulator/emulator.ts";
import { formatDuration } from "../../words/duration.ts";

export const command = defineCommand({
  fields: {},
  examples: { "nectar emulator status --json": "as JSON; .url and .key for curl" },
  async run(_input, context: Context) {
    const { stateDir } = context.emulator;
    const standing = await findStanding(context.emulator);
    const time = await (await openEmulator(context.emulator)).time();
    const { url = null, key = null, pid = null, startedAt = null } = standing ?? {};
    return { running: standing !== null, url, key, pid, startedAt, ...time, stateDir };
  },
  view: resultView(
    {
      running: { label: "Running", shape: yesNo },
      url: { label: "URL", sparse: true },
      key: { label: "Key", sparse: true },
      pid: { label: "Process", shape: orNull(whole), sparse: true },
      startedAt: { label: "Started", shape: orNull(time), sparse: true },
      now: {
        label: "Emulator's time",
        text: ({ now, aheadMs }: Awaited<ReturnType<Operations["time"]>>) =>
          aheadMs === 0 ? "" : `${now}, ${shiftOf(aheadMs)}`,
        shape: time,
        sparse: true,
      },
      aheadMs: { shape: whole },
      stateDir: { label: "State", shape: text },
    },
    "url",
  ),
});

function shiftOf(aheadMs: number): string {
  return `${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}`;
}
