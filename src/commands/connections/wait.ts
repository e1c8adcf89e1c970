/** `nectar connections wait`: until a connection's status is no longer pending. */

import { defineCommand } from "../../cli/define.ts";
import { awaitSettled } from "../../onboarding/wait.ts";
import type { Context } from "../context.ts";
import { idArgument } from "../fields.ts";
import { idOf } from "../ids.ts";
import { profileFlag } from "../targets.ts";
import { type ConnectionDetail, detailView } from "./detail.ts";
import { exitOfStatus } from "./view.ts";

export const command = defineCommand({
  description:
    "Waits while a connection is pending, up to --timeout.\nEnds with 0 when it is connected, 3 when its status needs someone, 8 when it is pending still.",
  fields: { id: idArgument("connection") },
  examples: [
    { command: "nectar connections wait --timeout 10m", note: "the profile's connection" },
    {
      command: "nectar connections wait 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --json",
      note: "one by its ID, the result as JSON",
    },
  ],
  async run(input, context: Context): Promise<ConnectionDetail> {
    const id = await idOf("connection", input.id, context);
    const session = await context.session();
    const connection = await awaitSettled(await session.api.getConnection(id), {
      api: session.api,
      clock: context.machine.clock,
      signal: context.signal,
      deadline: () => context.deadline(),
      report: () => context.progress.start("Waiting for the status"),
    });
    return { connection, profileFlag: profileFlag(session.profileName) };
  },
  view: detailView,
  exit: ({ connection }) => exitOfStatus(connection, true),
});
