/** `nectar emulator status`: whether a standing emulator runs for this state folder. */
import { defineCommand } from "../../cli/define.ts";
import { recordView } from "../../cli/view.ts";
import type { Context } from "../context.ts";

export const command = defineCommand({
  fields: {},
  examples: [{ command: "nectar emulator status --json", note: "as JSON" }],
  async run(_input, context: Context): Promise<EmulatorStatus> {
    const { findStanding } = await import("../../emulator/server.ts");
    const { stateDir } = context.places;
    const standing = await findStanding({ stateDir, isAlive: context.machine.isAlive });
    return {
      running: standing !== null,
      url: standing?.url ?? null,
      pid: standing?.pid ?? null,
      startedAt: standing?.startedAt ?? null,
      stateDir,
    };
  },
  view: recordView<EmulatorStatus>({
    fields: ({ running, url, pid, startedAt, stateDir }) => [
      ["Running", running ? "yes" : "no"],
      ...(url === null ? [] : ([["URL", url]] as const)),
      ...(pid === null ? [] : ([["Process", String(pid)]] as const)),
      ...(startedAt === null ? [] : ([["Started", startedAt]] as const)),
      ["State", stateDir],
    ],
    ids: ({ url }) => (url === null ? [] : [url]),
    json: (value) => value,
  }),
});

interface EmulatorStatus {
  readonly running: boolean;
  readonly url: string | null;
  readonly pid: number | null;
  readonly startedAt: string | null;
  readonly stateDir: string;
}
