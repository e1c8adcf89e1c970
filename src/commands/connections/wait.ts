/** `nectar connections wait`: until a connection's status is no longer pending, or is the one that is waited for. */
import type { Connection } from "../../api/resources/connection.ts";
import { type ConnectionState, DOCUMENTED_STATUSES, sameStatus } from "../../api/status.ts";
import type { Context } from "../../app/context.ts";
import { defineCommand, option, schemaOf } from "../../cli/define.ts";
import { formatDuration } from "../../cli/values.ts";
import type { StatusError } from "../../errors.ts";
import { awaitSettled } from "../../onboarding/wait.ts";
import { idArgument, idOf } from "../profiles/ids.ts";
import { type ConnectionDetail, detailView } from "./connections.ts";
import { goalFailure, statusFailure } from "./explain.ts";

const STATES = [
  "connected",
  "pending",
  "needs-action",
  "unavailable",
  "inactive",
  "unknown",
] as const satisfies readonly ConnectionState[];

/** What is waited for: one of our states, or one of the API's statuses. */
interface Goal {
  /** As it is said to a person. */
  readonly name: string;
  readonly waiting: string;
  readonly isReached: (connection: Connection) => boolean;
  /** Connected, so that any other status is as bad as it is without --for. */
  readonly isHealth: boolean;
}

const fields = {
  id: idArgument("connection"),
  for: option("--for <STATE>", {
    help: `until it has this state (${STATES.join(", ")}) or API status, whatever it is in between`,
    schema: schemaOf(readGoal),
    allowed: `a state (${STATES.join(", ")}) or a status (${DOCUMENTED_STATUSES.join(", ")})`,
  }),
} as const;

export const command = defineCommand({
  description:
    "Waits while a connection is pending, up to --timeout.\nEnds with 0 when it is connected, 3 when its status needs action, 8 when it is still pending.\nWith --for it waits until the connection has that status, whatever it is in between, and then ends with 0.\nAt the deadline --for connected ends with 8 when it is pending and with 3 otherwise, any other --for with 8.\nA word in lower case that is a state is one (pending is UNDER_INVESTIGATION, too); PENDING is the status alone.",
  fields,
  examples: [
    { command: "nectar connections wait --timeout 10m", note: "the profile's connection" },
    {
      command: "nectar connections wait --for connected --timeout 1h",
      note: "until the login has been fixed",
    },
    {
      command: "nectar connections wait 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --json",
      note: "one by its ID, the result as JSON",
    },
  ],
  async run(input, context: Context): Promise<ConnectionDetail> {
    const goal = input.for;
    const id = await idOf("connection", input.id, context);
    const session = await context.session();
    const connection = await awaitSettled(
      await session.api.getConnection(id),
      {
        api: session.api,
        clock: context.clock,
        signal: context.signal,
        deadline: () => context.deadline(),
        report: () => context.progress.start(goal?.waiting ?? "Waiting for the status"),
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
  return goal.isHealth
    ? statusFailure(connection, true, unreached)
    : goalFailure(connection, goal.name, unreached);
}

/** @throws Error for what is neither a state nor a status */
function readGoal(text: string): Goal {
  const state = STATES.find((one) => one === text);
  if (state !== undefined) {
    return {
      ...named(state),
      isReached: (connection) => connection.state === state,
      isHealth: state === "connected",
    };
  }
  const name = text.toUpperCase().replaceAll("-", "_");
  if (!DOCUMENTED_STATUSES.some((status) => sameStatus(status, name))) throw new Error("");
  return {
    ...named(name),
    isReached: ({ status }) => status !== null && sameStatus(status, name),
    isHealth: name === "CONNECTED",
  };
}

function named(name: string): Pick<Goal, "name" | "waiting"> {
  return { name, waiting: `Waiting until it is ${name}` };
}
