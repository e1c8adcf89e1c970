/** `nectar emulator run`: an emulator in memory for the time of one command. */
import { join } from "node:path";
import type { Context } from "../../app/context.ts";
import { defineCommand, list, option, rest } from "../../cli/define.ts";
import { API_KEY_VARIABLE } from "../../profile/secret-variables.ts";
import { printable } from "../../terminal/sanitize.ts";
import { checkSettings, settings, startSeeded } from "./settings.ts";

const variableName = {
  read: (text: string) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : null),
  allowed: "the name of a variable: letters, digits and underscores",
};

const fields = {
  command: rest("<command...>", {
    help: "the command and its arguments, after --",
    required: true,
  }),
  seed: option("--seed <FILE>", {
    help: "load data from a JSON file first; see nectar emulator seed --help",
    read: (path) => (path === "-" ? null : path || null),
    allowed: "a path; stdin belongs to the command",
  }),
  urlAs: list("--url-as <NAME>", {
    help: "pass the base URL under this name as well (repeatable)",
    ...variableName,
  }),
  keyAs: list("--key-as <NAME>", {
    help: "pass the key under this name as well (repeatable)",
    ...variableName,
  }),
  ...settings,
} as const;

export const command = defineCommand({
  description:
    "Runs a command with a fresh emulator in memory, on a free port, and ends with the command's exit status. The command\nfinds the emulator's URL in NECTAR_API_URL and its key in NECTAR_API_KEY; NECTAR_LOCAL is removed, and what\nnectar itself would store, such as the profile that NECTAR_PROFILE names, is in a folder of that time alone. Its input, output\nand signals are its own, and --timeout does not apply. Nothing is left when it ends.",
  fields,
  examples: {
    "nectar emulator run -- npm test": "your own tests, with an emulator of their own",
    "nectar emulator run --seed seed.json --url-as NECTAR_URL -- node check.js":
      "with data, and the URL under a name of your own",
  },
  check: checkSettings,
  async run(input, context: Context) {
    const { command: words, urlAs, keyAs } = input;
    const inMemory = { stateDir: null, port: 0, standing: false };
    const { url, key } = await startSeeded(input, context, inMemory);
    const variables = Object.fromEntries([
      ...["NECTAR_API_URL", ...urlAs].map((name) => [name, url]),
      ...[API_KEY_VARIABLE, ...keyAs].map((name) => [name, key]),
    ]);
    // Profiles and ledgers of an emulator that is about to go, so they go with it.
    const folder = await context.temporaryFolder();
    const own = {
      NECTAR_CONFIG_DIR: join(folder, "config"),
      NECTAR_STATE_DIR: join(folder, "state"),
    };
    return { words, variables: { ...variables, ...own, NECTAR_LOCAL: undefined } };
  },
  view: { human: () => "", plain: () => "", json: () => undefined, shape: null },
  async hold({ words, variables }, context) {
    const { status, notStarted } = await context.runProgram(words, variables);
    // Also with --quiet and --json: this failure is not the command's own.
    if (notStarted !== null) {
      context.streams.stderr.write(`nectar: ${printable(words[0] ?? "", 100)}: ${notStarted}\n`);
    }
    return status;
  },
});
