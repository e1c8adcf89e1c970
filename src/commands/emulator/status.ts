/** `nectar emulator status`: whether an emulator is running for this state folder. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { objectOf, orNull, text, time, whole, yesNo } from "../../cli/shape.ts";
import { formatDuration } from "../../cli/values.ts";
import { recordView } from "../../cli/view.ts";
import { findStanding, openEmulator } from "../../emulator/emulator.ts";

export const command = defineCommand({
  fields: {},
  examples: { "nectar emulator status --json": "as JSON; .url and .key for curl" },
  async run(_input, context: Context): Promise<EmulatorStatus> {
    const { stateFolder } = context;
    const { clock, newId, isAlive } = context;
    const standing = await findStanding({ ...stateFolder, isAlive });
    const emulator = await openEmulator({ ...stateFolder, clock, ids: newId });
    const { now, aheadMs } = await emulator.time();
    return {
      running: standing !== null,
      url: standing?.url ?? null,
      key: standing?.key ?? null,
      pid: standing?.pid ?? null,
      startedAt: standing?.startedAt ?? null,
      now,
      aheadMs,
      stateDir: stateFolder.stateDir,
    };
  },
  view: recordView<EmulatorStatus>({
    fields: ({ running, url, key, pid, startedAt, now, aheadMs, stateDir }) => [
      ["Running", running ? "yes" : "no"],
      ...(url === null ? [] : ([["URL", url]] as const)),
      ...(key === null ? [] : ([["Key", key]] as const)),
      ...(pid === null ? [] : ([["Process", String(pid)]] as const)),
      ...(startedAt === null ? [] : ([["Started", startedAt]] as const)),
      ...(aheadMs === 0 ? [] : ([["Emulator's time", `${now}, ${shiftOf(aheadMs)}`]] as const)),
      ["State", stateDir],
    ],
    ids: ({ url }) => (url === null ? [] : [url]),
    json: (value) => value,
    shape: objectOf({
      ...{ running: yesNo, url: orNull(text), key: orNull(text), pid: orNull(whole) },
      ...{ startedAt: orNull(time), now: time, aheadMs: whole, stateDir: text },
    }),
  }),
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
