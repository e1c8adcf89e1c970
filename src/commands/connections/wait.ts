/** `nectar connections wait`: until a connection's status is no longer pending, or is the one that is waited for. */
import type { Connection } from "../../api/schemas/connection.ts";
import { type ConnectionState, DOCUMENTED_STATUSES, sameStatus } from "../../api/status.ts";
import { defineCommand, option, schemaOf } from "../../cli/define.ts";
import { formatDuration } from "../../cli/duration.ts";
import type { ExitName } from "../../errors.ts";
import { awaitSettled } from "../../onboarding/wait.ts";
import type { Context } from "../context.ts";
import { idArgument } from "../fields.ts";
import { idOf } from "../ids.ts";
import { wayFlag } from "../targets.ts";
import { type ConnectionDetail, detailView } from "./detail.ts";
import { exitOfStatus } from "./view.ts";

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
  /** Connected, so that any other end is as bad as the status is. */
  readonly isHealth: boolean;
}

interface Waited extends ConnectionDetail {
  readonly exit: ExitName;
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
    "Waits while a connection is pending, up to --timeout.\nEnds with 0 when it is connected, 3 when its status needs someone, 8 when it is pending still.\nWith --for it waits until the connection is what is asked for, also while somebody mends it, and ends with 0 then.\nAt the deadline --for connected ends with 8 when it is pending and with 3 otherwise, any other --for with 8.\nA word in lower case that is a state is one (pending is UNDER_INVESTIGATION, too); PENDING is the status alone.",
  fields,
  examples: [
    { command: "nectar connections wait --timeout 10m", note: "the profile's connection" },
    {
      command: "nectar connections wait --for connected --timeout 1h",
      note: "until somebody has mended it",
    },
    {
      command: "nectar connections wait 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 --json",
      note: "one by its ID, the result as JSON",
    },
  ],
  async run(input, context: Context): Promise<Waited> {
    const goal = input.for;
    const id = await idOf("connection", input.id, context);
    const session = await context.session();
    const connection = await awaitSettled(
      await session.api.getConnection(id),
      {
        api: session.api,
        clock: context.machine.clock,
        signal: context.signal,
        deadline: () => context.deadline(),
        report: () => context.progress.start(goal?.waiting ?? "Waiting for the status"),
      },
      goal?.isReached,
    );
    if (goal?.isReached(connection) === false) {
      context.note(`Not ${goal.name} within ${formatDuration(context.globals.timeoutMs)}.`);
    }
    return {
      connection,
      profileFlag: wayFlag(session.target, session.profileName, session.profile),
      exit: exitOf(connection, goal),
    };
  },
  view: detailView,
  exit: ({ exit }) => exit,
});

function exitOf(connection: Connection, goal: Goal | undefined): ExitName {
  if (goal?.isReached(connection)) return "done";
  return goal === undefined || goal.isHealth ? exitOfStatus(connection, true) : "pending";
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
