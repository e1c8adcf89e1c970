/** A status in words: what it means, and which command mends it. */
import type { Connection } from "../../api/schemas/connection.ts";
import { readStatus } from "../../api/status.ts";
import type { NextCommand } from "../../errors.ts";
import { printable } from "../../terminal/sanitize.ts";
import type { Screen } from "../../terminal/streams.ts";
import { shellWord } from "../shell.ts";
import { paintStatus } from "./view.ts";

/** One sentence: the status and its meaning. */
export function statusSentence(connection: Connection, screen: Screen): string {
  const { label, meaning } = readStatus(connection.status);
  return `${paintStatus(printable(label), connection, screen.palette)}: ${meaning}`;
}

/** What to do about a status, and the commands for it; null where there is nothing to do. */
export function explanation(
  connection: Connection,
  profile: string,
  screen: Screen,
): string | null {
  const next = remedies(connection, profile);
  if (next.length === 0) return null;
  return ["Next", ...next.flatMap((one) => commandLines(one, screen))].join("\n");
}

/** A command and what it is for; on two lines where they do not fit on one. */
export function commandLines({ command, why }: NextCommand, screen: Screen): readonly string[] {
  const { dim } = screen.palette;
  const width = screen.columns ?? 80;
  const line = `  ${command}`;
  return line.length + 3 + why.length <= width
    ? [`${line}   ${dim(why)}`]
    : [dim(`  ${why}:`), line];
}

/**
 * The commands that help with a status.
 *
 * @param profile what to add to a command so that it speaks of the same profile, such as ` --profile acme`
 */
export function remedies(connection: Connection, profile: string): readonly NextCommand[] {
  const { remedy } = readStatus(connection.status);
  const id = shellWord(connection.id);
  const again: NextCommand =
    readStatus(connection.status).state === "pending"
      ? {
          command: `nectar connections wait ${id}${profile}`,
          why: "look again, and wait while it is pending",
        }
      : {
          command: `nectar connections wait ${id} --for connected${profile}`,
          why: "wait until it is mended",
        };
  const replace: NextCommand = {
    command: `nectar connections create --new-connection --username NAME --password-stdin${profile}`,
    why: "open another connection with the right login",
  };
  const invite: NextCommand = {
    command: `nectar invitations create --reconnect ${id}${profile}`,
    why: "let the login's owner sign in again, through a link",
  };
  switch (remedy) {
    case "none":
      return [];
    case "new-login":
      return [replace, invite];
    case "invite":
      return [invite, again];
    case "wait":
    case "contact":
      return [again];
    case "check-url":
      return [replace, again];
  }
}
