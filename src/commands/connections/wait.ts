/** `nectar connections wait`: waits until a connection is no longer pending, or has the status given with --for. */
import type { Connection } from "../../api/resources/connection.ts";
import { DOCUMENTED_STATUSES, STATES, sameStatus } from "../../api/status.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, option } from "../../cli/define.ts";
import { constantCase } from "../../cli/values.ts";
import type { StatusError } from "../../errors.ts";
import { awaitSettled } from "../../onboarding/wait.ts";
import { formatDuration } from "../../words/duration.ts";
import { idArgument, idOf } from "../profiles/ids.ts";
import { type ConnectionDetail, detailView } from "./connections.ts";
import { goalFailure, statusFailure } from "./explain.ts";

/** What to wait for: one of our states, or one of the API's statuses. */
interface Goal {
  readonly name: string;
  readonly isReached: (connection: Connection) => boolean;
}

const fields = {
  id: idArgument("connection"),
  for: option("--for <STATE>", {
    help: `wait for this state (${STATES.join(", ")}) or API status, whatever happens in between`,
    read: readGoal,
    allowed: `a state (${STATES.join(", ")}) or a status (${DOCUMENTED_STATUSES.join(", ")})`,
    suggests: [...STATES, ...DOCUMENTED_STATUSES],
  }),
} as const;

export const command = defineCommand({
  description:
    "Waits while a connection is pending, up to --timeout.\nExits with 0 when it is connected, 3 when its status needs action, 8 when it is still pending.\nWith --for it waits until the connection has that status, whatever happens in between, and then exits with 0.\nAt the deadline --for connected exits with 8 when it is pending and with 3 otherwise, any other --for with 8.\nThe name of a state in lower case means the state (pending includes UNDER_INVESTIGATION); PENDING means only that status.",
  fields,
  examples: {
    "nectar connections wait --timeout 10m": "the profile's connection",
    "nectar connections wait --for connected --timeout 1h": "until the login has been fixed",
    "nectar connections wait 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --json":
      "one by its ID, the result as JSON",
  },
  async run(input, context: Context): Promise<ConnectionDetail> {
    const goal = input.for;
    const until = goal === undefined ? "for the status" : `until it is ${goal.name}`;
    const id = await idOf("connection", input.id, context);
    const session = await context.session();
    const connection = await awaitSettled(
      await session.api.getConnection(id),
      {
        api: session.api,
        clock: context.clock,
        signal: context.signal,
        deadline: () => context.deadline(),
        report: () => context.progress.start(`Waiting ${until}`),
      },
      goal?.isReached,
    );
    return { connection, failure: failureOf(connection, goal, context.globals.timeoutMs) };
  },
  view: detailView,
  failure: ({ failure }) => failure,
});

function failureOf(
  connection: Connection,
  goal: Goal | undefined,
  timeoutMs: number,
): StatusError | null {
  if (goal === undefined) return statusFailure(connection, true);
  if (goal.isReached(connection)) return null;
  const unreached = `not ${goal.name} within ${formatDuration(timeoutMs)}`;
  // Where it had to be connected, other statuses fail as they do without --for.
  return constantCase(goal.name) === "CONNECTED"
    ? statusFailure(connection, true, unreached)
    : goalFailure(connection, goal.name, unreached);
}

/** @returns null for text that is neither a state nor a status */
function readGoal(text: string): Goal | null {
  const state = STATES.find((one) => one === text);
  if (state !== undefined) {
    return { name: state, isReached: (connection) => connection.state === state };
  }
  const name = constantCase(text);
  if (!DOCUMENTED_STATUSES.some((status) => sameStatus(status, name))) return null;
  return { name, isReached: ({ status }) => status !== null && sameStatus(status, name) };
}
