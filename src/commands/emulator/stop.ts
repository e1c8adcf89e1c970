/** `nectar emulator stop`: ends the standing emulator. */
import type { Context } from "../../app/context.ts";
import { defineCommand } from "../../cli/define.ts";
import { objectOf, orNull, text, whole, yesNo } from "../../cli/shape.ts";
import { recordView } from "../../cli/view.ts";
import { findStanding, stopStanding } from "../../emulator/emulator.ts";
import { NetworkError } from "../../errors.ts";

const CHECK_EVERY_MS = 20;

export const command = defineCommand({
  description:
    "Stops the emulator that `nectar emulator start` runs with this state folder, and waits until it\nhas exited, with 0. Its data stays. Where none is running, it says so and exits with 0.",
  fields: {},
  examples: { "nectar emulator stop": "at the end of a CI job" },
  async run(_input, context: Context): Promise<Stopped> {
    const { isAlive, clock, signal } = context;
    const standing = await findStanding(context.emulator);
    if (standing === null) return { stopped: false, url: null, pid: null };
    const { url, pid } = standing;
    if (!(await stopStanding(standing))) {
      throw new NetworkError("not_stopped", `the emulator at ${url} does not stop`, {
        processed: "unknown",
        hint: `It is process ${pid}; end that.`,
      });
    }
    while (isAlive(pid)) await clock.sleep(CHECK_EVERY_MS, signal);
    return { stopped: true, url, pid };
  },
  view: {
    ...recordView<Stopped>({
      fields: ({ url, pid }) =>
        url === null ? [] : ([["Stopped", `${url}, process ${pid}`]] as const),
      ids: ({ url }) => (url === null ? [] : [url]),
      json: (value) => value,
      shape: objectOf({ stopped: yesNo, url: orNull(text), pid: orNull(whole) }),
    }),
    none: ({ stopped }) => (stopped ? null : "No emulator is running with this state folder."),
  },
});

interface Stopped {
  readonly stopped: boolean;
  readonly url: string | null;
  readonly pid: number | null;
}
