/** `nectar emulator set-status`: sets a connection of the local emulator to any status. Our own, not Nectar's. */

import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { argument, defineCommand, type InputOf, option } from "../../cli/define.ts";
import { nextLines } from "../../cli/run.ts";
import { text, yesNo } from "../../cli/shape.ts";
import { by } from "../../cli/values.ts";
import { resultView } from "../../cli/view.ts";
import {
  LONGEST_DETAIL,
  readStatusName,
  STATUSES,
  type StatusChange,
  stepKind,
} from "../../emulator/emulator.ts";
import { lastWord, UsageError } from "../../errors.ts";
import { shorten } from "../../words/shorten.ts";
import { idOf } from "../profiles/ids.ts";
import { openLocal } from "./drive.ts";

const anyText = (text: string) => text;
const fields = {
  connection: argument("[connection]", {
    help: "ID of the connection; default: the profile's connection",
    read: anyText,
    allowed: "a UUID",
    // A single argument is the status.
    suggests: STATUSES,
  }),
  status: argument("<status>", {
    help: "the new status; letter case, dashes and underscores are ignored",
    read: anyText,
    allowed: `one of ${STATUSES.join(", ")}`,
    suggests: STATUSES,
  }),
  detail: option("--detail <TEXT>", {
    help: "the detail sentence of the status (default: a built-in one for an error status)",
    read: by(z.string().check(z.minLength(1), z.maxLength(LONGEST_DETAIL))),
    allowed: `1 to ${LONGEST_DETAIL} characters`,
  }),
} as const;

/** A single argument is the status, for the profile's connection. */
function readArguments({ connection: first, status: second }: InputOf<typeof fields>) {
  const status = second ?? first;
  return { status, connection: second === undefined ? undefined : first };
}

export const command = defineCommand({
  description: `Sets a connection of the local emulator to any status, so that you can see how your integration reacts. It does by
hand what --scenario of \`nectar emulator start\` does automatically, and ends the scenario of the connection.
It takes effect at once for \`nectar --local\` and for an emulator running with this state folder.
Statuses: ${STATUSES.join(", ")}.
Also available over HTTP, with the emulator's key: POST /_emulator/connections/ID/status. The Nectar API has no equivalent.`,
  fields,
  examples: {
    "nectar emulator set-status MFA_TOKEN_EXPIRED": "the connection of the profile local",
    "nectar emulator set-status 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 website-down --detail 'Down for maintenance.'":
      "one by its ID, with your own detail sentence",
  },
  check(input) {
    const { status } = readArguments(input);
    if (status !== undefined && readStatusName(status) === null) {
      throw new UsageError(
        "invalid_input",
        `<status>: "${shorten(status)}" is not allowed; it takes one of ${STATUSES.join(", ")}`,
      );
    }
  },
  missing: (input) =>
    readArguments(input).status === undefined
      ? [{ flag: "<status>", what: `one of ${STATUSES.join(", ")}` }]
      : [],
  async run(input, context: Context): Promise<StatusChange> {
    const { connection, status = "" } = readArguments(input);
    const operations = await openLocal(context);
    const id = await idOf("connection", connection, context);
    const change = await operations.setStatus(id, status, input.detail);
    const note = noteOf(change);
    if (note !== null) context.note(note);
    return change;
  },
  view: resultView(
    {
      id: { label: "Connection", shape: text },
      from: {
        label: "Status",
        text: ({ from, to }: StatusChange) => `${from} → ${to}`,
        shape: text,
      },
      to: { shape: text },
      documented: { shape: yesNo },
      detail: { label: "Detail", sparse: true },
    },
    "id",
    ({ id }, screen, commandLine) => {
      const words = ["nectar", "connections", "get", ...lastWord(id)];
      const next = nextLines({ words, why: "the status explained" }, screen, commandLine);
      return ["Next", ...next].join("\n");
    },
  ),
});

/** A note for a step that might be mistaken for one that the real API is known to make. */
function noteOf({ from, to }: StatusChange): string | null {
  switch (stepKind(from, to)) {
    case "documented":
      return null;
    case "same":
      return `The status was already ${from}.`;
    case "ours":
      return `Nectar's pages break off before the step from ${from} to ${to}; it is the emulator's choice.`;
    case "other":
      return `Nectar documents no change from ${from} to ${to}.`;
  }
}
