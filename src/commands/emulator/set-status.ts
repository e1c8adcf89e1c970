/** `nectar emulator set-status`: gives a connection of the local emulator any status. Our own, not Nectar's. */
import * as z from "zod/mini";
import type { Context } from "../../app/context.ts";
import { argument, defineCommand, option } from "../../cli/define.ts";
import { nextLines } from "../../cli/run.ts";
import { recordView } from "../../cli/view.ts";
import {
  LONGEST_DETAIL,
  readStatusName,
  STATUSES,
  type StatusChange,
  stepKind,
} from "../../emulator/emulator.ts";
import { lastWord, UsageError } from "../../errors.ts";
import { idOf } from "../profiles/ids.ts";
import { openLocal } from "./drive.ts";

const words = z.string();
const fields = {
  connection: argument("[connection]", {
    help: "ID of the connection; default: the profile's",
    schema: words,
    allowed: "a UUID",
  }),
  status: argument("<status>", {
    help: "the status it gets; letter case does not matter, nor do dashes or underscores",
    schema: words,
    allowed: `one of ${STATUSES.join(", ")}`,
  }),
  detail: option("--detail <TEXT>", {
    help: "the sentence that comes with it (default: one of ours for an error status)",
    schema: z.string().check(z.minLength(1), z.maxLength(LONGEST_DETAIL)),
    allowed: `1 to ${LONGEST_DETAIL} characters`,
  }),
} as const;

/** A single word is the status, of the profile's connection. */
function readWords(input: {
  readonly connection?: string | undefined;
  readonly status?: string | undefined;
}) {
  return input.status === undefined
    ? { connection: undefined, status: input.connection }
    : { connection: input.connection, status: input.status };
}

export const command = defineCommand({
  description: `Gives a connection of the local emulator any status from any other, to see what your integration does then: by
hand, what --scenario of \`nectar emulator start\` does by itself. What the connection was scripted to do is dropped.
It holds for \`nectar --local\` and for an emulator that runs with this state folder, at once.
Statuses: ${STATUSES.join(", ")}.
The same over HTTP, with the emulator's key: POST /_emulator/connections/ID/status. The Nectar API has no such thing.`,
  fields,
  examples: [
    {
      command: "nectar emulator set-status MFA_TOKEN_EXPIRED",
      note: "the connection of the profile local",
    },
    {
      command:
        "nectar emulator set-status 9d3e0c5e-6a0f-4a52-8f53-0f9d6d3c7a11 website-down --detail 'Down for maintenance.'",
      note: "one by its ID, with a sentence of your own",
    },
  ],
  check(input) {
    const { status } = readWords(input);
    if (status !== undefined && readStatusName(status) === null) {
      throw new UsageError(
        "invalid_input",
        `<status>: "${status.slice(0, 60)}" is not allowed; it takes one of ${STATUSES.join(", ")}`,
      );
    }
  },
  missing: (input) =>
    readWords(input).status === undefined
      ? [{ flag: "<status>", what: `one of ${STATUSES.join(", ")}` }]
      : [],
  async run(input, context: Context): Promise<StatusChange> {
    const { connection, status = "" } = readWords(input);
    const operations = await openLocal(context);
    const id = await idOf("connection", connection, context);
    const change = await operations.setStatus(id, status, input.detail);
    const note = noteOf(change);
    if (note !== null) context.note(note);
    return change;
  },
  view: recordView<StatusChange>({
    fields: ({ id, from, to, detail }) => [
      ["Connection", id],
      ["Status", `${from} → ${to}`],
      ...(detail === null ? [] : ([["Detail", detail]] as const)),
    ],
    ids: ({ id }) => [id],
    json: (change) => change,
    more: ({ id }, screen, commandLine) => {
      const words = ["nectar", "connections", "get", ...lastWord(id)];
      return [
        "Next",
        ...nextLines({ words, why: "the status explained" }, screen, commandLine),
      ].join("\n");
    },
  }),
});

/** Said where a person could take the step for one that the real API is known to make. */
function noteOf({ from, to }: StatusChange): string | null {
  switch (stepKind(from, to)) {
    case "documented":
      return null;
    case "same":
      return `It was ${from} before.`;
    case "ours":
      return `The documented life cycle is cut off before ${from} → ${to}: this step is our choice.`;
    case "other":
      return `${from} → ${to} is not among the documented steps.`;
  }
}
