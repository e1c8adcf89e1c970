/** `nectar emulator status`: whether an emulator is running for this state folder. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { orNull, text, time, whole, yesNo } from "../../cli/shape.ts";
import { resultView } from "../../cli/view.ts";
import { findStanding, openEmulator } from "../../emulator/emulator.ts";
import { formatDuration } from "../../words/duration.ts";

export const command = defineCommand({
  fields: {},
  examples: { "nectar emulator status --json": "as JSON; .url and .key for curl" },
  async run(_input, context: Context): Promise<EmulatorStatus> {
    const standing = await findStanding(context.emulator);
    const emulator = await openEmulator(context.emulator);
    const { now, aheadMs } = await emulator.time();
    return {
      running: standing !== null,
      url: standing?.url ?? null,
      key: standing?.key ?? null,
      pid: standing?.pid ?? null,
      startedAt: standing?.startedAt ?? null,
      now,
      aheadMs,
      stateDir: context.emulator.stateDir,
    };
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
        text: ({ now, aheadMs }: EmulatorStatus) =>
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

interface EmulatorStatus {
  readonly running: boolean;
  readonly url: string | null;
  /** The only key that the emulator accepts; valid nowhere else. */
  readonly key: string | null;
  readonly pid: number | null;
  readonly startedAt: string | null;
  /** The emulator's time, ISO 8601 in UTC. */
  readonly now: string;
  /** How far that is ahead of the machine's clock, in milliseconds; negative if behind. */
  readonly aheadMs: number;
  readonly stateDir: string;
}

function shiftOf(aheadMs: number): string {
  return `${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}`;
}
