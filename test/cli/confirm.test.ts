/** A question before what can't be undone: what was confirmed is what is done. */
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { argument, type CommandDefinition } from "../../src/cli/define.ts";
import { gatherInput } from "../../src/cli/input.ts";
import type { Io } from "../../src/cli/io.ts";
import { text } from "../../src/cli/shape.ts";
import { resultView } from "../../src/cli/view.ts";
import { openStreams } from "../../src/terminal/open-streams.ts";
import type { Prompter } from "../../src/terminal/questions.ts";
import { coloredStreams } from "../../src/terminal/streams.ts";
import { scriptedPrompter } from "../support/scripted-prompter.ts";

const nothing = () => {};

function io(prompter: Prompter, yes: boolean): Io {
  const stdout = new PassThrough();
  return {
    streams: coloredStreams(
      openStreams({ stdin: new PassThrough(), stdout, stderr: stdout }),
      {},
      false,
    ),
    ...{
      env: {},
      version: "0.0.0-test",
      clock: { now: () => 0 },
      prompter: async () => prompter,
      ...{ commandName: "nectar delete", words: [] },
    },
    globals: {
      json: false,
      quiet: false,
      yes,
      hasTimeout: false,
      debug: false,
    },
    canAsk: async () => true,
    progress: {
      ...{ start: nothing, update: nothing, note: nothing },
      ...{ done: nothing, fail: nothing, stop: nothing },
    },
    commandLine: ({ words }) => words.join(" "),
    ...{ note: nothing, startDeadline: nothing, readStdin: async () => "" },
  };
}

const fields = {
  id: argument("<id>", {
    help: "the thing",
    read: (given: string) => given,
    allowed: "a name",
  }),
};

const command: CommandDefinition<typeof fields, Io, { readonly id: string }> = {
  fields,
  examples: {},
  async confirm() {
    return { message: "Delete 8f1c2f3a?", input: { id: "8f1c2f3a" } };
  },
  run: async ({ id }) => ({ id: id ?? "" }),
  view: resultView({ id: { label: "Deleted", shape: text } }, "id"),
};

it.each([
  [false, "8f1c2f3a"],
  [true, "Twin"],
])(
  "the input is the one that was asked about, unless nothing was asked: --yes %s",
  async (yes, id) => {
    const prompter = scriptedPrompter(yes ? [] : [{ question: "Delete 8f1c2f3a?", answer: true }]);
    const raw = { options: {}, args: ["Twin"] };
    expect(await gatherInput(command, raw, io(prompter, yes))).toEqual({ id });
    prompter.finish();
  },
);
