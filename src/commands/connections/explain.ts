/** Explains a status: what it means, which commands help, and the error for a command that needed another status. */
import type { Connection } from "../../api/resources/connection.ts";
import { type ConnectionState, readStatus } from "../../api/status.ts";
import type { CommandLine } from "../../cli/io.ts";
import { nextLines } from "../../cli/run.ts";
import {
  lastWord,
  type NextCommand,
  optionWords,
  type StatusCode,
  StatusError,
} from "../../errors.ts";
import type { Palette } from "../../terminal/palette.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Screen } from "../../terminal/streams.ts";

/** Green for healthy, yellow for pending, red for the rest. Colour only repeats what the text says. */
export function paintStatus(text: string, connection: Connection, palette: Palette): string {
  if (connection.state === "connected") return palette.green(text);
  return connection.state === "pending" ? palette.yellow(text) : palette.red(text);
}

export function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}

/** One sentence: the status and its meaning. */
export function statusSentence(connection: Connection, screen: Screen): string {
  const { label, meaning } = readStatus(connection.status);
  return `${paintStatus(printable(label), connection, screen.palette)}: ${meaning}`;
}

/** The suggested commands for a status, as a block; null when there are none. */
export function nextBlock(
  connection: Connection,
  screen: Screen,
  commandLine: CommandLine,
): string | null {
  const next = remedies(connection);
  if (next.length === 0) return null;
  return ["Next", ...next.flatMap((one) => nextLines(one, screen, commandLine))].join("\n");
}

const NEW_CONNECTION = "--new-connection";

/** The commands that help with a status; the first can be run unchanged. */
export function remedies(connection: Connection): readonly NextCommand[] {
  const { id, status, url, company, siteIds } = connection;
  const { remedy, state } = readStatus(status);
  const again: NextCommand =
    state === "pending"
      ? waitCommand(id, null, "check again, and wait while it is pending")
      : waitCommand(id, "connected", "wait until it is connected");
  const replace: NextCommand = {
    words: [
      ...["nectar", "connections", "create", NEW_CONNECTION],
      // For the same company, sites and utility: a login must never be sent to another utility.
      ...(company === null ? [] : optionWords("--company", company.id)),
      ...(siteIds ?? []).flatMap((site) => optionWords("--site-id", site)),
      ...(url === null ? [] : optionWords("--url", url)),
      ...["--username", "NAME", "--password-stdin"],
    ],
    why: "create another connection with a login that works",
  };
  const invite: NextCommand = {
    words: ["nectar", "invitations", "create", ...optionWords("--reconnect", id)],
    why: "let the login's owner sign in again, through a link",
  };
  switch (remedy) {
    case "none":
      return [];
    case "new-login":
      return [invite, replace];
    case "invite":
      return [invite, replace, again];
    case "wait":
    case "contact":
      return [again];
    case "check-url":
      return [again, replace];
  }
}

function waitCommand(id: string, goal: string | null, why: string): NextCommand {
  const until = goal === null ? [] : ["--for", goal];
  return { words: ["nectar", "connections", "wait", ...until, ...lastWord(id)], why };
}

const CODES = {
  pending: "status_pending",
  "needs-action": "status_needs_action",
  unavailable: "status_unavailable",
  inactive: "status_inactive",
  unknown: "status_unknown",
} as const satisfies Record<Exclude<ConnectionState, "connected">, StatusCode>;

/**
 * The failure of a command that needs a connected connection.
 *
 * @param waited whether the command waited; without waiting, pending is not a failure
 * @param unreached what was not reached in time, such as `not connected within 70s`
 */
export function statusFailure(
  connection: Connection,
  waited: boolean,
  unreached?: string,
): StatusError | null {
  const { state } = connection;
  if (state === "connected" || (state === "pending" && !waited)) return null;
  const exit = state === "pending" ? "pending" : "unhealthy";
  const next = remedies(connection);
  const { advice } = readStatus(connection.status);
  // Outside JSON only the first command is printed.
  const isReplaceable = next.slice(1).some(({ words }) => words.includes(NEW_CONNECTION));
  const replace = `To use another login, create another connection with ${NEW_CONNECTION}.`;
  return failure(connection, {
    ...{ exit, code: CODES[state], unreached, next, hint: advice },
    more: isReplaceable ? [advice, replace] : [advice],
  });
}

/**
 * The failure of a command that waited for a status chosen with --for.
 *
 * @param goal the value of --for
 */
export function goalFailure(connection: Connection, goal: string, unreached: string): StatusError {
  const next = [waitCommand(connection.id, goal, "wait for it again")];
  const hint = "Wait again, longer with --timeout.";
  return failure(connection, {
    exit: "pending",
    code: "status_not_reached",
    unreached,
    next,
    hint,
  });
}

function failure(
  { id, status, statusDetail }: Connection,
  details: {
    readonly exit: "unhealthy" | "pending";
    readonly code: StatusCode;
    readonly unreached: string | undefined;
    readonly next: readonly NextCommand[];
    readonly hint: string;
    /** Sentences after what the status means. */
    readonly more?: readonly string[];
  },
): StatusError {
  const { label, meaning, status: own } = readStatus(status);
  const name = own === "" || own === label ? label : `${label} (${own})`;
  const { exit, code, unreached, next, hint, more = [] } = details;
  const message = `Connection ${id}: ${name}${unreached === undefined ? "" : `, ${unreached}`}`;
  const lines = [
    sentence(meaning),
    ...(statusDetail === null ? [] : [`The API says: ${statusDetail}`]),
    ...more,
  ];
  return new StatusError(exit, code, message, { lines, hint, next, retryable: exit === "pending" });
}
